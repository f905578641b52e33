"""Clusters, nodes, intents and key sets in Django's admin. Whatever it changes goes through the services."""

from ringviz.admin import attaching, clusters, intents, keysets, nodes

__all__ = ["attaching", "clusters", "intents", "keysets", "nodes"]

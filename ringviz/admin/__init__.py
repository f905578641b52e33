"""Clusters, nodes, requests and key sets in Django's admin. All changes go through the services."""

from ringviz.admin import attaching, clusters, intents, keysets, nodes

__all__ = ["attaching", "clusters", "intents", "keysets", "nodes"]

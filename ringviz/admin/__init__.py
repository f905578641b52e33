"""Clusters, nodes and key sets in Django's admin. Whatever it changes goes through the services."""

from ringviz.admin import attaching, clusters, keysets, nodes

__all__ = ["attaching", "clusters", "keysets", "nodes"]

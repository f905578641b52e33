"""Clusters, nodes and key sets in Django's admin. Whatever it changes goes through the services."""

from ringviz.admin import clusters, keysets, nodes

__all__ = ["clusters", "keysets", "nodes"]

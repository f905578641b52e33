"""Clusters, their nodes and keys, and what moves when a ring changes."""

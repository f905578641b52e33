"""Reads clusters. Nothing here writes."""

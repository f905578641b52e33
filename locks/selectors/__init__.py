"""Reads lock sources. Nothing here writes."""

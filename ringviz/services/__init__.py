"""The only writers of clusters: each takes its actor, checks permission, and tells the change as one event."""

"""The only writers of lock sources: each takes its actor, checks permission, and tells the change as one event."""

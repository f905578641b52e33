"""The one process that starts, watches and ends the servers of managed clusters, and moves their keys."""

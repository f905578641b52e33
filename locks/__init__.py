"""Distributed locks: leases, and the watcher of everybody's locks."""

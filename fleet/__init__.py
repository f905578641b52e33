"""Starts, watches and ends processes. It knows no subject; nothing else in the project starts a process."""

"""Starts, watches and ends processes. It knows nothing about the product; nothing else in it starts a process."""

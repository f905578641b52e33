"""A real browser on a real server."""

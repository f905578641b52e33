"""The algorithms of placement: pure, importable without Django."""

"""A seeded simulator of requests over nodes: every policy on the same arrivals, service times and keys."""

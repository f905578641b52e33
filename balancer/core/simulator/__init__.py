"""A seeded simulator. Every policy gets the same arrivals, service times and keys."""

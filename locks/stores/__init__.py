"""What the watcher keeps in our own Redis, and how it is read: tables of locks, statuses of sources, past holds."""

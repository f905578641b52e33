"""What the driver shares with pages and commands through the hint server. Bounded. Expires after minutes."""

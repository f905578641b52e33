"""What the app stores outside the database."""

"""What the app keeps outside the database."""

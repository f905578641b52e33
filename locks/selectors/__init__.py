"""What is read of lock sources. Nothing here writes."""

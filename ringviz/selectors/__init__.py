"""What is read of clusters. Nothing here writes."""

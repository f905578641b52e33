"""The process that drives real traffic: its orders, the frames it publishes, and what it reports about nodes."""

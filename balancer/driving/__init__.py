"""The process that drives real traffic: what it is asked for, what it publishes, and what it tells of the nodes."""

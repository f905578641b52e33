"""What can be known about locks without I/O: pure functions and values. No Django, no Redis, no clock."""

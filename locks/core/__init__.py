"""What can be known of locks without asking anybody: pure functions and values; no Django, no Redis, no clock."""

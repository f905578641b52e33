"""What the driver hands to pages and commands, on the hint server: bounded, and gone minutes after the requests."""

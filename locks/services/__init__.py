"""The only code that writes lock sources. Each service takes its actor, checks permission, and writes one event."""

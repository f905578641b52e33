"""The driver's clock, in seconds. That of uvloop counts milliseconds."""

from time import perf_counter as clock

__all__ = ["clock"]

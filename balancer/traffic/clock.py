"""The driver's clock, in seconds. uvloop's own clock only counts milliseconds."""

from time import perf_counter as clock

__all__ = ["clock"]

"""Policies and the simulator. Pure: the clock and random numbers are passed in."""

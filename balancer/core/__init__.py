"""Policies and the simulator: pure, without a clock or a random number of their own."""

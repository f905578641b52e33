"""Reads: races with their figures and traces, and the state of a cluster's balancer."""

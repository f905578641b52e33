"""Servers of the tests of the driving process."""

from tests.balancer.traffic.conftest import own_servers

__all__ = ["own_servers"]

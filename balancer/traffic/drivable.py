"""The policies that can drive real traffic: those that need only what a client can see."""

from __future__ import annotations

from balancer.core.draws import draws
from balancer.core.named import checked, policy
from balancer.core.policy import Policy
from balancer.core.pool import Pool
from balancer.traffic.settings import Settings
from balancer.traffic.stream import POLICY
from ringviz.core.abilities import Options


def drivable(name: str, pool: Pool, settings: Settings, options: Options) -> Policy:
    """The named policy, with draws from the settings' seed.

    Raises OnlySimulated, and UnknownPolicy, UnknownOption and InvalidOption as `balancer.core.named` does.
    """
    return policy(name, pool, draws(settings.seed, POLICY), checked(name, options))

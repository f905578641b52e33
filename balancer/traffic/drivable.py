"""The policies that can drive real traffic: all that need to know no more than what a client sees."""

from __future__ import annotations

from balancer.core.draws import draws
from balancer.core.named import policy
from balancer.core.policy import Policy, Sight
from balancer.core.pool import Pool
from balancer.traffic.settings import Settings
from balancer.traffic.stream import POLICY
from ringviz.core.abilities import Options
from ringviz.core.errors import CoreError


class OnlySimulated(CoreError):
    """The policy looks at what no real node tells: when it will be free."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} needs to know how long each request will take; it can only be simulated")


def drivable(name: str, pool: Pool, settings: Settings, options: Options) -> Policy:
    """The policy of this name, with draws of the settings' seed.

    Raises OnlySimulated, and UnknownPolicy, UnknownOption and InvalidOption as `balancer.core.named` does.
    """
    made = policy(name, pool, draws(settings.seed, POLICY), options)
    if Sight.WORK in made.sight:
        raise OnlySimulated(name)
    return made

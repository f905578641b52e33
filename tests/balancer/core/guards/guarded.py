"""A pool with its guards, and a policy that counts the calls it gets."""

from balancer.core.draws import draws
from balancer.core.guards.eligible import Eligible, Rules
from balancer.core.guards.standing import Code, State
from balancer.core.policy import Choice, Policy
from balancer.core.pool import Member, Pool


class Told(Policy):
    """Picks the first ready node. `times` counts calls of `changed`, `seen` is the state of the pool at the last one.

    `idle` counts the calls without any change.
    """

    sight = frozenset()
    times = -1  # not counting the first call, when the policy was made
    idle = 0
    seen: tuple[list[str], list[int], list[float]] = ([], [], [])

    def changed(self) -> None:
        self.times += 1
        now = (list(self.pool.names), list(self.pool.ready), list(self.pool.weights))
        self.idle += now == self.seen
        self.seen = now

    def pick(self, key: int, now: float) -> int:
        return self.pool.ready[0]

    def why(self, key: int, now: float) -> Choice:
        return Choice(self.pick(key, now))


class Guarded:
    """Nodes n0, n1, ... of weight 1, at 0 s."""

    def __init__(self, nodes: int = 5, rules: Rules | None = None) -> None:
        self.pool = Pool(Member(f"n{number}") for number in range(nodes))
        self.guards = Eligible(self.pool, 0.0, rules)
        self.policy = self.guards.policy = Told(self.pool, draws(1))
        self.now = 0.0

    def ticks(self, until: float) -> None:
        """Ticks ten times a second, up to and including `until`."""
        for tenth in range(round(self.now * 10) + 1, round(until * 10) + 1):
            self.now = tenth / 10
            self.guards.tick(self.now)

    def fails(self, place: int, times: int = 5) -> None:
        for _ in range(times):
            self.guards.answered(place, self.now, ok=False)

    def checks(self, place: int, story: str) -> None:
        """Reports checks that passed (+) and failed (-)."""
        for sign in story:
            self.guards.checked(place, self.now, ok=sign == "+")

    def state(self, place: int) -> State:
        return self.guards.standing(place).state

    def code(self, place: int) -> Code:
        return self.guards.standing(place).reason.code

"""The nodes of a run: which may be picked, how fast each is, and what is scheduled."""

from __future__ import annotations

from collections import deque
from math import inf
from typing import Final

from balancer.core.pool import Member, Pool
from balancer.core.simulator.pace import Pace
from balancer.core.simulator.plan import Frozen, Joins, Killed, Plan, Slow


class Nodes:
    """The pool that the policy sees, plus hidden data by the same places.

    `slowness` is a node's time for work of 1 until `steady`. For work that ends later, call `done`. `dies` is when a
    node is killed, inf if never. `turns` lists the coming kills and joins in order.
    """

    def __init__(self, plan: Plan) -> None:
        everybody = plan.everybody
        self.pool: Final = Pool(Member(node.name, node.weight) for node in plan.nodes)
        self.slowness: Final = [1.0 / node.speed for node in everybody]
        self.dies: Final = [inf] * len(everybody)
        for fault in plan.faults:
            if isinstance(fault, Killed):
                self.dies[fault.place] = fault.at
        self._paces: Final[dict[int, Pace]] = {}
        for place, node in enumerate(everybody):
            if faults := [each for each in plan.faults if isinstance(each, Frozen | Slow) and each.place == place]:
                self._paces[place] = Pace(node.speed, faults)
        starts = {place: pace.steady_until for place, pace in self._paces.items()}
        self.steady: Final = [min(dies, starts.get(place, inf)) for place, dies in enumerate(self.dies)]
        turns = [fault for fault in plan.faults if isinstance(fault, Killed | Joins)]
        self.turns: Final = deque(sorted(turns, key=lambda turn: turn.at))

    def done(self, place: int, start: float, work: float) -> float:
        """When work that begins at `start` ends, because it is done or the node is killed."""
        pace = self._paces.get(place)
        end = pace.done(start, work) if pace else start + work * self.slowness[place]
        return min(end, self.dies[place])

    def turn(self) -> None:
        """Applies the next kill or join. A node that joins and is killed later already has its place."""
        turn = self.turns.popleft()
        if isinstance(turn, Joins):
            self.pool.add(Member(turn.node.name, turn.node.weight))
        else:
            self.pool.ready = [place for place in self.pool.ready if place != turn.place]

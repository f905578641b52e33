"""How long work takes on a node that is frozen or slow at times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancer.core.simulator.pace import Pace
from balancer.core.simulator.plan import Frozen, Slow

FROZEN_EACH_TEN = Frozen(0, every=10.0, part=0.3)  # 0 to 3, 10 to 13, ...


@pytest.mark.parametrize(
    ("speed", "faults", "start", "work", "done"),
    [
        (1.0, [Frozen(0, 2.0, 5.0)], 0.0, 1.0, 1.0),  # before the freeze
        (1.0, [Frozen(0, 2.0, 5.0)], 1.0, 2.0, 6.0),  # interrupted by it
        (1.0, [Frozen(0, 2.0, 5.0)], 3.0, 2.0, 7.0),  # begun during it
        (1.0, [Frozen(0, 2.0, 5.0)], 6.0, 2.0, 8.0),  # after it ended
        (2.0, [Frozen(0, 2.0, 5.0)], 1.0, 4.0, 6.0),
        (1.0, [Slow(0, 0.5, 2.0, 6.0)], 1.0, 2.0, 4.0),
        (1.0, [Slow(0, 0.5, 2.0, 6.0)], 1.0, 4.0, 7.0),
        (1.0, [Slow(0, 0.5, 2.0)], 1.0, 4.0, 8.0),
        (1.0, [FROZEN_EACH_TEN], 0.0, 7.0, 10.0),
        (1.0, [FROZEN_EACH_TEN], 0.0, 8.0, 14.0),
        (1.0, [FROZEN_EACH_TEN], 25.0, 14.5, 45.5),
        (1.0, [Frozen(0, 0.0, 12.0, every=10.0, part=0.3)], 9.0, 5.0, 16.0),  # the freezes end at 12
        (1.0, [FROZEN_EACH_TEN, Slow(0, 0.5, 5.0)], 3.0, 4.0, 9.0),  # 2 at full speed, 2 at half speed
        (1.0, [FROZEN_EACH_TEN, Slow(0, 0.5, 5.0)], 3.0, 5.0, 14.0),  # 0.5 more, after the next freeze
    ],
)
def test_work_waits_while_the_node_is_frozen_and_takes_longer_while_it_is_slow(
    speed: float, faults: list[Frozen | Slow], start: float, work: float, done: float
) -> None:
    assert Pace(speed, faults).done(start, work) == pytest.approx(done)


@given(start=st.floats(0.0, 1e6), work=st.floats(0.0, 100.0), every=st.floats(0.1, 50.0), part=st.floats(0.01, 0.99))
def test_a_period_frozen_in_part_takes_so_much_longer_in_the_long_run(
    start: float, work: float, every: float, part: float
) -> None:
    took = Pace(1.0, [Frozen(0, every=every, part=part)]).done(start, work) - start
    assert took == pytest.approx(work / (1.0 - part), abs=every + 1e-6)

"""A mover whose view of the cluster is late: it waits for what it has not heard, and nothing fails or is lost."""

from types import SimpleNamespace

import numpy as np
import pytest

from ringviz.core.buckets import BUCKETS
from ringviz.supervisor.members import Members
from ringviz.supervisor.moving import Mover
from ringviz.supervisor.telling import NO_INTENT, Telling
from tests.processes import until
from tests.servers.driver import servers

KEYS = np.zeros(BUCKETS, np.int64)
LATE = 6  # looks that see the old state


class LateMembers:
    """Members whose `owners` returns `late`, as if the news had not arrived, for the first looks after it was set."""

    claimed = Members.claimed

    def __init__(self, cluster):
        self._engine = cluster.engine
        self._servers = {
            number: SimpleNamespace(id=one.id, number=number, address=one.address, is_running=True)
            for number, one in enumerate(cluster.servers, start=1)
        }
        self.primary = self._servers.get
        self.late = None
        self._looks = 0

    def running(self):
        return list(self._servers.values())

    def addresses(self):
        return [one.address for one in self.running()]

    def unknown_ids(self):
        return []

    def so(self):
        owner, ids = self._engine.slot_map(self.addresses()[0])
        numbers = {one.id: one.number for one in self.running()}
        return np.array([*(numbers[id_] for id_ in ids), 0], np.int32)[owner]

    def owners(self):
        self._looks += self.late is not None
        return self.so() if self.late is None or self._looks > LATE else self.late


@pytest.fixture(scope="module")
def two():
    with servers.cluster(2) as made:
        yield made


@pytest.fixture
def members(two):
    return LateMembers(two)


def moved(members, two, wanted, lost):
    mover = Mover(two.engine, members, Telling(0), lost.append)
    until(lambda: mover.step(wanted, KEYS, NO_INTENT), what="every slot where it is wanted")
    assert (members.so() == wanted).all()


def test_a_source_that_gave_its_slots_away_is_no_failure(members, two, caplog):
    lost: list[object] = []
    before = members.so()
    wanted = np.where(before == 1, np.int32(2), before)
    moved(members, two, wanted, lost)
    two.engine.wait_agreed(two.addresses, servers.WITHIN_S)
    back = np.where(np.arange(BUCKETS) < 10, np.int32(1), wanted)
    members.late = before  # it still sees the first owner, which says that it owns nothing
    moved(members, two, back, lost)
    assert [one for one in caplog.records if one.levelname != "INFO"] == []
    assert lost == []


def test_a_target_that_has_not_heard_who_owns_what_is_waited_for(members, two, caplog):
    lost: list[object] = []
    two.engine.wait_agreed(two.addresses, servers.WITHIN_S)
    before = members.so()
    target = 2 if before[0] == 1 else 1
    with two.servers[target - 1].client as client:
        client.execute_command("CLUSTER", "DELSLOTSRANGE", 0, 9)  # the next ping tells it again
    moved(members, two, np.where(np.arange(BUCKETS) < 10, np.int32(target), before), lost)
    assert [one for one in caplog.records if one.levelname != "INFO"] == []


def test_what_a_server_calls_its_own_is_not_lost_where_another_has_not_heard_of_it(members, two):
    lost: list[object] = []
    two.engine.wait_agreed(two.addresses, servers.WITHIN_S)
    wanted = members.so()
    members.late = np.where(wanted == 2, np.int32(0), wanted)
    moved(members, two, wanted, lost)
    assert lost == []

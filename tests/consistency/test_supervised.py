"""Nothing is lost while a supervisor shakes a real managed cluster, and a mover that leaves keys behind is caught."""

import random
from contextlib import suppress

import pytest
from redis import Redis, RedisError
from redis.crc import key_slot

from servers.address import Address
from servers.errors import EngineError
from tests.consistency.history import OK, UNKNOWN
from tests.consistency.shaking import Shaking, TooLate, missing, shaken
from tests.consistency.writers import all_keys, counters
from tests.processes import until
from tests.supervised import wait

KEYS = 4_000
pytestmark = [pytest.mark.installation(keys=KEYS), pytest.mark.no_cover]


def unless_too_late(real, shake):
    """A machine so busy that a freeze of 0.35 s became one of a second has two more tries."""
    for _ in range(2):
        with suppress(TooLate):
            return shake()
        real.rest()
        real.act("revive", node=3)
        real.rest()
    return shake()


def test_whatever_the_supervisor_does_keeps_every_write(real):
    shaking = Shaking(real, random.Random(1))

    def churn() -> None:
        shaking.pause(3)
        shaking.ask("add", name="cache-5", weight=1)
        shaking.ask("drain", node=2)
        shaking.ask("reweight", node=4, weight=3)
        shaking.ask("configure", strategy="modulo")
        shaking.ask("revive", node=2)
        shaking.ask("configure", strategy="ring")
        shaking.ask("restart", node=1)
        shaking.ask("remove", node=5)

    report = unless_too_late(real, lambda: shaken(real, 1, 1, churn))
    assert report.faults == [], report.summary()
    for op in ("set", "delete", "read", "incr"):
        assert report.outcomes[op, OK] > 100, report.summary()
    assert sum(count for (_, outcome), count in report.outcomes.items() if outcome == UNKNOWN) > 0  # the freeze
    assert sum(real.equal().values()) == KEYS
    assert missing(real) == []


def test_a_mover_that_assigns_slots_without_their_keys_is_caught(real):
    engine = real.engine()

    def churn() -> None:
        for taker in real.addresses():
            slots = sorted({key_slot(key.encode()) for key in [*all_keys(), *counters()]})
            everybody = [Address(*one) for one in real.addresses()]
            with suppress(EngineError):  # the supervisor takes them back meanwhile
                engine.hand_over({Address(*taker): [(slot, slot) for slot in slots]}, everybody, 3.0)
            wait(0.5)

    report = shaken(real, 1, 1, churn)
    assert {fault.kind for fault in report.faults} >= {"lost", "counter"}, report.summary()


@pytest.mark.long
def test_a_mover_that_drops_what_it_has_yet_to_move_is_caught(real):
    slots = sorted({key_slot(key.encode()) for key in all_keys()})

    def churn() -> None:
        real.act("drain", node=1)
        for host, port in real.addresses():  # whichever server has them by now
            with suppress(RedisError), Redis(host, port, password=real.password(), socket_timeout=30) as client:
                pipeline = client.pipeline(transaction=False)
                for slot in slots:
                    pipeline.execute_command("CLUSTER", "FLUSHSLOT", slot)
                pipeline.execute(raise_on_error=False)

    report = shaken(real, 1, 1, churn)
    assert "lost" in {fault.kind for fault in report.faults}, report.summary()


@pytest.mark.long
@pytest.mark.installation(keys=40_000)
def test_what_has_moved_to_a_joining_node_survives_the_supervisor(real):
    engine, (host, port) = real.engine(), real.addresses()[0]
    real.act("add", name="cache-5", weight=1)
    until(lambda: len(set(engine.slot_map(Address(host, port))[0].tolist())) == 5, what="a slot of the new node")
    real.kill_supervisor()
    assert real.node(5)["state"] == "joining"
    real.supervise()
    assert sum(real.equal().values()) == 40_000
    until(lambda: missing(real) == [], what="every key, once servers take commands again")

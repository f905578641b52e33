"""Each capture yields exactly what it expects: every lock, with its client, and nothing else."""

from typing import Any

import pytest

from locks.core.evidence import EVIDENCE
from locks.core.reading import Reading
from tests.locks.core.captures import Stage, raw, stages

CLIENTS = {
    "redis-py-8": "redis-py",
    "redisson": "Redisson",
    "symfony-lock": "Symfony",
    "bullmq": "BullMQ",
    "rq": "RQ",
}
POLLERS = {"redis-py", "pottery"}
ALL = list(stages())


def holders(lock: dict[str, Any]) -> dict[bytes, int] | None:
    """The holders and how often each entered, if the capture says so."""
    if "owners" in lock:
        owners = lock["owners"]
        return {raw(owner): owners[owner] if isinstance(owners, dict) else 1 for owner in owners}
    if "members" in lock:
        return None
    return {raw(lock["owner"]): lock.get("count", 1)} if lock.get("owner") else None


def check(stage: Stage, lock: dict[str, Any], found: list[Reading]) -> None:
    assert found, f"{lock['key']} was not recognised"
    one = found[0]
    assert {each.client for each in found} == {lock.get("client", CLIENTS.get(stage.client, stage.client))}
    if (wanted := holders(lock)) is not None:
        assert {each.holder_id: each.count for each in found} == wanted
    if "members" in lock:
        assert {each.name: each.holder_id for each in found} == {
            raw(name): raw(owner) for name, owner in lock["members"].items()
        }
    if "owner" in lock and lock["owner"] is None:
        assert one.holder_id is None
    if "waiters" in lock:
        assert one.waiters == (None if one.client in POLLERS else lock["waiters"])
    if "waiter_ids" in lock:
        assert one.waiter_ids == tuple(raw(waiter) for waiter in lock["waiter_ids"])
    if "fencing_token" in lock:
        assert one.fencing_token == lock["fencing_token"]
    if "mode" in lock and len(found) == 1:
        assert one.mode == lock["mode"]
    for name in ("name", "kind_is", "confidence"):
        if name in lock:
            assert {getattr(each, name.removesuffix("_is")) for each in found} == {
                raw(lock[name]) if name == "name" else lock[name]
            }
    if "field_ttl_ms_max" in lock:
        assert one.ttl_ms is not None
        assert one.ttl_ms <= lock["field_ttl_ms_max"]
    if "ttl_ms_max" in lock:
        most = lock["ttl_ms_max"]
        assert all(each.ttl_ms is None if most is None else 0 < (each.ttl_ms or 0) <= most for each in found)


@pytest.mark.parametrize("stage", ALL, ids=str)
def test_the_locks_of_a_capture_are_recognised(stage: Stage) -> None:
    readings = stage.readings()
    expected = {raw(lock["key"]) for lock in stage.expect["locks"]}
    for lock in stage.expect["locks"]:
        here = [each for each in readings if each.key == raw(lock["key"])]
        if "field" in lock:
            here = [each for each in here if each.proof.member == raw(lock["field"])]
        check(stage, lock, here)
    others = {each.key for each in readings} - expected
    assert not others & {raw(each) for each in stage.expect.get("not_locks", [])}
    if not stage.expect["locks"] or stage.expect.get("nothing_else"):
        assert not others, others


@pytest.mark.parametrize("stage", ALL, ids=str)
def test_every_reading_is_founded_on_listed_evidence(stage: Stage) -> None:
    for reading in stage.readings():
        assert reading.evidence
        assert set(reading.evidence) <= set(EVIDENCE)
        assert all(isinstance(value, str) for value in reading.about.values())


def test_waiters_in_blpop_are_not_inferred_from_a_part_of_the_locks() -> None:
    (stage,) = (each for each in ALL if each.name == "held_two_blpop_waiters")
    (reading,) = stage.readings(whole=False)
    assert (reading.waiters, reading.waiters_inferred) == (None, False)
    (reading,) = stage.readings()
    assert (reading.waiters, reading.waiters_inferred) == (2, True)

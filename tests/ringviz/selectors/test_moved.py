"""All moved keys: the same whatever the batch sizes for searching and reading."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from ringviz.models import KeySet
from ringviz.selectors import moved
from ringviz.services import decisions
from ringviz.services.keys import file_key_set, pattern_key_set
from ringviz.services.planning import make_plan
from tests.ringviz import plain
from tests.ringviz.making import make_cluster

KEYS = [b"k%d\xff" % n for n in range(300)]


def of_file() -> KeySet:
    return file_key_set(source=BytesIO(b"\n".join(KEYS)), label="file")


def of_pattern() -> KeySet:
    return pattern_key_set(pattern="user:{n}", count=300)


@pytest.mark.parametrize(("found", "read"), [(1, 1), (7, 3), (50, 64), (10**6, 5_000)])
@pytest.mark.parametrize("change", [{"strategy": "modulo"}, {"vnodes": 3}])
@pytest.mark.parametrize("keys", [of_file, of_pattern])
def test_every_moved_key_comes_once_with_its_ends(db, monkeypatch, keys, change: dict[str, Any], found, read):
    monkeypatch.setattr(moved, "_FOUND_AT_ONCE", found)
    monkeypatch.setattr(moved, "_READ_AT_ONCE", read)
    key_set = keys()
    make_cluster(key_set=key_set)
    made = make_plan("small", decisions.configure(**change))
    every = moved.moved_between(made.on.state, made.after, key_set, None, None)
    rows = list(every.all_rows())
    texts = KEYS if key_set.kind == "file" else [b"user:%d" % n for n in range(300)]
    ends = zip(texts, plain.owners(made.on.state, texts), plain.owners(made.after, texts), strict=True)
    assert {row.key: (row.source, row.target) for row in rows} == {key: (a, b) for key, a, b in ends if a != b}
    assert len(rows) == every.total()
    assert [row.hash for row in rows] == sorted(row.hash for row in rows)


def test_a_node_that_nobody_knows_gave_nothing(db):
    make_cluster()
    made = make_plan("small", decisions.kill(1))
    found = moved.moved_between(made.on.state, made.after, made.on.cluster.key_set, 99, None)
    assert (found.total(), list(found.all_rows())) == (0, [])

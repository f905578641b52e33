"""Tokens, density, keys and the log over HTTP, checked against mmh3 itself."""

import json
import struct
from bisect import bisect_left
from io import BytesIO
from typing import Any

import mmh3
import numpy as np
from django.test import Client

from ringviz.models import Cluster, KeySet
from ringviz.selectors import picture
from ringviz.services.clusters import create_cluster
from ringviz.services.keys import file_key_set
from tests.ringviz.views.conftest import BOSS


def decoded(data: bytes) -> tuple[dict[str, Any], list[int]]:
    """The header and the numbers of tokens.bin."""
    magic, length = struct.unpack("<II", data[:8])
    assert (magic, length % 4) == (0x315A5652, 0)
    return json.loads(data[8 : 8 + length]), np.frombuffer(data[8 + length :], "<u4").tolist()


def tokens_of(name: str) -> list[int]:
    return sorted(mmh3.hash(f"{name}#{index}", 0, signed=False) for index in range(8))


def test_tokens_are_those_of_every_node_in_order(watcher: Client, cluster: str):
    header, tokens = decoded(watcher.get(cluster + "tokens.bin").content)
    assert header == {"v": 2, "nodes": [[1, 8], [2, 8], [3, 8], [4, 8]]}
    assert tokens == [token for name in "abcd" for token in tokens_of(name)]


def test_tokens_of_some_nodes_of_the_past(watcher: Client, cluster: str):
    header, tokens = decoded(watcher.get(cluster + "tokens.bin?v=1&nodes=3,4").content)
    assert (header["nodes"], tokens) == ([[3, 8]], tokens_of("c"))


def test_tokens_of_a_node_that_is_down_are_there(operator: Client, cluster: str):
    assert operator.post(cluster + "act", {"action": "kill", "node": 2, "version": 2}).status_code == 200
    header, _tokens = decoded(operator.get(cluster + "tokens.bin").content)
    assert [2, 8] in header["nodes"]


def test_a_span_has_its_tokens_and_the_one_after(watcher: Client, cluster: str):
    every = sorted(token for name in "abcd" for token in tokens_of(name))
    _header, tokens = decoded(watcher.get(f"{cluster}tokens.bin?start={every[3]}&end={every[5]}").content)
    assert sorted(tokens) == every[4:7]
    _header, wrapped = decoded(watcher.get(f"{cluster}tokens.bin?start={every[-2]}&end={every[0]}").content)
    assert sorted(wrapped) == sorted([every[-1], every[0], every[1]])


def test_many_tokens_come_as_counts(watcher: Client, cluster: str, monkeypatch):
    monkeypatch.setattr(picture, "MOST_SENT", 31)
    header, counts = decoded(watcher.get(cluster + "tokens.bin").content)
    assert (header["bins"], header["total"], len(counts), sum(counts)) == (4096, 32, 4096, 32)
    assert counts[tokens_of("a")[0] >> 20] >= 1


def test_modulo_has_no_tokens(operator: Client, cluster: str):
    form = {"action": "configure", "strategy": "modulo", "version": 2}
    assert operator.post(cluster + "act", form).status_code == 200
    assert decoded(operator.get(cluster + "tokens.bin").content) == ({"v": 3, "nodes": []}, [])


def test_a_table_has_the_owner_of_every_entry_at_its_version(operator: Client, cluster: str):
    refused = operator.get(cluster + "table.bin")
    assert (refused.status_code, "no table" in refused.json()["error"]) == (404, True)
    form = {"action": "configure", "strategy": "maglev", "options": "table_size=101", "version": 2}
    assert operator.post(cluster + "act", form).status_code == 200
    assert operator.post(cluster + "act", {"action": "kill", "node": 2, "version": 3}).status_code == 200
    for query, names in (("", "acd"), ("?v=4", "acd"), ("?v=3", "abcd")):
        header, entries = table_of(operator.get(f"{cluster}table.bin{query}").content)
        asking = [[" abcd".index(name), hashed(name) % 101, hashed(name, 1) % 100 + 1] for name in names]
        assert header == {"v": 3 if "3" in query else 4, "size": 101, "nodes": asking}
        assert len(entries) == 101
        assert set(entries) == set(range(len(names)))
        found = operator.get(f"{cluster}lookup?key=user:7&{query[1:]}").json()
        assert found["steps"]["entry"] == hashed("user:7") % 101
        assert found["steps"]["node"] == found["owner"] == asking[entries[hashed("user:7") % 101]][0]
    assert operator.get(cluster + "table.bin?v=2").status_code == 404


def table_of(data: bytes) -> tuple[dict[str, Any], list[int]]:
    """The header and the entries of table.bin."""
    length = struct.unpack("<II", data[:8])[1]
    return json.loads(data[8 : 8 + length]), np.frombuffer(data[8 + length :], "<u2").tolist()


def hashed(text: str, seed: int = 0) -> int:
    return mmh3.hash(text, seed, signed=False)


def test_a_lookup_with_bounded_loads_needs_no_more_than_a_key(operator: Client, cluster: str):
    form = {"action": "configure", "strategy": "bounded", "options": "c=1", "version": 2}
    assert operator.post(cluster + "act", form).status_code == 200
    for key, member in (("user:7", True), ("stranger", False)):
        found = operator.get(f"{cluster}lookup?key={key}").json()
        assert (found["steps"]["member"], found["owner"] > 0) == (member, member)
        assert [level["load"] for level in found["steps"]["levels"]] == [250] * 4


def test_density_counts_every_key(watcher: Client, cluster: str):
    key_set = Cluster.objects.get().key_set_id
    response = watcher.get(f"{cluster}density.bin?keys={key_set}")
    counts = np.frombuffer(response.content, "<u4")
    expected = np.zeros(720, int)
    for n in range(1_000):
        expected[mmh3.hash(f"user:{n}", 0, signed=False) * 720 >> 32] += 1
    assert counts.tolist() == expected.tolist()


def test_density_is_kept_by_a_browser_until_its_number_means_other_keys(watcher: Client, cluster: str):
    key_set = Cluster.objects.get().key_set
    address = f"{cluster}density.bin?keys={key_set.pk}"
    etag = watcher.get(address)["ETag"]
    again = watcher.get(address, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    # As in a recreated database: the same number, different keys.
    KeySet.objects.filter(pk=key_set.pk).update(pattern="x{n}", digest="f" * 64)
    assert watcher.get(address, headers={"if-none-match": etag}).status_code == 200


def test_the_density_of_another_clusters_keys_is_not_given(watcher: Client, cluster: str):
    assert watcher.get(cluster + "density.bin?keys=999999").status_code == 404


def test_a_key_is_found_whatever_bytes_it_has(watcher: Client, cluster: str):
    ring = sorted((token, number) for number, name in enumerate("abcd", 1) for token in tokens_of(name))
    for address, key, shown in (("user%3A7", b"user:7", "user:7"), ("%00%FF<b>", b"\0\xff<b>", r"\x00\xff<b>")):
        answer = watcher.get(f"{cluster}lookup?key={address}").json()
        hash_ = mmh3.hash(key, 0, signed=False)
        at = bisect_left(ring, (hash_, 0)) % len(ring)
        assert (answer["key"], answer["hash"], answer["owner"]) == (shown, hash_, ring[at][1])
        assert answer["token"]["value"] == ring[at][0]
        walked = list(dict.fromkeys(number for _token, number in ring[at:] + ring[:at]))[1:3]
        assert [copy["number"] for copy in answer["copies"]] == walked


def test_a_key_in_the_past_is_the_pasts(watcher: Client, cluster: str):
    owners = {watcher.get(f"{cluster}lookup?key=user:{n}&v=1").json()["owner"] for n in range(60)}
    assert owners <= {1, 2, 3}


def test_a_lookup_is_no_event(watcher: Client, cluster: str):
    watcher.get(cluster + "lookup?key=x")
    assert watcher.get(cluster + "state").json()["head"] == 2


def test_a_lookup_without_a_key_or_with_a_giant_is_refused(watcher: Client, cluster: str):
    for query in ("", "key=" + "x" * 1_025):
        refused = watcher.get(cluster + "lookup?" + query)
        assert (refused.status_code, refused.json()["field"]) == (400, "key")


def test_any_key_is_one_of_the_clusters_own(watcher: Client, cluster: str):
    assert watcher.get(cluster + "any-key?n=2005").json() == {"key": "user:5", "escapes": False}


def test_any_key_that_is_no_text_is_spelled_by_escapes(operator: Client):
    keys = file_key_set(source=BytesIO(b"\xff\\\x00\nplain\\text"), label="odd.bin")
    create_cluster(actor=BOSS, slug="odd", name="Odd", key_set=keys, nodes=[{"name": "a"}])
    told = [operator.get(f"/clusters/odd/any-key?n={n}").json() for n in range(2)]
    assert told == [{"key": r"\xff\\\x00", "escapes": True}, {"key": r"plain\text", "escapes": False}]


def test_the_log_is_listed_newest_first_and_in_parts(watcher: Client, cluster: str):
    answer = watcher.get(cluster + "events").json()
    assert [(row["v"], row["kind"]) for row in answer["events"]] == [(2, "node_added"), (1, "cluster_created")]
    newest = answer["events"][0]
    assert (newest["label"], newest["text"], newest["keys"]) == ("+d", "d added", 1_000)
    assert newest["share"] == newest["moved"] / 1_000
    assert [row["v"] for row in watcher.get(cluster + "events?before=2").json()["events"]] == [1]
    assert [row["v"] for row in watcher.get(cluster + "events?from=2&to=2").json()["events"]] == [2]
    assert watcher.get(cluster + "events?kind=node_killed").json()["events"] == []

"""Events in words. The golden files of tests/contract keep these and the page's own words the same."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from live.subjects import event_words
from live.wording import grouped
from ringviz.bounds import SLOW_EVERY_MS, SLOW_FOR_MS
from ringviz.events import ring
from ringviz.strategies import described

ROOT = Path(__file__).parents[2]
SLOW = {"for_ms": SLOW_FOR_MS, "every_ms": SLOW_EVERY_MS}
NODE = {"name": "cache-5", "weight": 1.5}
RING = {"strategy": "ring", "vnodes": 16, "copies": 1}
ENDED = {"asked": {"action": "add", "name": "n"}, "why": ""}
WANTED = [
    *[(action, f"{action} n") for action in ("add", "kill", "freeze", "thaw", "restart", "drain", "remove", "revive")],
    ("reweight", "change the weight of n"),
    ("configure", "change the settings"),
    ("paint", "paint"),
]
SAID: list[tuple[str, dict[str, Any], str, str]] = [
    ("cluster_created", {"nodes": [NODE]}, "1 node", "1 node"),
    ("cluster_created", {"nodes": [NODE] * 1000}, "1,000 nodes", "1,000 nodes"),
    ("node_added", {"node": NODE}, "+cache-5", "cache-5 added"),
    ("node_killed", {"node": NODE}, "cache-5", "cache-5 killed"),
    ("node_revived", {"node": NODE}, "cache-5", "cache-5 revived"),
    ("node_revived", {"node": NODE, "undoes": 7}, "cache-5", "cache-5 revived (undone)"),
    ("node_drained", {"node": NODE}, "cache-5", "cache-5 drained"),
    ("node_reweighted", {"node": NODE}, "cache-5", "cache-5 has weight 1.5"),
    ("node_reweighted", {"node": {"name": "50% (off)", "weight": 2.0}}, "50% (off)", "50% (off) has weight 2"),
    ("node_edited", {"node": NODE}, "cache-5", "address or zone of cache-5 changed"),
    ("node_removed", {"name": "%(node)s"}, "\u2212%(node)s", "%(node)s removed"),
    ("cluster_reconfigured", {"cluster": {**RING, "strategy": "modulo"}, "before": RING}, "modulo", "modulo"),
    ("cluster_reconfigured", {"cluster": RING, "before": {**RING, "strategy": "modulo", "vnodes": 1}}, "hash ring", ""),
    ("cluster_reconfigured", {"cluster": {**RING, "vnodes": 1}, "before": RING}, "1 token per node", ""),
    ("cluster_reconfigured", {"cluster": {**RING, "vnodes": 1000}, "before": RING}, "1,000 tokens per node", ""),
    ("cluster_reconfigured", {"cluster": {**RING, "copies": 3}, "before": RING}, "3 copies of each key", ""),
    ("cluster_reconfigured", {"cluster": RING, "before": {**RING, "copies": 3}}, "1 copy of each key", ""),
    (
        "cluster_reconfigured",
        {"cluster": {**RING, "kind": "managed", "copies": 3}, "before": RING},
        "what if each key had 3 copies",
        "",
    ),
    ("node_killed", {"node": NODE, "cause": "asked"}, "cache-5", "cache-5 killed"),
    ("node_killed", {"node": NODE, "cause": "exit"}, "cache-5", "cache-5 died"),
    ("node_killed", {"node": NODE, "cause": "silent"}, "cache-5", "cache-5 stopped responding and was fenced"),
    ("node_suspected", {"node": NODE}, "cache-5", "cache-5 does not answer"),
    ("node_cleared", {"node": NODE}, "cache-5", "cache-5 answers again"),
    ("node_frozen", {"node": NODE}, "cache-5", "cache-5 frozen"),
    ("node_thawed", {"node": NODE}, "cache-5", "cache-5 thawed"),
    (
        "node_pulsed",
        {"node": {**NODE, "pulse": {"for_ms": 300, "every_ms": 1_000}}},
        "cache-5",
        "cache-5 freezes for 300 ms of every 1,000 ms",
    ),
    ("node_pulsed", {"node": NODE}, "cache-5", "cache-5 no longer freezes"),
    ("node_pulsed", {"node": {**NODE, "pulse": SLOW}}, "cache-5", "cache-5 slowed to half speed"),
    ("node_pulsed", {"node": NODE, "before": SLOW}, "cache-5", "cache-5 runs at full speed again"),
    ("node_restarted", {"node": NODE}, "cache-5", "cache-5 restarted"),
    (
        "node_restarted",
        {"node": NODE, "cause": "exit"},
        "cache-5",
        "cache-5 died and was restarted with its keys",
    ),
    ("node_failed_over", {"node": NODE}, "cache-5", "the replica of cache-5 took over"),
    *[("work_asked", {"asked": {"action": action, "name": "n"}}, "n", f"requested: {said}") for action, said in WANTED],
    ("work_asked", {"asked": {"action": "form", "name": ""}}, "start the servers", "requested: start the servers"),
    ("work_asked", {"asked": {"action": "keys", "name": ""}}, "replace the keys", "requested: replace the keys"),
    ("work_cancelling", {"asked": {"action": "add", "name": "n"}}, "n", "cancelling: add n"),
    ("work_ended", {**ENDED, "outcome": "cancelled"}, "n", "cancelled: add n"),
    ("work_ended", {**ENDED, "outcome": "failed"}, "n", "failed: add n"),
    ("work_ended", {**ENDED, "outcome": "failed", "why": "full"}, "n", "failed: add n (full)"),
    ("verdict_delay_set", {"delay_ms": 8_000}, "verdict 8 s after a freeze", "verdict 8 s after a freeze"),
    ("verdict_delay_set", {"delay_ms": 500}, "verdict 0.5 s after a freeze", "verdict 0.5 s after a freeze"),
    ("verdict_delay_set", {"delay_ms": 0}, "no delay of verdicts on freezes", "no delay of verdicts on freezes"),
    ("workload_set", {"workload": {"on": False, "rate": 9}}, "no workload", "workload off"),
    ("workload_set", {"workload": {"on": True, "rate": 1}}, "workload", "workload: 1 operation a second"),
    ("workload_set", {"workload": {"on": True, "rate": 2000}}, "workload", "workload: 2,000 operations a second"),
    ("cluster_formed", {"nodes": [NODE]}, "formed", "cluster formed"),
    ("keys_refilled", {"keys": 1}, "1 key stored", "1 key stored"),
    ("keys_refilled", {"keys": 2500}, "2,500 keys stored", "2,500 keys stored"),
    ("keys_lost", {"keys": 1}, "1 key lost", "1 key lost"),
    ("keys_lost", {"keys": 2500}, "2,500 keys lost", "2,500 keys lost"),
    ("external_seen", {"nodes": [NODE, NODE]}, "changed", "the cluster changed: 2 nodes"),
    (
        "external_moved",
        {"address": "10.0.0.9:6379", "before": "10.0.0.1:6379"},
        "new address",
        "its name now resolves to 10.0.0.9:6379 instead of 10.0.0.1:6379",
    ),
    ("keys_imported", {"keys": {"count": 0}}, "0 keys", "0 keys"),
    ("keys_imported", {"keys": {"count": 1}}, "1 key", "1 key"),
    ("keys_imported", {"keys": {"count": 1_000_000}}, "1,000,000 keys", "1,000,000 keys"),
]


@pytest.mark.parametrize(("kind", "payload", "label", "text"), SAID)
def test_an_event_is_said_like_this(kind, payload, label, text):
    assert event_words(kind, payload) == (label, text or label)


def test_every_kind_is_said():
    ours = set(ring.kinds)
    assert {kind for kind, *_rest in SAID} == ours


def test_numbers_are_grouped_as_the_language_has_it():
    assert [grouped(number) for number in (0, 999, 10_000, 2.0, 0.25)] == ["0", "999", "10,000", "2", "0.25"]
    with override("de"):
        assert [grouped(number) for number in (10_000, 0.25)] == ["10.000", "0,25"]


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node")
def test_the_page_says_the_same():
    script = """
      import { declare } from "./static/js/ring/strategies.js";
      import { eventWords } from "./static/js/ring/subject.js";
      let text = "";
      for await (const part of process.stdin) text += part;
      const { strategies, said } = JSON.parse(text);
      declare(strategies);
      console.log(JSON.stringify(said.map(([kind, payload]) => eventWords(kind, payload))));
    """
    told = json.dumps({"strategies": described(), "said": [[kind, payload] for kind, payload, *_said in SAID]})
    command = ["node", "--input-type=module", "-e", script]
    ran = subprocess.run(command, input=told, capture_output=True, text=True, cwd=ROOT, check=True)
    assert json.loads(ran.stdout) == [event_words(kind, payload)._asdict() for kind, payload, *_said in SAID]

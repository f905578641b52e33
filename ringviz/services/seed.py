"""Creates the demo's clusters through the normal services. Each is created only once."""

from __future__ import annotations

import gettext
import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path

import django
from django.utils.translation import gettext as _

from live.actor import Actor
from live.turns import write_turn
from ringviz.core.state import FIRST_WORKLOAD
from ringviz.models import Cluster, KeySet, SeededCluster
from ringviz.selectors.lastchange import SEEDED
from ringviz.services.clusters import create_cluster
from ringviz.services.keys import file_key_set, pattern_key_set

DEMO_KEYS = 20_000
DEMO_VERDICT_DELAY_MS = 8_000  # time to see a freeze, and to thaw it
_SEEDER = Actor(name="seed", origin=SEEDED, may_operate=True)
_WORD = re.compile(r"[^\W\d_]{2,}")

Say = Callable[[str], None]


def seed_demo(progress: Say = lambda _line: None) -> None:
    """Three clusters: eight real nodes to break, forty and a hundred to look at. `progress` gets a line for each step.

    Each is created once: later changes and deletions stay.
    """
    made = set(SeededCluster.objects.values_list("slug", flat=True))
    for slug, make in (("demo", _demo), ("forty", _forty), ("hundred", _hundred)):
        if slug in made:
            continue
        if not Cluster.objects.filter(slug=slug).exists():
            progress(_("Making the cluster %(slug)s ...") % {"slug": slug})
            make()
        with write_turn():
            SeededCluster.objects.get_or_create(slug=slug)


def _demo() -> None:
    words = BytesIO("\n".join(catalogue_words(DEMO_KEYS)).encode())
    key_set = file_key_set(source=words, label=_("words of Django's translations"))
    create_cluster(
        actor=_SEEDER,
        slug="demo",
        name=_("Demo"),
        demo=True,
        vnodes=16,
        copies=3,
        key_set=key_set,
        nodes=[{"name": f"cache-{n}"} for n in range(1, 9)],
        kind=Cluster.Kind.MANAGED,
        workload=FIRST_WORKLOAD,
        verdict_delay_ms=DEMO_VERDICT_DELAY_MS,
    )


def _forty() -> None:
    _big("forty", _("Forty nodes"), 40, 160, partial(pattern_key_set, pattern="user:{n}", count=100_000))


def _hundred() -> None:
    _big("hundred", _("A hundred nodes"), 100, 150, partial(pattern_key_set, pattern="session:{n}", count=1_000_000))


def _big(slug: str, name: str, nodes: int, vnodes: int, keys: Callable[[], KeySet]) -> None:
    create_cluster(
        actor=_SEEDER,
        slug=slug,
        name=name,
        vnodes=vnodes,
        copies=3,
        key_set=keys(),
        nodes=[{"name": f"app-{n:0{len(str(nodes))}}", "zone": f"zone-{'abc'[n % 3]}"} for n in range(1, nodes + 1)],
    )


def catalogue_words(count: int) -> list[str]:
    """The words that Django's own translations use most, in all their languages and scripts; ties by the words.

    Real text that ships with a pinned package, so that everybody's demo has the same keys.
    """
    seen: Counter[str] = Counter()
    for path in sorted(Path(django.__file__).parent.glob("**/LC_MESSAGES/django.mo")):
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        for source, translated in catalogue.items():
            if source:
                seen.update(_WORD.findall(translated))
    return sorted(seen, key=lambda word: (-seen[word], word))[:count]

"""One demo for many tests that change something: each takes a separate cluster and leaves it changed.

Starting a demo takes seconds; creating a cluster takes a tenth of one.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import demos, started
from tests.demos import Demo

OWN_CLUSTERS = 32

# What most browser tests look at changes in an instant and stands still until somebody acts: at the address of the
# demo's cluster a simulated one, of the same keys and nodes, three of them there from the start and five added.
SIMULATED = """
from live.actor import Actor
from ringviz.models import Cluster
from ringviz.services.clusters import create_cluster, delete_cluster
from tests.ringviz.nodes import add_node
boss, keys = Actor(name="seed", origin="seed", may_operate=True), Cluster.objects.get(slug="demo").key_set
delete_cluster(slug="demo", actor=boss)
create_cluster(actor=boss, slug="demo", name="Demo", demo=True, vnodes=16, copies=3, key_set=keys,
               nodes=[{"name": f"cache-{i}"} for i in range(1, 4)])
for i in range(4, 9):
    add_node(slug="demo", actor=boss, name=f"cache-{i}")
"""

MAKE = f"""
from live.actor import Actor
from ringviz.models import Cluster
from ringviz.services.clusters import create_cluster
from tests.ringviz.nodes import add_node
boss, keys = Actor(name="test", origin="seed", may_operate=True), Cluster.objects.get(slug="demo").key_set
for n in range({OWN_CLUSTERS}):
    slug = f"own-{{n}}"
    create_cluster(actor=boss, slug=slug, name=f"Own {{n}}", demo=True, vnodes=16, copies=3, key_set=keys,
                   nodes=[{{"name": f"cache-{{i}}"}} for i in range(1, 4)])
    for i in range(4, 9):
        add_node(slug=slug, actor=boss, name=f"cache-{{i}}")
"""


class Own:
    """A cluster that one test has for itself."""

    def __init__(self, demo: Demo, slug: str) -> None:
        self.demo = demo
        self.slug = slug
        self.path = f"clusters/{slug}/"

    def kill(self, node: str) -> None:
        """From the command line."""
        done = self.demo.manage("ring", "kill", node, "--cluster", self.slug)
        assert done.returncode == 0, done.stderr


def simulated(folder: Path) -> None:
    """Replaces the demo's cluster with the simulated one. Nothing may be running there."""
    made = demos.manage(folder, "shell", "-c", SIMULATED)
    assert made.returncode == 0, made.stderr
    shutil.rmtree(folder / "clusters", ignore_errors=True)


@contextmanager
def clusters_for_all(seeded_folder: Path, make: str = MAKE) -> Iterator[Demo]:
    """A demo with the seed's clusters and those that `make`, a script for the project's shell, makes."""
    with started.folder() as folder:
        shutil.copytree(seeded_folder, folder, dirs_exist_ok=True)
        made = demos.manage(folder, "shell", "-c", make)
        assert made.returncode == 0, made.stderr
        with demos.running(folder) as running:
            yield running

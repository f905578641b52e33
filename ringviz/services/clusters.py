"""Creates clusters, changes their keys and deletes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Required, TypedDict

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from live.actor import Actor
from live.log import create_stream, delete_stream, timestamp, write
from live.models import Event, Stream
from live.turns import write_turn
from ringviz.bounds import MIB
from ringviz.core.abilities import NO_OPTIONS, Options
from ringviz.core.buckets import BUCKETS
from ringviz.core.placement import VNODES
from ringviz.core.state import State, Workload, new_node
from ringviz.core.strategy import DEFAULT
from ringviz.errors import Invalid
from ringviz.events import ClusterCreated, Settings
from ringviz.models import Cluster, KeySet, Node
from ringviz.selectors.clusters import cluster_of, keys_of, settings_of
from ringviz.selectors.placing import index_for, with_figures
from ringviz.services import decisions
from ringviz.services.changing import change, check_allowed
from ringviz.services.checks import (
    check_keys,
    check_name,
    check_node,
    check_seed,
    check_servers,
    check_settings,
    check_size,
    check_slug,
    checked_options,
)
from ringviz.services.freezing import check_verdict_delay
from ringviz.services.intents import first_work, keep_first
from ringviz.services.rows import slot_map_of, write_nodes
from ringviz.stores import passwords

DEFAULT_MEMORY = 64 * MIB


class NewNode(TypedDict, total=False):
    """A node of a new cluster."""

    name: Required[str]
    address: str
    zone: str
    weight: float


def create_cluster(
    *,
    actor: Actor,
    slug: str,
    name: str,
    key_set: KeySet,
    nodes: Sequence[NewNode] = (),
    strategy: str = DEFAULT,
    options: Options = NO_OPTIONS,
    vnodes: int = VNODES,
    copies: int = 1,
    seed: int = 0,
    demo: bool = False,
    kind: str = Cluster.Kind.SIMULATED,
    replicas: int = 0,
    memory: int = DEFAULT_MEMORY,
    workload: Workload | None = None,
    verdict_delay_ms: int = 0,
) -> Event:
    """Creates a cluster with its nodes, as the first event of its stream. Raises NotAllowed, Invalid.

    In a managed cluster, the nodes are joining and store nothing until the servers have started. `memory` is each
    server's limit.
    """
    check_allowed(actor)
    managed = kind == Cluster.Kind.MANAGED
    cluster = Cluster(
        slug=slug,
        name=name.strip(),
        demo=demo,
        strategy=strategy,
        options=dict(options),
        vnodes=vnodes,
        copies=copies,
        seed=seed,
        key_set=key_set,
        next_number=len(nodes) + 1,
        kind=kind,
        replicas=replicas if managed else 0,
        memory=memory if managed else 0,
        workload=workload if managed else None,
        verdict_delay_ms=verdict_delay_ms if managed else 0,
        unfilled=[[0, BUCKETS - 1]] if managed else [],
    )
    state = _first_state(cluster, nodes)
    with write_turn():
        event = found_cluster(cluster, state, actor)
        if managed:
            keep_first(cluster, state["work"][0], actor)
        return event


def found_cluster(cluster: Cluster, state: State, actor: Actor) -> Event:
    """Creates a cluster's rows and stream, with its state as first event. Raises Invalid if the address is taken."""
    with write_turn():
        try:
            # If two people create the same cluster at once, the stream's name conflicts. The savepoint lets the loser
            # continue in its own transaction.
            with transaction.atomic():
                cluster.stream = create_stream(f"cluster/{cluster.slug}")
        except IntegrityError as taken:
            text = _("There is already a cluster at %(slug)s.")
            raise Invalid("slug", cluster.slug, text % {"slug": cluster.slug}) from taken
        cluster.slot_map = slot_map_of(state)
        cluster.save()
        with write(cluster.stream.pk, expected=0) as draft:
            write_nodes(cluster, state["nodes"])
            return draft.record(ClusterCreated(**state), actor)


def _first_state(cluster: Cluster, nodes: Sequence[NewNode]) -> State:
    check_slug(cluster.slug)
    check_name(cluster.name)
    check_settings(Settings(strategy=cluster.strategy, vnodes=cluster.vnodes, copies=cluster.copies))
    cluster.options = checked_options(cluster.strategy, cluster.options)
    check_seed(cluster.seed)
    check_keys(cluster.key_set)
    check_verdict_delay(cluster.verdict_delay_ms)
    since, taken = timestamp(timezone.now()), set[str]()
    members = [new_node(number=number, since=since, **node) for number, node in enumerate(nodes, 1)]
    for member in members:
        check_node(member, taken)
        taken.add(member["name"])
    managed = cluster.kind == Cluster.Kind.MANAGED
    if managed:
        check_servers(len(members), cluster.replicas, cluster.memory)
        members = [{**member, "state": Node.State.JOINING.value} for member in members]
    state = State(
        cluster=settings_of(cluster),
        keys=keys_of(cluster.key_set),
        nodes=members,
        work=[first_work()] if managed else [],
        unfilled=cluster.unfilled,
        workload=cluster.workload,
    )
    check_size(state)
    return with_figures(state, index_for(state["cluster"], cluster.key_set))


def use_keys(*, slug: str, actor: Actor, key_set: KeySet) -> Event:
    """Changes the cluster's key set. No key moves."""
    return change(slug=slug, actor=actor, version=None, decision=decisions.use_keys(key_set))


def delete_cluster(*, slug: str, actor: Actor) -> None:
    """Deletes a cluster with its nodes and log, and tells pages that show it. Raises NotAllowed, NotFound."""
    check_allowed(actor)
    cluster = cluster_of(slug)
    cluster_id, stream_id = cluster.pk, cluster.stream_id
    with write_turn():
        # Every writer locks this row first, so that no two can deadlock.
        Stream.objects.select_for_update().filter(pk=stream_id).first()
        if cluster.kind == Cluster.Kind.EXTERNAL:
            transaction.on_commit(partial(passwords.forget, cluster_id), robust=True)
        cluster.delete()
        delete_stream(stream_id)

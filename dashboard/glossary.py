"""The terms that pages use, each defined once: the glossary, the links to it and their titles all say this.

`term("token")` is a Term; an unknown name raises UnknownTerm.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class UnknownTerm(LookupError):
    """A page links to a term that the glossary does not have."""


class Source(NamedTuple):
    """Where a term comes from."""

    title: str
    href: str


class Term(NamedTuple):
    """One entry. `slug` is its anchor; `first` is a sentence that stands alone, `more` the others; `seen` is where."""

    slug: str
    name: Text
    first: Text
    more: Text
    seen: Text
    source: Source | None = None


CONSISTENT_HASHING = Source(
    "Karger et al., Consistent Hashing and Random Trees, 1997", "https://doi.org/10.1145/258533.258660"
)
DYNAMO = Source("DeCandia et al., Dynamo, 2007", "https://doi.org/10.1145/1294261.1294281")
ENGINE = Source(
    "Redis cluster specification", "https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/"
)

_TERMS = (
    Term(
        "bucket",
        _("Bucket"),
        _("A bucket is one of 16,384 equal parts of the hash space: the top 14 bits of a key's hash."),
        _("On a managed cluster, whole buckets are placed and moved, each stored in the slot with its number."),
        _("Ring page of managed clusters; Compare"),
        ENGINE,
    ),
    Term(
        "copies",
        _("Copies"),
        _("Copies is how many nodes are meant to keep each key: its owner and the next nodes on the ring."),
        _("On a managed cluster this is a what-if: it shows who would keep copies, and its servers keep none."),
        _("Ring page: settings, “Find a key”"),
        DYNAMO,
    ),
    Term(
        "ejected",
        _("Ejected"),
        _("An ejected node gets no requests from the balancer for a while, because earlier requests failed."),
        _(
            "Five failures in a row eject a node, or a success rate far below that of the others. It returns after "
            "30 seconds, later if it keeps failing. It still owns its keys."
        ),
        _("Balancer page: standing of the nodes, “Why this node”"),
        Source(
            "Envoy, outlier detection",
            "https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier",
        ),
    ),
    Term(
        "event",
        _("Event, version"),
        _("An event is one change to a cluster, and it raises the version by one."),
        _("You can go back to any version and link to it. The oldest events are deleted."),
        _("Timeline; time bar of the Ring page"),
    ),
    Term(
        "external",
        _("External"),
        _("An external cluster is run by somebody else: Ringviz only reads it."),
        _("Nothing here can change it. Its keys are counted, not known one by one."),
        _("Overview and picker: next to the cluster's name"),
    ),
    Term(
        "fair-share",
        _("Fair share"),
        _("The fair share of a node is what it would hold if keys followed the weights exactly."),
        _("With eight nodes of equal weight it is an eighth of the keys. A load of 1.2 is 20 % more than that."),
        _("Ring page: line across the load of each node; Overview; Compare"),
    ),
    Term(
        "fencing-token",
        _("Fencing token"),
        _("A fencing token is a number that rises each time a lock is acquired."),
        _("A resource that refuses lower numbers than it has seen is safe from a holder whose lease has run out."),
        _("Locks page: details of a lock; “Five ways to lock”"),
        Source(
            "Kleppmann, How to do distributed locking, 2016",
            "https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html",
        ),
    ),
    Term(
        "lease",
        _("Lease"),
        _("A lease is a lock with a time to live: it ends by itself unless its holder renews it."),
        _("So a crashed holder blocks nobody for ever. A paused one may believe that it still holds the lock."),
        _("Locks page: the bar right of the “now” line is the lease that is left"),
        Source("Gray and Cheriton, Leases, 1989", "https://doi.org/10.1145/74850.74870"),
    ),
    Term(
        "lens",
        _("Lens"),
        _("The lens shows a small part of a crowded ring enlarged, so that single tokens can be seen."),
        _("It appears on rings with more than 24 nodes. Move it with its buttons."),
        _("Ring page of large clusters"),
    ),
    Term(
        "managed",
        _("Managed"),
        _("A managed cluster is made of real servers that Ringviz starts, watches and ends."),
        _("Killing a node ends its process. The keys that it stored are lost, then stored again from the key set."),
        _("Overview and picker: next to the cluster's name"),
    ),
    Term(
        "node",
        _("Node"),
        _("A node is a member of the cluster: it owns a part of the hash space and stores its keys."),
        _("It is active, suspected, frozen, down, joining or draining. On a managed cluster it is a server process."),
        _("Ring page: node list, arcs of the ring"),
    ),
    Term(
        "p99",
        _("p99"),
        _("The p99 is the latency that 99 of 100 requests stay below; the slowest one takes longer."),
        _("It shows the slow requests that a mean hides. p50 is the median, p95 leaves out the slowest 5 %."),
        _("Balancer page; traffic on the Ring page"),
        Source("Dean and Barroso, The Tail at Scale, 2013", "https://doi.org/10.1145/2408776.2408794"),
    ),
    Term(
        "plan",
        _("Plan"),
        _("A plan shows what a change would do before it is made: which keys would move, and where."),
        _("Nothing changes until it is committed. If the cluster changes first, the plan is made again."),
        _("Ring page: after a click outside a demo, and for settings"),
    ),
    Term(
        "predicted",
        _("Predicted"),
        _("Predicted is how many keys the ring gives a node, computed from the key set."),
        _("While no keys are moving, it equals what the server stores. A difference is marked, with its cause."),
        _("Ring page of managed clusters: node list"),
    ),
    Term(
        "replica",
        _("Replica"),
        _("A replica is a server that copies everything the server of a node stores."),
        _("It owns no keys. If the node's server dies, a replica with a full copy can take its place."),
        _("Ring page of clusters with replicas: node list"),
        ENGINE,
    ),
    Term(
        "simulated",
        _("Simulated"),
        _("A simulated cluster is a ring without servers: everything is computed, and nothing is stored."),
        _("So it can have up to 10,000 nodes, and changes take effect at once."),
        _("Overview and picker: next to the cluster's name"),
    ),
    Term(
        "slot",
        _("Slot"),
        _("A slot is one of 16,384 parts into which Redis and Valkey clusters divide their keys."),
        _("A slot has one owner. When a bucket changes owner, the slot with its number moves between servers."),
        _("Ring page of external clusters; progress of moves"),
        ENGINE,
    ),
    Term(
        "stored",
        _("Stored"),
        _("Stored is how many keys the server of a node counts."),
        _("Only primary servers are counted, and only for the present. Past counts are unknown."),
        _("Ring page of managed and external clusters: node list"),
    ),
    Term(
        "token",
        _("Token"),
        _("A token is a position on the ring, a number from 0 to 4,294,967,295."),
        _("A key belongs to the node whose token comes next, clockwise from the key's hash. Each node has several."),
        _("Ring page: ends of the arcs, “Tokens per node”, “Find a key”"),
        CONSISTENT_HASHING,
    ),
    Term(
        "virtual-node",
        _("Virtual node"),
        _("A virtual node is one of the tokens of a node: it makes one node look like many small ones."),
        _("The more a node has, the closer its load is to the fair share, and the more nodes share what it leaves."),
        _("Ring page: “Tokens per node”; Compare; command line"),
        DYNAMO,
    ),
    Term(
        "weight",
        _("Weight"),
        _("The weight of a node says how much it should hold compared with the others."),
        _("A node of weight 2 gets twice the share of a node of weight 1. A node of weight 0 gets nothing."),
        _("Ring page: “Add node”, actions of a node; Balancer page"),
    ),
    Term(
        "what-if",
        _("What-if"),
        _("A what-if is a plan that nobody can commit: people who only watch see what a click would do."),
        _("The picture is the same as for a real change, but no event is written."),
        _("Ring page without sign-in"),
    ),
)
_BY_SLUG = {term.slug: term for term in _TERMS}


def terms() -> Iterator[Term]:
    """All terms, by name."""
    return iter(sorted(_TERMS, key=lambda term: str(term.name).casefold()))


def term(slug: str) -> Term:
    """The term of this slug. Raises UnknownTerm."""
    try:
        return _BY_SLUG[slug]
    except KeyError:
        raise UnknownTerm(slug) from None

"""What the supervisor writes. A write whose connection broke may have succeeded, and is not repeated."""

from __future__ import annotations

import pytest

from ringviz.models import Cluster, Intent
from ringviz.selectors.clusters import known
from ringviz.supervisor.book import Book
from tests.ringviz.cli.clusters import make_cluster

pytestmark = pytest.mark.django_db


def test_what_has_ended_is_not_ended_again_and_is_no_missing_cluster() -> None:
    cluster = make_cluster("real", kind=Cluster.Kind.MANAGED)
    book = Book(cluster.pk, "real", lambda: lambda: None)
    (intent,) = book.open_intents()
    assert book.is_open(intent)
    book.given_up(intent, Intent.State.FAILED, "its servers did not start")
    version = known("real").v
    assert not book.is_open(intent)
    book.given_up(intent, Intent.State.FAILED, "its servers did not start")
    assert known("real").v == version

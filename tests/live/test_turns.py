"""Writers take turns, and one of them does not finish."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections, transaction

from live.models import Stream
from tests.live.app import add


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_row_that_somebody_holds_is_waited_for_within_bounds(stream, settings):
    settings.LOCK_WITHIN_S = 0.2
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Stream.objects.select_for_update().get(pk=stream.pk)
            held.set()
            done.wait(30)
        connections.close_all()

    connection.close()  # the next connection is opened with the bound
    with ThreadPoolExecutor(1) as holder:
        holding = holder.submit(hold)
        assert held.wait(10)
        with pytest.raises(OperationalError, match="lock timeout"):
            add(stream.pk)
        done.set()
        holding.result()
    add(stream.pk)
    assert Stream.objects.get(pk=stream.pk).version == 1

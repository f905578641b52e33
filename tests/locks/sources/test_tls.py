"""TLS: a source is read through it if the CA is known, and otherwise not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis

from locks.sources import Source, SourceTrouble
from tests import started
from tests.locks.sources.test_clusters import started_on_a_port
from tests.locks.sources.tls import certificate, tls_before

Open = Callable[..., Source]
HOLDER = "ee08789ee6e011f1a6b202fc00000001"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
def test_tls_by_a_known_ca_and_by_an_unknown_one(
    theirs: Redis, watched_server: started.Valkey, open_source: Open, tmp_path: Path
) -> None:
    theirs.set("orders:1", HOLDER, px=60_000)
    made, key = certificate(tmp_path, "shop")
    other, _key = certificate(tmp_path, "other")
    with tls_before(watched_server.path, made, key) as port:
        address = f"127.0.0.1:{port}"
        source = open_source(f"rediss://{address}?ssl_ca_certs={made}")
        assert [one.key for one in source.all()] == [b"orders:1"]
        with source.listen("tracking") as listening:
            theirs.set("orders:2", HOLDER)
            assert [change.key for change in listening.changes(10)] == [b"orders:2"]
        for ca in ("", f"?ssl_ca_certs={other}"):
            with pytest.raises(SourceTrouble) as trouble:
                open_source(f"rediss://{address}{ca}").facts([b"x"])
            assert (trouble.value.kind, trouble.value.passing) == ("tls", False)
            assert "certificate" in trouble.value.text
        with pytest.raises(SourceTrouble):
            open_source(f"redis://{address}?timeout=0.5").facts([b"x"])


def test_a_server_without_tls_says_nothing_to_it(open_source: Open) -> None:
    """It keeps waiting for the end of a command, and so looks like a stopped server. The text names both."""
    with started_on_a_port() as port, pytest.raises(SourceTrouble) as trouble:
        open_source(f"rediss://127.0.0.1:{port}?timeout=0.3").facts([b"x"])
    assert trouble.value.kind == "timeout"
    assert "TLS" in trouble.value.text

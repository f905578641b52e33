"""Ports are settled before any server starts: no cluster view leads to another cluster's server."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringviz.supervisor.ports import settle_ports

IDS = [letter * 40 for letter in "abc"]
STRANGER = "f" * 40


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that is in use."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def view(me: int, ports: list[int]) -> str:
    """A nodes.conf as the engine writes it."""
    lines = [
        f"{id_} 127.0.0.1:{port}@{port + 1},,tls-port=0,shard-id={id_}"
        f" {'myself,' if number == me else ''}master - 0 0 {number} connected {number * 10}-{number * 10 + 9}"
        for number, (id_, port) in enumerate(zip([*IDS, STRANGER], [*ports, 9], strict=True))
    ]
    return "\n".join([*lines, "vars currentEpoch 3 lastVoteEpoch 0", ""])


def kept(folder: Path, ports: list[int]) -> list[Path]:
    paths = []
    for number, port in enumerate(ports):
        path = folder / f"{number + 1}.1"
        path.mkdir()
        (path / "process.json").write_text(json.dumps({"identity": None, "port": port, "bus": port + 1}))
        (path / "nodes.conf").write_text(view(number, ports))
        paths.append(path)
    return paths


def ports_of(path: Path) -> tuple[int, int]:
    told = json.loads((path / "process.json").read_text())
    return told["port"], told["bus"]


def test_a_server_whose_port_is_taken_gets_another_and_all_views_name_it(tmp_path: Path, taken: int) -> None:
    paths = kept(tmp_path, [20_001, taken, 20_003])
    before = [(path / "nodes.conf").read_text() for path in paths]
    settle_ports(paths)
    port, bus = ports_of(paths[1])
    assert taken not in (port, bus)
    for path, was in zip(paths, before, strict=True):
        assert (path / "nodes.conf").read_text() == was.replace(f":{taken}@{taken + 1}", f":{port}@{bus}")


def test_ports_that_are_free_stay(tmp_path: Path) -> None:
    paths = kept(tmp_path, [20_001, 20_003, 20_005])
    before = [(path / "nodes.conf").read_text() for path in paths]
    settle_ports(paths)
    assert [ports_of(path)[0] for path in paths] == [20_001, 20_003, 20_005]
    assert [(path / "nodes.conf").read_text() for path in paths] == before


def test_of_two_that_had_the_same_ports_each_has_its_own(tmp_path: Path) -> None:
    paths = kept(tmp_path, [20_001, 20_001, 20_005])
    settle_ports(paths)
    assert len({*ports_of(paths[0]), *ports_of(paths[1])}) == 4


def test_a_directory_that_never_ran_has_no_view(tmp_path: Path) -> None:
    empty = tmp_path / "1.1"
    empty.mkdir()
    settle_ports([empty])
    assert all(ports_of(empty))
    assert not (empty / "nodes.conf").exists()

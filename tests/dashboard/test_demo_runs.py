"""A demo that runs: its port, its link, its names, its programs kept up."""

import json
import os
import re
import shutil
import signal
import socket
import urllib.request
from functools import partial

import pytest

from tests import demos, started
from tests.processes import DEADLINE_S, until


@pytest.fixture(scope="module")
def lasting(seeded_folder):
    """A demo for all tests that leave it running, started where conda had put a name into HOST, and on a taken port."""
    with started.folder() as folder, socket.create_server(("127.0.0.1", 0)) as taken:
        shutil.copytree(seeded_folder, folder, dirs_exist_ok=True)
        port = str(taken.getsockname()[1])
        with demos.running(folder, HOST="build-machine-x86_64", PORT=port) as demo:
            yield demo


def test_a_first_start_makes_everything_and_a_second_finds_it_again(tmp_path):
    """It opens on eight servers that store what the ring predicts."""
    with demos.running(tmp_path) as demo:
        assert demos.fetch(demo.url) == 200
        first = demo.wait_for_keys()
        assert (first["kind"], {node["kind"] for node in first["nodes"]}) == ("managed", {"managed"})
        assert len(first["nodes"]) == len(demo.servers()) == 8
        assert sum(node["stored_keys"] for node in first["nodes"]) >= 20_000
        assert demo.end() == 0
    with demos.running(tmp_path) as demo:
        assert demos.fetch(f"{demo.url}clusters/demo/") == 200
        again = demo.wait_for_keys()
        assert [node["stored_keys"] for node in again["nodes"]] == [node["stored_keys"] for node in first["nodes"]]
        assert not {"node_killed", "keys_refilled"} & kinds_since(demo, first["version"]), (
            "keys are back by their files"
        )


@pytest.mark.long
def test_a_copy_of_the_folder_is_a_cluster_of_its_own(data_folder):
    """Its servers have the very same identities and password."""
    with started.folder() as copied:
        with demos.running(data_folder) as demo:
            demo.wait_for_keys()
            assert demo.manage("ring", "workload", "off", "--cluster", "demo").returncode == 0
            assert demo.end() == 0
        shutil.copytree(data_folder, copied, dirs_exist_ok=True)
        with demos.running(data_folder) as demo, demos.running(copied) as copy:
            demo.wait_for_keys()
            before = copy.wait_for_keys()
            assert demo.manage("ring", "kill", "cache-3", "--cluster", "demo", "--wait").returncode == 0
            assert [node["state"] for node in demo.wait_for_keys()["nodes"]].count("down") == 1
            after = copy.wait_for_keys()
            assert after["version"] == before["version"]
            assert [node["stored_keys"] for node in after["nodes"]] == [node["stored_keys"] for node in before["nodes"]]


def kinds_since(demo, version):
    with urllib.request.urlopen(f"{demo.url}clusters/demo/events?from={version + 1}") as answer:
        return {event["kind"] for event in json.load(answer)["events"]}


def test_a_second_start_points_to_the_first_with_a_fresh_link(lasting):
    second = lasting.manage("demo", PORT="0")
    assert second.returncode == 0, second.stderr
    link = re.search(demos.LINK, second.stdout)
    assert link is not None
    assert link.group(1) == lasting.url
    assert link.group(0) != lasting.link
    assert demos.fetch(link.group(0)) == 200
    assert lasting.process.poll() is None


def test_another_link_is_one_line(lasting):
    made = lasting.manage("link")
    assert re.fullmatch(demos.LINK.pattern + "\n", made.stdout)
    assert made.stdout.strip() != lasting.link
    assert demos.fetch(made.stdout.strip()) == 200
    assert demos.fetch(made.stdout.strip()) == 410


def test_without_a_demo_there_is_no_link(tmp_path):
    refused = demos.manage(tmp_path, "link")
    assert refused.returncode == 1
    assert refused.stderr == "CommandError: no demo is running in this folder. Start it with: make run\n"


def test_a_taken_port_is_named_and_the_next_free_one_used(lasting):
    told = lasting.output.wait_for(r"Port (\d+) is in use.*")
    assert demos.fetch(lasting.url) == 200
    used = int(lasting.url.rsplit(":", 1)[1].strip("/"))
    assert used > int(told.group(1))
    assert str(used) in told.group(0)


def test_an_address_that_is_not_ours_is_one_clear_error(data_folder):
    with demos.launched(data_folder, HOST="192.0.2.1") as demo:
        assert demo.process.wait(DEADLINE_S) == 1
        assert "192.0.2.1" in demo.output.wait_for("error: .*").group(0)
        assert "Traceback" not in demo.output.text


def test_a_port_that_is_no_number_is_one_clear_error(data_folder):
    refused = demos.manage(data_folder, "demo", PORT="eighty")
    assert refused.returncode == 2
    assert refused.stderr == "error: PORT must be a whole number from 0 to 65535, not 'eighty'\n"


def test_only_this_machine_is_served_and_only_under_its_own_name(lasting):
    lasting.output.wait_for("HOST=build-machine-x86_64 is not an IP address")
    assert demos.fetch(lasting.url) == 200
    assert demos.fetch(lasting.url.replace("127.0.0.1", "localhost")) == 200
    assert demos.fetch(lasting.url, host="evil.example") == 400
    assert not listening_elsewhere(lasting)


def listening_elsewhere(demo):
    """Whether the demo's port is open on an address of this machine that is not 127.0.0.1."""
    port = int(demo.url.rsplit(":", 1)[1].strip("/"))
    try:
        socket.create_connection(("127.0.0.2", port), 5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_it_opens_to_the_network_only_when_asked_and_says_so(data_folder):
    with demos.running(data_folder, HOST="0.0.0.0") as demo:
        demo.output.wait_for("Open to the network")
        assert demo.url.startswith("http://127.0.0.1:")
        assert listening_elsewhere(demo)
        assert demos.fetch(demo.url, host=socket.gethostname()) == 200
        assert demos.fetch(demo.url, host="evil.example") == 400


def test_a_hint_server_that_dies_is_started_again_and_the_page_goes_on(lasting):
    first = lasting.program("valkey-server")
    os.kill(first, signal.SIGKILL)
    assert demos.fetch(lasting.url) == 200
    lasting.output.wait_for(r"valkey ended")
    assert until(lambda: lasting.program("valkey-server") != first)


def test_a_web_process_that_dies_is_started_again_on_the_same_port(lasting):
    first = lasting.program("uvicorn")
    os.kill(first, signal.SIGKILL)
    assert demos.fetch(lasting.url) == 200  # the connection waits in the socket that the demo holds
    assert lasting.program("uvicorn") != first


@pytest.mark.long
def test_a_web_process_that_cannot_live_ends_the_demo(data_folder):
    with demos.running(data_folder) as demo:
        last = None
        for _death in range(3):
            last = until(partial(web_process_after, demo, last), what="another web process")
            os.kill(last, signal.SIGKILL)
        assert demo.process.wait(DEADLINE_S) == 1
        demo.output.wait_for("giving up")


def web_process_after(demo, gone):
    found = [pid for pid, command in demo.programs().items() if "uvicorn" in command and pid != gone]
    return found[0] if found else None


def test_a_data_folder_with_any_name_works(tmp_path, monkeypatch):
    """Odd for an URL, and too long for the path of a socket."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    folder = tmp_path / ("a b+c%20é#?" + "x" * 90)
    with demos.running(folder) as demo:
        assert demos.fetch(demo.url) == 200
        assert demo.program("valkey-server")
        assert (folder / "ringviz.sqlite3").exists()

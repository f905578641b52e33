"""However a demo ends, nothing of it stays and nothing is locked: the next start is up again, with its state."""

import os
import select
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests import demos
from tests.processes import DEADLINE_S, gone_within


def once(number):
    def end(demo):
        demo.process.send_signal(number)

    return end


def twice(demo):
    demo.process.send_signal(signal.SIGINT)
    demo.process.send_signal(signal.SIGINT)


WAYS = {
    "Ctrl-C": (once(signal.SIGINT), 0),
    "Ctrl-C twice": (twice, 0),
    "SIGTERM": (once(signal.SIGTERM), 0),
    "SIGHUP": (once(signal.SIGHUP), 0),
    "SIGKILL": (once(signal.SIGKILL), -signal.SIGKILL),
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_stays_and_the_next_start_works(way, data_folder):
    end, status = WAYS[way]
    with demos.running(data_folder) as demo:
        assert demo.program("valkey-server")
        assert demo.program("uvicorn")
        assert demo.program("supervise")
        demo.wait_for_servers()
        end(demo)
        assert demo.process.wait(DEADLINE_S) == status
        demos.nothing_left(data_folder)
        if status == 0:
            assert not (data_folder / "demo.json").exists()
            assert "Traceback" not in demo.output.text
    with demos.running(data_folder) as again:
        assert demos.fetch(again.url) == 200


def test_servers_end_with_the_supervisor_however_that_ends_and_come_back_with_it(data_folder):
    with demos.running(data_folder) as demo:
        servers = demo.wait_for_servers()
        first = demo.program("supervise")
        os.kill(first, signal.SIGKILL)
        assert all(gone_within(pid) for pid in servers)
        demo.output.wait_for("supervise ended")
        again = demo.wait_for_servers()
        assert not again.keys() & servers.keys()
        assert demo.end() == 0
        demos.nothing_left(data_folder)


def test_servers_outlive_the_web_process_and_nobody_outlives_the_demo(data_folder):
    with demos.running(data_folder) as demo:
        servers = demo.wait_for_servers()
        os.kill(demo.program("uvicorn"), signal.SIGKILL)
        demo.output.wait_for("web ended")
        assert demos.fetch(demo.url) == 200
        assert demo.servers().keys() == servers.keys()
        assert demo.end(signal.SIGKILL) == -signal.SIGKILL
        demos.nothing_left(data_folder)


def test_the_page_ends_first_then_the_servers_and_the_hint_server_last(data_folder):
    with demos.running(data_folder) as demo:
        servers, web = set(demo.wait_for_servers()), demo.program("uvicorn")
        hints = demo.program("valkey-server")
        order = ends_of({web, hints, *servers}, lambda: demo.process.send_signal(signal.SIGTERM))
        assert (order[0], order[-1], set(order[1:-1])) == (web, hints, servers)
        assert demo.process.wait(DEADLINE_S) == 0


def ends_of(pids, begin):
    """The processes in the order in which they end, after `begin` was called."""
    descriptors = {os.pidfd_open(pid): pid for pid in pids}
    poller = select.poll()
    order: list[int] = []
    for descriptor in descriptors:
        poller.register(descriptor, select.POLLIN)
    begin()
    while len(order) < len(pids):
        ended = poller.poll(DEADLINE_S * 1000)
        assert ended, f"{pids - set(order)} did not end"
        for descriptor, _event in ended:
            poller.unregister(descriptor)
            order.append(descriptors[descriptor])
    for descriptor in descriptors:
        os.close(descriptor)
    return order


def test_a_signal_while_it_starts_ends_it_too(tmp_path):
    demo = demos.launch(tmp_path)  # a first start: tables and clusters take a while
    demo.output.wait_for("database")
    assert demo.end(signal.SIGINT) == 0
    demos.nothing_left(tmp_path)
    assert "Traceback" not in demo.output.text


def test_an_ignored_hang_up_stays_ignored(data_folder):
    with_nohup = ["nohup", sys.executable, "manage.py", "demo"]
    demo = demos.launch(data_folder, command=with_nohup).wait_until_up()
    try:
        demo.process.send_signal(signal.SIGHUP)
        assert demos.fetch(demo.url) == 200
    finally:
        assert demo.end() == 0
    demos.nothing_left(data_folder)


def test_an_interrupt_ends_what_a_script_started_in_the_background(data_folder):
    # As a shell does for `make run &`.
    in_background = ["sh", "-c", 'trap "" INT; exec "$0" manage.py demo', sys.executable]
    demo = demos.launch(data_folder, command=in_background).wait_until_up()
    assert demo.end(signal.SIGINT) == 0
    demos.nothing_left(data_folder)


# A terminal is a program that holds the other side of a pseudo-terminal: what it reads is typed, its end is a hang-up.
TERMINAL = [
    sys.executable,
    "-c",
    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
]


@contextmanager
def in_a_terminal(command, folder):
    """`command` as the foreground program of a terminal of its own. Gives the demo; its process is the terminal."""
    process = subprocess.Popen(
        [*TERMINAL, *command],
        cwd=demos.ROOT,
        env=demos.environment(folder, PORT="0"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    try:
        yield demos.Demo(process, folder)
    finally:
        process.kill()
        process.wait()
        process.communicate()
        demos.nothing_left(folder)


# Everything but the recipe's own dependencies: those are set up already, or the tests would not run.
MAKE_RUN = ["make", "--no-print-directory", "-o", ".venv/.installed-run", "run"]


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_in_the_terminal_of_make_run(presses, data_folder):
    with in_a_terminal(MAKE_RUN, data_folder) as demo:
        demo.wait_until_up().wait_for_servers()
        demo.process.stdin.write("\x03" * presses)
        demo.process.stdin.flush()
        assert demo.process.wait(DEADLINE_S) != 0  # make says that it was interrupted
        demos.nothing_left(data_folder)
        assert "Traceback" not in demo.output.text


def test_a_closed_terminal_ends_make_run(data_folder):
    with in_a_terminal(MAKE_RUN, data_folder) as demo:
        demo.wait_until_up().wait_for_servers()
        demo.process.kill()
        demo.process.wait()
        demos.nothing_left(data_folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGKILL])
def test_the_end_of_make_alone_ends_the_demo(number, data_folder):
    demo = demos.launch(data_folder, command=MAKE_RUN).wait_until_up()
    demo.wait_for_servers()
    demo.process.send_signal(number)
    demo.process.wait(DEADLINE_S)
    demos.nothing_left(data_folder)

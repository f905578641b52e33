"""However a demo ends, nothing of it stays and nothing is locked: the next start is up again, with its state.

All demos here run in one folder, one after the other: each is the next start of the one before it. A start of a demo
takes 15 s of a core: `make test` has an ending of each kind, and `make test-all` the others too.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests import demos, started
from tests.processes import DEADLINE_S, gone_within, heeding_signals


@pytest.fixture(scope="module")
def folder(seeded_folder):
    """The data folder of all demos here."""
    with started.folder() as folder:
        shutil.copytree(seeded_folder, folder, dirs_exist_ok=True)
        yield folder
        with up(folder):
            pass  # after the last ending, too


@contextmanager
def up(folder, **options):
    """A demo that answers, after whatever ended the one before it, and has all its servers."""
    with demos.launched(folder, **options) as demo:
        yield answering(demo)


def answering(demo):
    assert demos.fetch(demo.wait_until_up().url) == 200
    demo.wait_for_servers()
    return demo


def assert_ended(demo, status=0):
    """Waits until it has ended with this status, with everything it started."""
    assert demo.process.wait(DEADLINE_S) == status
    demos.nothing_left(demo.folder)
    if status == 0:
        assert not (demo.folder / "demo.json").exists()
        assert "Traceback" not in demo.output.text


@pytest.mark.parametrize(
    "signals",
    [
        pytest.param([signal.SIGINT], id="Ctrl-C"),
        pytest.param([signal.SIGINT, signal.SIGINT], id="Ctrl-C twice", marks=pytest.mark.long),
        pytest.param([signal.SIGTERM], id="SIGTERM", marks=pytest.mark.long),
        pytest.param([signal.SIGHUP], id="SIGHUP", marks=pytest.mark.long),
        pytest.param([signal.SIGKILL], id="SIGKILL"),
    ],
)
def test_nothing_stays_and_the_next_start_works(signals, folder):
    with up(folder) as demo:
        assert demo.program("valkey-server")
        assert demo.program("uvicorn")
        assert demo.program("supervise")
        assert demo.program("manage.py watch")
        for number in signals:
            demo.process.send_signal(number)
        assert_ended(demo, -signal.SIGKILL if signal.SIGKILL in signals else 0)


def test_servers_outlive_the_web_process_and_end_with_the_supervisor_however_that_ends(folder):
    with up(folder) as demo:
        servers = demo.servers()
        os.kill(demo.program("uvicorn"), signal.SIGKILL)
        demo.output.wait_for("web ended")
        assert demos.fetch(demo.url) == 200
        assert demo.servers().keys() == servers.keys()
        first = demo.program("supervise")
        os.kill(first, signal.SIGKILL)
        assert all(gone_within(pid) for pid in servers)
        demo.output.wait_for("supervise ended")
        again = demo.wait_for_servers()
        assert not again.keys() & servers.keys()
        demo.end()
        assert_ended(demo)


def test_the_page_ends_first_then_the_servers_and_the_hint_server_last(folder):
    with up(folder) as demo:
        servers, web = set(demo.servers()), demo.program("uvicorn")
        hints = demo.program("valkey-server")
        turn = ends_of({web, hints, *servers}, lambda: demo.process.send_signal(signal.SIGTERM))
        assert turn[web] <= min(turn[server] for server in servers)
        assert turn[hints] >= max(turn[server] for server in servers) >= turn[web]
        assert_ended(demo)


def ends_of(pids, begin):
    """The number of the look at which each process had ended, after `begin`. Within one look there is no order."""
    descriptors = {os.pidfd_open(pid): pid for pid in pids}
    poller = select.poll()
    turn: dict[int, int] = {}
    looks = 0
    for descriptor in descriptors:
        poller.register(descriptor, select.POLLIN)
    begin()
    while len(turn) < len(pids):
        looks += 1
        ended = poller.poll(DEADLINE_S * 1000)
        assert ended, f"{pids - turn.keys()} did not end"
        for descriptor, _event in ended:
            poller.unregister(descriptor)
            turn[descriptors[descriptor]] = looks
    for descriptor in descriptors:
        os.close(descriptor)
    return turn


def test_a_signal_while_it_starts_ends_it_too(tmp_path):
    with demos.launched(tmp_path) as demo:  # a first start: tables and clusters take a while
        demo.output.wait_for("database")
        demo.process.send_signal(signal.SIGINT)
        assert_ended(demo)


def test_an_ignored_hang_up_stays_ignored_and_an_interrupt_ends_what_a_script_started_in_the_background(folder):
    # As a shell does for `nohup make run &`.
    in_background = ["sh", "-c", 'trap "" INT; exec nohup "$0" manage.py demo', sys.executable]
    with up(folder, command=in_background) as demo:
        demo.process.send_signal(signal.SIGHUP)
        assert demos.fetch(demo.url) == 200
        demo.process.send_signal(signal.SIGINT)
        assert_ended(demo)


# A terminal is a program that holds the other side of a pseudo-terminal: what it reads is typed, its end is a hang-up.
TERMINAL = [
    sys.executable,
    "-c",
    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
]


@contextmanager
def in_a_terminal(command, folder):
    """`command` as the foreground program of a terminal of its own. Gives the demo; its process is the terminal."""
    with heeding_signals():
        process = subprocess.Popen(
            [*TERMINAL, *command],
            cwd=demos.ROOT,
            env=demos.environment(folder, PORT="0"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            errors="replace",
        )
    with process, demos.ended(process, folder):
        yield answering(demos.Demo(process, folder))


# Everything but the recipe's own dependencies: those are set up already, or the tests would not run.
MAKE_RUN = ["make", "--no-print-directory", "-o", ".venv/.installed-run", "run"]


@pytest.mark.parametrize("presses", [1, pytest.param(2, marks=pytest.mark.long)])
def test_ctrl_c_in_the_terminal_of_make_run(presses, folder):
    with in_a_terminal(MAKE_RUN, folder) as demo:
        demo.process.stdin.write("\x03" * presses)
        demo.process.stdin.flush()
        assert demo.process.wait(DEADLINE_S) != 0  # make says that it was interrupted
        demos.nothing_left(folder)
        assert "Traceback" not in demo.output.text


@pytest.mark.long
def test_a_closed_terminal_ends_make_run(folder):
    with in_a_terminal(MAKE_RUN, folder) as demo:
        demo.process.kill()
        demo.process.wait()
        demos.nothing_left(folder)


OTHERS = [pytest.param(number, marks=pytest.mark.long) for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)]


@pytest.mark.parametrize("number", [signal.SIGKILL, *OTHERS])
def test_the_end_of_make_alone_ends_the_demo(number, folder):
    with up(folder, command=MAKE_RUN) as demo:
        demo.process.send_signal(number)
        demo.process.wait(DEADLINE_S)
        demos.nothing_left(folder)

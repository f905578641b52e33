"""A child is watched, is ended with everything it started, and never outlives its parent."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from fleet.leash import ORPHANED, Means, leashed
from fleet.process import start
from tests.processes import gone_within, opened, processes_naming, until

MEANS: list[Means] = ["prctl", "pipe", "setpriv"] if shutil.which("setpriv") else ["prctl", "pipe"]
WAITS = [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal; signal.signal(15, signal.SIG_IGN); print('up', flush=True)\nwhile True: signal.pause()",
]
# Starts a grandchild that ignores the terminate signal, prints its pid, and waits.
WITH_GRANDCHILD = [
    sys.executable,
    "-c",
    "import subprocess, sys, signal\n"
    "c = subprocess.Popen([sys.executable, '-c', "
    "\"import signal; signal.signal(15, signal.SIG_IGN); print('up', flush=True)\\nwhile True: signal.pause()\"],"
    " stdout=subprocess.PIPE)\n"
    "c.stdout.readline(); print(c.pid, flush=True); signal.pause()",
]


def started(argv, by):
    """A child that has printed its first line, and that line."""
    read_end, write_end = os.pipe()
    child = start("child", argv, stdout=write_end, by=by)
    os.close(write_end)
    with os.fdopen(read_end) as output:
        return child, output.readline().strip()


@pytest.mark.parametrize("by", MEANS)
def test_it_reports_the_exit_status(by):
    child = start("child", [sys.executable, "-c", "raise SystemExit(7)"], by=by)
    assert child.wait(30) == 7
    assert child.status == 7
    assert gone_within(child.pid)


@pytest.mark.parametrize("by", MEANS)
def test_it_reports_the_signal_that_killed_it(by):
    child = start("child", [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], by=by)
    assert child.wait(30) == -signal.SIGKILL


@pytest.mark.parametrize("by", MEANS)
def test_it_ends_at_a_terminate_signal(by):
    child, line = started(WAITS, by)
    assert line == "up"
    assert child.status is None
    assert child.end(30) == -signal.SIGTERM
    assert gone_within(child.pid)


@pytest.mark.parametrize("by", MEANS)
def test_a_child_that_ignores_the_terminate_signal_is_killed_after_the_grace(by):
    child, _ = started(STUBBORN, by)
    assert child.end(0.1) == -signal.SIGKILL


@pytest.mark.parametrize("by", MEANS)
@pytest.mark.parametrize("way", ["end", "kill", "dies by itself"])
def test_what_the_child_started_ends_with_it(by, way):
    child, grandchild = started(WITH_GRANDCHILD, by)
    if way == "end":
        child.end(30)
    elif way == "kill":
        child.kill()
    else:
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait(30) == -signal.SIGKILL
    assert gone_within(int(grandchild))


PARENT = """
import os, signal, sys
from fleet.process import start
read_end, write_end = os.pipe()
child = start("child", [sys.executable, "-c", "import os, signal; print(os.getpid(), flush=True); signal.pause()"],
              stdout=write_end, by=sys.argv[1])
os.close(write_end)
print(os.fdopen(read_end).readline().strip(), child.pid, flush=True)
if sys.argv[2:] == ["frozen"]:
    child.freeze()
    print("frozen", flush=True)
signal.pause()
"""


@pytest.mark.parametrize("by", MEANS)
def test_it_dies_with_a_parent_that_is_killed(by):
    root = Path(__file__).resolve().parents[2]
    parent = subprocess.Popen([sys.executable, "-c", PARENT, by], stdout=subprocess.PIPE, text=True, cwd=root)
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert all(gone_within(pid) for pid in pids)


@pytest.mark.parametrize("by", MEANS)
def test_a_frozen_one_dies_with_a_parent_that_is_killed_and_leaves_nobody(by):
    root = Path(__file__).resolve().parents[2]
    mark = f"leash-of-{os.getpid()}-{by}"
    environment = {**os.environ, "MARK": mark}
    argv = [sys.executable, "-c", PARENT, by, "frozen"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=root, env=environment) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert parent.stdout.readline() == "frozen\n"
        until(lambda: {state_of(pid) for pid in pids} == {"T"}, what="their standing still")
        parent.kill()
    assert all(gone_within(pid) for pid in pids)
    until(lambda: not processes_naming(mark), what="the end of all")


@pytest.mark.parametrize("by", MEANS)
@pytest.mark.parametrize("way", ["end", "kill", "exit"])
def test_whatever_its_end_nobody_watches_any_more(by, way, monkeypatch):
    mark = f"watched-{os.getpid()}-{by}-{way}"
    monkeypatch.setenv("MARK", mark)
    code = "raise SystemExit(7)" if way == "exit" else WAITS[2]
    child, _ = started([sys.executable, "-c", code], by)
    if way == "exit":
        assert child.wait(30) == 7
    elif way == "end":
        assert child.end(30) == -signal.SIGTERM
    else:
        child.kill()
    until(lambda: not processes_naming(mark), what="the end of all")


@pytest.mark.parametrize("by", MEANS)
def test_a_frozen_one_ends_at_a_terminate_signal_without_being_killed(by):
    child, _ = started(WAITS, by)
    child.freeze()
    until(lambda: state_of(child.pid) == "T", what="its standing still")
    assert child.end(30) == -signal.SIGTERM  # not after the grace, by SIGKILL


@pytest.mark.parametrize("by", [by for by in MEANS if by != "pipe"])
def test_it_does_not_begin_when_its_parent_is_gone_already(by, tmp_path):
    began = tmp_path / "began"
    argv = leashed(["touch", str(began)], by=by)
    stranger = [str(os.getppid()) if part == str(os.getpid()) else part for part in argv]
    assert subprocess.run(stranger, check=False).returncode == ORPHANED
    assert not began.exists()


def test_it_is_refused_in_a_thread_whose_end_would_kill_it():
    refused = []

    def attempt():
        try:
            start("child", WAITS)
        except RuntimeError as error:
            refused.append(error)

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    assert "main thread" in str(refused[0])


# Where the descriptor of a process (pidfd) leads to.
A_PROCESS = "anon_inode:[pidfd]"


@pytest.mark.parametrize("by", MEANS)
def test_a_command_that_does_not_exist_leaves_nothing_open(by):
    pipes, watched = open_pipes(), opened().count(A_PROCESS)
    with suppress(OSError):
        assert start("child", ["/no/such/command"], by=by).wait(30) != 0
    assert open_pipes() <= pipes
    assert opened().count(A_PROCESS) <= watched


@pytest.mark.parametrize("by", MEANS)
def test_only_the_descriptors_that_it_is_given_reach_it(by):
    read_end, write_end = os.pipe()
    os.set_inheritable(read_end, True)
    listing = [sys.executable, "-c", "import os; print(sorted(map(int, os.listdir('/proc/self/fd'))))"]
    try:
        child = start("child", listing, stdout=write_end, by=by)
        child.wait(30)
        seen = os.read(read_end, 4096).decode()
        assert str(read_end) not in seen.strip("[]\n").split(", ")
    finally:
        os.close(read_end)
        os.close(write_end)


def test_its_descriptor_becomes_readable_at_its_end():
    child, _ = started(WAITS, None)
    assert child.fileno() >= 0
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait(30) == -signal.SIGKILL
    assert child.fileno() == -1


def test_it_is_watched_without_pidfd_too(monkeypatch):
    monkeypatch.delattr(os, "pidfd_open")
    child = start("child", WAITS)
    assert child.fileno() == -1
    assert child.wait(0) is None
    assert child.end(30) == -signal.SIGTERM


# Reads everything, says how much it was, and waits.
READS_AND_WAITS = [sys.executable, "-c", "import sys, signal; print(len(sys.stdin.read()), flush=True); signal.pause()"]


@pytest.mark.parametrize("by", MEANS)
def test_what_it_is_told_on_standard_input_is_seen_by_nobody_else(by):
    secret = "a-secret-that-no-list-of-processes-may-show"
    read_end, write_end = os.pipe()
    child = start("child", READS_AND_WAITS, stdin=secret.encode(), stdout=write_end, by=by)
    os.close(write_end)
    with os.fdopen(read_end) as output:
        assert output.readline() == f"{len(secret)}\n"  # all of it has come, and then the end
    assert child.status is None

    assert child.pid not in processes_naming(secret)
    child.kill()


def test_what_is_in_an_argument_would_be_found():
    """Else the test above could not fail."""
    child, _ = started([*WAITS, "an-argument-to-be-found"], None)
    assert child.pid in processes_naming("an-argument-to-be-found")
    child.kill()


@pytest.mark.parametrize("by", MEANS)
@pytest.mark.parametrize("told", [b"few words", b"x" * 2**20], ids=["few", "many"])
def test_a_child_that_ends_before_it_reads_is_no_error(by, told):
    child = start("child", [sys.executable, "-c", "raise SystemExit(7)"], stdin=told, by=by)
    assert child.wait(30) == 7


@pytest.mark.parametrize("by", MEANS)
def test_every_byte_reaches_it_also_more_than_a_pipe_holds(by, tmp_path):
    told, before = os.urandom(2**21), open_pipes()
    with (tmp_path / "out").open("wb") as out:
        child = start("child", ["cat"], stdin=told, stdout=out, by=by)
        assert child.wait(30) == 0
    assert (tmp_path / "out").read_bytes() == told
    assert open_pipes() <= before


def open_pipes():
    """The pipes that this process has open. Sockets do not count: threads of earlier tests close theirs meanwhile."""
    return {link for link in opened() if link.startswith("pipe:")}


def state_of(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_frozen_child_stands_still_with_all_it_started_and_goes_on():
    child, grandchild = started(WITH_GRANDCHILD, None)
    group = [child.pid, int(grandchild)]
    child.freeze()
    until(lambda: [state_of(pid) for pid in group] == ["T", "T"], what="their standing still")
    assert child.status is None
    child.thaw()
    until(lambda: "T" not in [state_of(pid) for pid in group], what="their going on")
    child.freeze()
    assert child.kill() == -signal.SIGKILL


def test_a_child_that_ended_is_neither_frozen_nor_thawed():
    child = start("child", [sys.executable, "-c", ""])
    assert child.wait(30) == 0
    child.freeze()
    child.thaw()
    assert child.status == 0

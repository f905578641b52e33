"""Only the very same process is ever ended: number, start, binary and directory."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fleet import identity as identities
from fleet.identity import Identity, end_if_same, identity_of
from tests.processes import gone_within

WAITS = "import signal; print('up', flush=True); signal.pause()"


@pytest.fixture
def process(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A running process, in its own directory."""
    with subprocess.Popen([sys.executable, "-c", WAITS], cwd=tmp_path, stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"up\n"
        yield started
        started.kill()


def who(process: "subprocess.Popen[bytes]") -> Identity:
    found = identity_of(process.pid)
    assert found is not None
    return found


def test_it_says_who_a_process_is(process, tmp_path):
    ours = who(process)
    assert (ours.pid, ours.directory) == (process.pid, os.path.realpath(tmp_path))
    assert ours.binary == os.path.realpath(sys.executable)
    assert ours == who(process)
    assert ours.started != who_started_later(tmp_path)


def who_started_later(where: Path) -> str:
    with subprocess.Popen([sys.executable, "-c", WAITS], cwd=where, stdout=subprocess.PIPE) as later:
        assert later.stdout is not None
        later.stdout.readline()
        started = who(later).started
        later.kill()
    return started


def test_a_name_that_looks_like_a_status_line_is_read_right(tmp_path):
    code = f"open('/proc/self/comm', 'w').write('a) Z 1 (b'); {WAITS}"
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE) as odd:
        assert odd.stdout is not None
        odd.stdout.readline()
        plain = Path(f"/proc/{odd.pid}/stat").read_text().rsplit(") ", 1)[1].split()[19]
        assert who(odd).started == plain
        assert plain.isdecimal()
        odd.kill()


def test_the_same_process_is_ended(process):
    assert end_if_same(who(process))
    assert gone_within(process.pid)
    assert process.wait() == -signal.SIGKILL


def test_a_frozen_one_is_ended_too(process):
    ours = who(process)
    process.send_signal(signal.SIGSTOP)
    assert who(process) == ours
    assert end_if_same(ours)
    assert process.wait() == -signal.SIGKILL


@pytest.mark.parametrize(
    "other",
    [{"started": "1"}, {"binary": "/usr/bin/valkey-server"}, {"directory": "/"}],
    ids=["start", "binary", "directory"],
)
@pytest.mark.parametrize("pidfd", [True, False])
def test_another_process_of_the_same_number_is_left_alone(process, monkeypatch, other, pidfd):
    if not pidfd:
        monkeypatch.delattr(os, "pidfd_open")
    assert not end_if_same(replace(who(process), **other))
    assert process.poll() is None
    assert end_if_same(who(process))  # nothing else kept it alive


def test_what_became_another_program_is_left_alone(tmp_path):
    """exec keeps number and start."""
    become = "import os; print('up', flush=True); input(); os.execv('/bin/sh', ['sh', '-c', 'echo up; read x'])"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", become], cwd=tmp_path, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        before = who(process)
        process.stdin.write(b"\n")
        process.stdin.flush()
        process.stdout.readline()
        assert who(process).started == before.started
        assert not end_if_same(before)
        assert process.poll() is None
        process.kill()


# A child in the same group; it says which.
WITH_CHILD = (
    "import subprocess, sys, signal\n"
    "c = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
    "print(c.pid, flush=True); signal.pause()"
)


@pytest.mark.parametrize("way", ["descriptor", "number"])
@pytest.mark.parametrize("frozen", [False, True])
def test_what_it_started_ends_with_it(way, frozen, tmp_path, monkeypatch):
    argv = [sys.executable, "-c", WITH_CHILD]
    with subprocess.Popen(argv, cwd=tmp_path, stdout=subprocess.PIPE, start_new_session=True) as leader:
        assert leader.stdout is not None
        child = int(leader.stdout.readline())
        if frozen:
            os.killpg(leader.pid, signal.SIGSTOP)
        ours = who(leader)
        if way == "number":
            monkeypatch.delattr(os, "pidfd_open")
        assert end_if_same(ours)
        monkeypatch.undo()
        assert gone_within(child)


def test_who_shares_its_group_with_others_ends_alone(process, tmp_path):
    """The group is ours, and not its own."""
    assert os.getpgid(process.pid) == os.getpgid(0)
    assert end_if_same(who(process))
    assert process.wait() == -signal.SIGKILL


def test_a_reused_number_is_left_alone(process, tmp_path):
    """The number of one that ended, now somebody else's: same binary and directory, another start."""
    with subprocess.Popen([sys.executable, "-c", WAITS], cwd=tmp_path, stdout=subprocess.PIPE) as later:
        assert later.stdout is not None
        later.stdout.readline()
        reused = replace(who(process), pid=later.pid)
        assert reused.binary == who(later).binary
        assert reused.directory == who(later).directory
        assert not end_if_same(reused)
        assert later.poll() is None
        later.kill()


def test_between_the_look_and_the_signal_the_descriptor_holds(process, monkeypatch):
    """It ends just after it was recognised and its number is reused: the signal reaches no other process."""
    ours, look = who(process), identity_of

    def ends_after_the_look(pid):
        found = look(pid)
        process.kill()
        process.wait()
        return found

    monkeypatch.setattr(identities, "identity_of", ends_after_the_look)
    assert end_if_same(ours)


def test_nobody_is_ended_where_nobody_is(process):
    ours = who(process)
    process.kill()
    process.wait()
    assert identity_of(process.pid) is None
    assert not end_if_same(ours)


def test_a_zombie_is_nobody(process):
    ours = who(process)
    os.kill(process.pid, signal.SIGKILL)
    assert gone_within(process.pid)  # ended, and not waited for: its number is still taken
    assert os.path.exists(f"/proc/{process.pid}/stat")
    assert identity_of(process.pid) is None
    assert not end_if_same(ours)


def test_a_process_of_somebody_else_is_nobody():
    if os.geteuid() == 0:
        pytest.skip("root sees all")
    assert identity_of(1) is None


def test_it_goes_through_a_file_and_back(process):
    ours = who(process)
    assert Identity.from_dict(json.loads(json.dumps(ours.to_dict()))) == ours


@pytest.mark.parametrize("told", [{}, {"pid": 1}, {"pid": "x", "started": "", "binary": "", "directory": ""}])
def test_a_broken_file_is_an_error(told):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Identity.from_dict(told)


def test_a_binary_that_was_upgraded_meanwhile_is_still_the_same(tmp_path):
    """The system marks a removed file "(deleted)"; the process is still the same."""
    binary = tmp_path / "cat"
    binary.write_bytes(Path(os.path.realpath("/bin/cat")).read_bytes())
    binary.chmod(0o700)
    pipe = subprocess.PIPE
    with subprocess.Popen([str(binary)], cwd=tmp_path, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"up\n")
        process.stdin.flush()
        process.stdout.readline()
        before = who(process)
        binary.unlink()
        assert end_if_same(before)
        assert process.wait() == -signal.SIGKILL

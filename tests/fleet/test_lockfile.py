"""One process holds a lock file, and its end frees it."""

import subprocess
import sys

from fleet.lockfile import LockFile

HOLDER = (
    "import sys, signal, pathlib; from fleet.lockfile import LockFile\n"
    "lock = LockFile(pathlib.Path(sys.argv[1])); print(lock.acquire(), flush=True); signal.pause()"
)


def test_the_second_is_refused_until_the_first_releases(tmp_path):
    first, second = LockFile(tmp_path / "lock"), LockFile(tmp_path / "lock")
    assert not first.is_held()
    assert first.acquire()
    assert first.is_held()
    assert second.is_held()
    assert not second.acquire()
    first.release()
    assert not second.is_held()
    assert second.acquire()
    second.release()


def test_a_killed_holder_holds_nothing(tmp_path):
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "True"
        assert LockFile(path).is_held()
        holder.kill()
        holder.wait()
        assert not LockFile(path).is_held()

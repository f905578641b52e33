"""The leash: a child that cannot outlive the process that started it, however that process ends.

Linux has a parent-death signal that survives exec, so nothing stays between parent and child: `setpriv` sets it if it
is installed, otherwise this file, run as a program, does. Elsewhere (macOS) this file stays as the child's own parent
and watches a pipe that only the starting process holds open: end of file means that the process died. It is in the
child's group, and is frozen with it, so it has a guard in another group that watches the same pipe.

The signal is tied to the *thread* that started the child, and it is lost if the parent dies before it is set. So
children are started from the main thread, and each checks after setting it that its parent is still the same.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from select import select
from typing import Literal

Means = Literal["setpriv", "prctl", "pipe"]

PR_SET_PDEATHSIG = 1
_MOST_OPEN = 65_536  # descriptors; the limit may be "none"
ORPHANED = 78  # exit status of a child whose parent died before it began

_CHECK_PARENT = f'[ "$PPID" = "$1" ] || exit {ORPHANED}; shift; exec "$@"'


@lru_cache
def means() -> Means:
    """How this machine ties a child to its parent."""
    if not sys.platform.startswith("linux"):
        return "pipe"
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return "prctl"
    # Older versions (and BusyBox's) have no --pdeathsig.
    tried = subprocess.run([setpriv, "--pdeathsig", "KILL", "true"], check=False, capture_output=True)
    return "setpriv" if tried.returncode == 0 else "prctl"


def leashed(argv: Sequence[str], *, by: Means, lifeline: int | None = None) -> list[str]:
    """The command that runs `argv` on a leash held by this process. "pipe" needs `lifeline`, its read end."""
    if by == "setpriv":
        shell = ["/bin/sh", "-c", _CHECK_PARENT, "leash", str(os.getpid())]
        return [shutil.which("setpriv") or "setpriv", "--pdeathsig", "KILL", "--", *shell, *argv]
    held_by = str(os.getpid()) if by == "prctl" else str(lifeline)
    # -I -S: neither the environment nor site-packages can slow it down or change it.
    return [sys.executable, "-I", "-S", os.path.abspath(__file__), by, held_by, *argv]


def _exec_with_parent_death_signal(parent: int, argv: list[str]) -> None:
    import ctypes

    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        sys.exit(ORPHANED)
    os.execvp(argv[0], argv)  # noqa: S606 - the command is the caller's


def _guard(lifeline: int, group: int) -> None:
    """Waits until the lifeline breaks, then kills the group, frozen or not, if it still is this process's parent's."""
    os.setpgid(0, 0)
    # It holds nothing else open, so that readers of the child's output see its end.
    most = os.sysconf("SC_OPEN_MAX")
    os.closerange(0, lifeline)
    os.closerange(lifeline + 1, most if 0 < most < _MOST_OPEN else _MOST_OPEN)
    os.read(lifeline, 1)
    if os.getppid() == group:  # otherwise it ended, and its number may be reused
        os.killpg(group, signal.SIGKILL)


def _watch_pipe(lifeline: int, argv: list[str]) -> int:
    """Runs `argv` until it ends or the lifeline breaks. Leaves nothing of this process group running."""
    group = os.getpid()
    if os.fork() == 0:
        try:
            _guard(lifeline, group)
        finally:
            os._exit(0)
    os.set_inheritable(lifeline, False)
    ended, child_ended = os.pipe()
    os.set_blocking(child_ended, False)
    signal.set_wakeup_fd(child_ended, warn_on_full_buffer=False)
    # The group's terminate signal reaches the child too: this process only waits for the child to react.
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    child = subprocess.Popen(argv, close_fds=False)
    while child.poll() is None:
        readable, _, _ = select([lifeline, ended], [], [])
        if lifeline in readable:
            os.killpg(0, signal.SIGKILL)
        os.read(ended, 512)
    status = child.returncode
    if status < 0:  # die by the same signal, so that the parent sees it
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    return status


def main(arguments: list[str]) -> int:
    """Program entry: `leash.py prctl PARENT_PID COMMAND...` or `leash.py pipe FD COMMAND...`."""
    by, held_by, *argv = arguments
    if by == "prctl":
        _exec_with_parent_death_signal(int(held_by), argv)
    return _watch_pipe(int(held_by), argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

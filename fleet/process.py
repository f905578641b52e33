"""One child process: started in its own session on a leash, watched, ended with everything it started."""

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from fleet.leash import Means, leashed, means

# Without pidfd (macOS), a wait polls this often.
LOOK_EVERY_S = 0.05


class Child:
    """A running or ended child. It has its own process group: whatever it starts ends with it."""

    def __init__(self, name: str, process: "subprocess.Popen[bytes]", lifeline: int | None) -> None:
        self.name = name
        self.pid = process.pid
        self._process = process
        self._lifeline = lifeline
        self._pidfd = _pidfd(process.pid)

    def __repr__(self) -> str:
        return f"<Child {self.name} pid={self.pid} status={self.status}>"

    @property
    def status(self) -> int | None:
        """Exit status, negative for a signal; None while it runs."""
        return self.wait(0)

    @property
    def has_ended(self) -> bool:
        """Whether it has ended, for any thread; does not reap it. Without waitid the answer may be a little late."""
        if self._process.returncode is not None or not hasattr(os, "waitid"):
            return self._process.returncode is not None
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:  # reaped meanwhile
            return True

    def fileno(self) -> int:
        """A descriptor that is readable once the child has ended (for `select`); -1 if the system has none."""
        return -1 if self._pidfd is None else self._pidfd

    def wait(self, timeout_s: float | None = None) -> int | None:
        """The exit status as soon as there is one within `timeout_s` (None: for ever); otherwise None."""
        if self._process.returncode is None and self._ended_within(timeout_s):
            self._bury()
        return self._process.returncode

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the child and everything it started."""
        if self._process.returncode is None:
            # PermissionError: macOS raises it for a group of which only a zombie is left.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def end(self, grace_s: float) -> int:
        """Terminates it, gives it `grace_s` seconds to finish, then kills what is left. Returns the exit status.

        A frozen child is thawed for this with the terminate signal pending, so it does nothing else first.
        """
        self.signal(signal.SIGTERM)
        self.thaw()
        if self.wait(grace_s) is None:
            self.kill()
        return self._process.returncode

    def freeze(self) -> None:
        """Stops the whole group where it is (SIGSTOP): it answers nobody and loses nothing."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Resumes a frozen group."""
        self.signal(signal.SIGCONT)

    def kill(self) -> int:
        """Kills the whole group at once."""
        self.signal(signal.SIGKILL)
        self.wait()
        return self._process.returncode

    def _ended_within(self, timeout_s: float | None) -> bool:
        if self._pidfd is not None:
            poller = select.poll()
            poller.register(self._pidfd, select.POLLIN)
            return bool(poller.poll(None if timeout_s is None else timeout_s * 1000))
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while self._process.poll() is None:
            if deadline is not None and time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_EVERY_S)
        return True

    def _bury(self) -> None:
        # Before the child is reaped, its group's number cannot be reused.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        for descriptor in (self._pidfd, self._lifeline):
            if descriptor is not None:
                os.close(descriptor)
        self._pidfd = self._lifeline = None


def start(
    name: str,
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    pass_fds: Sequence[int] = (),
    stdin: bytes | None = None,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
    by: Means | None = None,
) -> Child:
    """Starts `argv` as a child that dies with this process. Raises OSError if it cannot be started.

    `stdin` is everything it reads from standard input, where nobody can see secrets; without it there is none. It has
    no terminal of its own: Ctrl-C in the terminal reaches only the parent, which decides.
    """
    if threading.current_thread() is not threading.main_thread():
        # A parent-death signal fires when the starting thread ends (fleet.leash).
        raise RuntimeError(f"{name}: start children from the main thread")
    by = by or means()
    read_end, write_end = os.pipe() if by == "pipe" else (None, None)
    try:
        process = subprocess.Popen(
            leashed(argv, by=by, lifeline=read_end),
            env=env,
            cwd=cwd,
            pass_fds=[*pass_fds] if read_end is None else [*pass_fds, read_end],
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
    except OSError:
        if write_end is not None:
            os.close(write_end)
        raise
    finally:
        if read_end is not None:
            os.close(read_end)
    if stdin is not None and process.stdin is not None:
        with suppress(BrokenPipeError), process.stdin:  # it ended before it read: its status says so
            process.stdin.write(stdin)
    return Child(name, process, write_end)


def _pidfd(pid: int) -> int | None:
    opener = getattr(os, "pidfd_open", None)
    if opener is None:
        return None
    try:
        return int(opener(pid))
    except OSError:  # a kernel before 5.3
        return None

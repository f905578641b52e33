"""A real demo in a subprocess: `manage.py demo` with a separate data folder, on a free port."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fleet.leash import leashed, means
from tests.processes import DEADLINE_S, children_of, heeding_signals, processes_in, processes_naming, until

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(http://\S+/)enter/[\w-]+/")
UP_WITHIN_S = 120.0  # a first start on a busy machine creates tables and clusters


class Output:
    """The lines that a process prints, as they arrive."""

    def __init__(self, stream) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._ended = False
        self._news = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def text(self) -> str:
        return "".join(self._lines)

    def wait_for(self, pattern: str | re.Pattern[str], *, deadline_s: float = DEADLINE_S) -> re.Match[str]:
        """The first match in everything printed so far; fails at the deadline, or when the process has said all."""
        with self._news:
            self._news.wait_for(lambda: self._ended or re.search(pattern, self.text), deadline_s)
            found = re.search(pattern, self.text)
        assert found, f"{pattern} is not in what it printed:\n{self.text}"
        return found

    def _read(self) -> None:
        try:
            for line in self._stream:
                with self._news:
                    self._lines.append(line)
                    self._news.notify_all()
        except OSError:
            pass  # a pseudo-terminal whose last program ended
        with self._news:
            self._ended = True
            self._news.notify_all()


class Demo:
    """A started demo."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self.process = process
        self.folder = folder
        self.output = Output(process.stdout)

    def wait_until_up(self) -> "Demo":
        self.output.wait_for(LINK, deadline_s=UP_WITHIN_S)
        return self

    @property
    def link(self) -> str:
        """The link that it printed."""
        return self.output.wait_for(LINK, deadline_s=UP_WITHIN_S).group(0)

    @property
    def url(self) -> str:
        """The address of its overview, with a slash at the end."""
        return self.output.wait_for(LINK, deadline_s=UP_WITHIN_S).group(1)

    def manage(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Runs a command of the project next to the demo, in the same data folder."""
        return manage(self.folder, *arguments, **variables)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(DEADLINE_S)

    def programs(self) -> dict[int, str]:
        """The programs that it runs: pid to command line."""
        return children_of(self.process.pid)

    def program(self, name: str) -> int:
        """The pid of the program whose command line has this name; waits for it."""
        found = until(lambda: [pid for pid, command in self.programs().items() if name in command], what=name)
        assert len(found) == 1
        return found[0]

    def servers(self) -> dict[int, str]:
        """The servers of the nodes: pid to command line."""
        return processes_in(self.folder / "clusters")

    def wait_for_servers(self, count: int = 8) -> dict[int, str]:
        """Until so many run."""
        return until(lambda: found if len(found := self.servers()) == count else {}, what=f"{count} servers")

    def status(self, cluster: str = "demo") -> dict[str, Any]:
        """The output of `ring status`."""
        told = self.manage("ring", "status", "--cluster", cluster, "--json")
        assert told.returncode == 0, told.stderr
        status: dict[str, Any] = json.loads(told.stdout)
        return status

    def wait_for_keys(self) -> dict[str, Any]:
        """Until all is at rest and every server has what the ring predicts; the status then."""

        def equal() -> dict[str, Any] | None:
            status = self.status()
            same = all(node["stored_keys"] == node["predicted_keys"] for node in status["nodes"] if on_ring(node))
            return status if status["at_rest"] and same else None

        found = until(equal, deadline_s=UP_WITHIN_S, what="rest")
        assert found is not None
        return found


def on_ring(node: dict[str, Any]) -> bool:
    """Whether the node has a server that stores keys."""
    return node["state"] in ("active", "suspected", "frozen")


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """The shell's environment without what belongs to these tests, and the data folder."""
    ours = {"DJANGO_SETTINGS_MODULE", "RINGVIZ_TEST_DATA_DIR", "MAKELEVEL", "MAKEFLAGS", "MFLAGS"}
    outer = {name: value for name, value in os.environ.items() if name not in ours}
    return {**outer, "DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1", **variables}


def manage(folder: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "manage.py", *arguments]
    env = environment(folder, **variables)
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=UP_WITHIN_S)


@contextmanager
def launched(folder: Path, *, command: list[str] | None = None, **variables: str) -> Iterator[Demo]:
    """A demo on a free port that has just been started. Nothing of it is left afterwards, however the test ends."""
    command = command or [sys.executable, "manage.py", "demo"]
    with heeding_signals():
        process = subprocess.Popen(
            leashed(command, by=means()) if means() != "pipe" else command,  # also when the tests are killed
            cwd=ROOT,
            env=environment(folder, **{"PORT": "0", **variables}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    with ended(process, folder):
        yield Demo(process, folder)


@contextmanager
def running(folder: Path, **variables: str) -> Iterator[Demo]:
    """A demo that is up; ended afterwards, however the test went."""
    with launched(folder, command=None, **variables) as demo:
        yield demo.wait_until_up()


@contextmanager
def ended(process: "subprocess.Popen[str]", folder: Path) -> Iterator[None]:
    """Kills the process at the end. Fails where something of the folder outlives it, and kills that too."""
    try:
        yield
    finally:
        process.kill()
        process.wait()
        try:
            nothing_left(folder)
        finally:
            for pid in left(folder):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def left(folder: Path) -> dict[int, str]:
    """The living processes of the folder: pid to command line."""
    return processes_naming(str(folder)) | processes_in(folder)


def nothing_left(folder: Path) -> None:
    """Waits until every process of the folder has ended and its lock is free. Fails if one stays."""
    from fleet.lockfile import LockFile

    until(lambda: not left(folder), what=f"the end of {left(folder)}")
    assert not LockFile(folder / "demo.lock").is_held()


def fetch(url: str, *, host: str | None = None) -> int:
    """The status of a GET that follows redirects; any status is an answer."""
    request = urllib.request.Request(url, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code

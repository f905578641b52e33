"""Ctrl-C ends the commands quietly, whatever they are waiting for."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys

import pytest

from tests.processes import heeding_signals
from tests.started import ROOT


@pytest.mark.parametrize("command", ["list", "watch"])
def test_ctrl_c_ends_a_command_without_a_traceback(command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(20)
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0?timeout=10"
        words = [sys.executable, str(ROOT / "manage.py"), "locks", command, "--redis", url]
        with heeding_signals():
            process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            with silent.accept()[0]:
                process.send_signal(signal.SIGINT)
                _told, complaint = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, complaint) == (130, "")

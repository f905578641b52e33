"""The demo's parts, in this process: addresses, record, console, waiting for the page."""

import http.server
import io
import os
import sys
import threading

import pytest

from dashboard.demo import address, prepare, programs
from dashboard.demo.console import Console
from dashboard.demo.ready import NotReady, wait_for_page
from dashboard.demo.running import DemoFolder, Running
from fleet.ports import listen
from fleet.process import start
from locks.core.sourcelist import SourceConfig


class TestHost:
    def test_nothing_asked_is_this_machine_only(self):
        host = address.read_host("")
        assert (host.ip, host.is_open, host.ignored) == ("127.0.0.1", False, None)
        assert host.names() == ["127.0.0.1", "localhost"]
        assert host.network_urls(8000) == []

    def test_localhost_is_this_machine_only(self):
        assert address.read_host("localhost") == address.Host()

    @pytest.mark.parametrize("text", ["build-host", "x86_64-conda-linux-gnu", "1.2.3"])
    def test_a_name_that_some_shell_put_there_opens_nothing(self, text):
        host = address.read_host(text)
        assert not host.is_open
        assert host.ignored == text

    def test_an_address_opens_that_one(self):
        host = address.read_host("192.0.2.7")
        assert host.is_open
        assert "192.0.2.7" in host.names()
        assert "*" not in host.names()
        assert host.network_urls(81) == ["http://192.0.2.7:81/"]
        assert host.of_link == "192.0.2.7"

    def test_every_address_keeps_the_link_at_home(self, monkeypatch):
        monkeypatch.setattr(address, "own_addresses", lambda: ["192.0.2.7", "2001:db8::7"])
        host = address.read_host("0.0.0.0")
        assert host.of_link == "127.0.0.1"
        assert {"127.0.0.1", "192.0.2.7", "[2001:db8::7]"} <= set(host.names())
        assert host.network_urls(81) == ["http://192.0.2.7:81/", "http://[2001:db8::7]:81/"]

    def test_ipv6_stands_in_brackets(self):
        host = address.read_host("::1")
        assert not host.is_open
        assert "[::1]" in host.names()
        assert address.url(host.of_link, 8000) == "http://[::1]:8000/"

    def test_names_of_the_environment_are_added(self, monkeypatch):
        monkeypatch.setenv("ALLOWED_HOSTS", "rings.example, localhost")
        assert address.Host().names() == ["127.0.0.1", "localhost", "rings.example"]

    def test_our_own_addresses_are_addresses(self):
        for one in address.own_addresses():
            assert address.read_host(one).ignored is None


class TestRecord:
    def test_it_is_there_while_the_lock_is_held(self, tmp_path):
        folder, other = DemoFolder(tmp_path), DemoFolder(tmp_path)
        assert other.running() is None
        assert folder.lock.acquire()
        assert other.running() is None  # still starting
        folder.announce(Running(1, "http://127.0.0.1:8000/"))
        assert other.running() == Running(1, "http://127.0.0.1:8000/")
        folder.lock.release()
        assert other.running() is None  # a killed demo's record

    def test_it_is_taken_down(self, tmp_path):
        folder = DemoFolder(tmp_path)
        folder.take_down()
        assert folder.lock.acquire()
        folder.announce(Running(1, "http://127.0.0.1:8000/"))
        folder.take_down()
        assert folder.running() is None
        folder.lock.release()


class Terminal(io.StringIO):
    def isatty(self):
        return True


class TestConsole:
    def test_a_file_gets_each_step_once(self):
        stream = io.StringIO()
        with Console(stream).step("database") as step:
            step.progress("12 migrations")
            step.result = "ready"
        assert stream.getvalue().startswith("  database     ready  0.")
        assert stream.getvalue().count("\n") == 1
        assert "12 migrations" not in stream.getvalue()

    def test_a_terminal_sees_how_far_it_is(self):
        stream = Terminal()
        with Console(stream).step("database") as step:
            step.progress("12 migrations")
            step.result = "ready"
        assert "12 migrations" in stream.getvalue()
        assert stream.getvalue().count("\n") == 1

    def test_a_terminal_that_went_away_is_no_error(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        stream = os.fdopen(write_end, "w")
        Console(stream).line("anybody there?")
        with pytest.raises(BrokenPipeError):
            stream.close()


class TestPage:
    def test_its_first_answer_is_waited_for(self):
        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Page)
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        child = start("web", [sys.executable, "-c", "import signal; signal.pause()"])
        try:
            assert wait_for_page("127.0.0.1", server.server_port, child, timeout_s=30) == 204
        finally:
            child.kill()
            thread.join()
            server.server_close()

    def test_a_web_process_that_ends_first_is_reported(self):
        listener = listen("127.0.0.1", 0)
        child = start("web", [sys.executable, "-c", "raise SystemExit(3)"])
        with listener.socket, pytest.raises(NotReady, match="status 3"):
            wait_for_page("127.0.0.1", listener.port, child, timeout_s=30)

    def test_silence_is_reported(self):
        listener = listen("127.0.0.1", 0)
        child = start("web", [sys.executable, "-c", "import signal; signal.pause()"])
        try:
            with listener.socket, pytest.raises(NotReady, match="no answer"):
                wait_for_page("127.0.0.1", listener.port, child, timeout_s=0.05)
        finally:
            child.kill()


def test_the_web_process_is_given_the_port_that_it_has(tmp_path):
    outer = {"PORT": "8000", "ALLOWED_HOSTS": "", "DEPLOYED": "1", "SHELL": "/bin/sh"}
    given = programs.web_environment(outer, 8003, tmp_path, address.Host())
    assert given["PORT"] == "8003"
    assert given["ALLOWED_HOSTS"] == "127.0.0.1,localhost"
    assert given["DEPLOYED"] == "0"
    assert given["SHELL"] == "/bin/sh"


def test_every_lock_source_has_a_page_before_a_watcher_runs(client, db, settings):
    settings.LOCK_SOURCES = (SourceConfig("jobs", "jobs", "redis://127.0.0.1:1"),)
    assert client.get("/locks/jobs/").status_code == 404
    prepare.sources()
    assert client.get("/locks/jobs/").status_code == 200

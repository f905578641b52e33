"""One demo from start to end. Returns the exit status of the command."""

import os
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _

from dashboard.demo import prepare, programs
from dashboard.demo.address import Host, url
from dashboard.demo.console import Console
from dashboard.demo.embedded import EmbeddedValkey
from dashboard.demo.keeper import DemoKeeper
from dashboard.demo.ready import NotReady, wait_for_page
from dashboard.demo.running import DemoFolder, Running
from dashboard.demo.stopping import Stopped, Stopping
from dashboard.environment import hint_socket
from fleet.ports import BoundSocket, PortUnavailable, listen
from fleet.process import Child

# uvicorn waits up to GRACEFUL_SHUTDOWN_S for its connections, then needs a moment to exit.
WEB_GRACE_S = programs.GRACEFUL_SHUTDOWN_S + 2.0
VALKEY_GRACE_S = 2.0
SUPERVISE_GRACE_S = 5.0  # its servers end with it
WATCH_GRACE_S = 5.0  # the stage's workers end with it
FIRST_ANSWER_S = 60.0


class Demo:
    """The demo of one data folder, which this process has locked."""

    def __init__(self, folder: DemoFolder, host: Host, port: int, console: Console) -> None:
        self._folder = folder
        self._host = host
        self._port = port
        self._console = console
        self._keeper = DemoKeeper(console)
        self._stopping = Stopping(hurry=self._keeper.kill)

    def run(self) -> int:
        """Starts everything, prints the link, keeps it running, ends everything."""
        self._stopping.install()
        self._folder.take_down()
        status = 0
        try:
            status = self._up()
        except Stopped:
            pass
        except (NotReady, PortUnavailable, OSError) as error:
            self._console.line(_("error: %(error)s") % {"error": _why(error)})
            status = 1
        finally:
            self._down()
        return status

    def _up(self) -> int:
        listener = listen(self._host.ip, self._port)
        data, base = settings.DATA_DIR, Path(settings.BASE_DIR)
        self._say_where(listener)
        if not os.environ.get("REDIS_URL", "").strip():
            valkey = EmbeddedValkey(hint_socket(data), data, self._console.line)
            self._keeper.add("valkey", valkey, grace_s=VALKEY_GRACE_S)
        prepare.migrate(self._console)
        # These take longest to be ready; the clusters are created while they import. They end in reverse order: the
        # page before the servers that it shows, and the hint server, which has the lease, last.
        self._keeper.add("supervise", lambda: programs.start_supervisor(data, base), grace_s=SUPERVISE_GRACE_S)
        self._keeper.add("watch", lambda: programs.start_watcher(data, base), grace_s=WATCH_GRACE_S)
        web = self._keeper.add("web", lambda: self._start_web(listener), grace_s=WEB_GRACE_S, essential=True)
        prepare.seed(self._console)
        prepare.sources()
        self._wait_for_page(web, listener)
        page = url(self._host.of_link, listener.port)
        self._folder.announce(Running(os.getpid(), page))
        self._say_link(prepare.link(page), listener)
        connections.close_all()
        return 0 if self._keeper.look_after(lambda: self._stopping.begun) else 1

    def _start_web(self, listener: BoundSocket) -> Child:
        return programs.start_web(listener, settings.DATA_DIR, Path(settings.BASE_DIR), self._host)

    def _wait_for_page(self, web: Child, listener: BoundSocket) -> None:
        with self._console.step(_("page")) as step:
            status = wait_for_page(self._host.of_link, listener.port, web, timeout_s=FIRST_ANSWER_S)
            step.result = _("ready") if status < 500 else _("answers with an error (%(status)d)") % {"status": status}

    def _say_where(self, listener: BoundSocket) -> None:
        say = self._console.line
        say(f"Ringviz  {settings.DATA_DIR}")
        if self._host.ignored is not None:
            say(_("HOST=%(host)s is not an IP address. Ignored: the demo listens on this machine only.")
                % {"host": self._host.ignored})  # fmt: skip
        if listener.refused:
            values = {"taken": listener.refused[0], "port": listener.port}
            say(_("Port %(taken)d is in use by another program. This demo uses port %(port)d instead.") % values)

    def _say_link(self, link: str, listener: BoundSocket) -> None:
        say = self._console.line
        say()
        say(_("Open this link to sign in as operator. It works once, within 24 hours:"))
        say()
        say(f"  {link}")
        say()
        if self._host.is_open:
            say(_("Open to the network: anyone who reaches it can watch, and anyone who reads its traffic can act."))
            for address in self._host.network_urls(listener.port):
                say(f"  {address}")
            say()
        say(_("Press Ctrl-C to end the demo. For another link, run: make link"))

    def _down(self) -> None:
        self._stopping.begun = True
        self._folder.take_down()
        self._console.line()
        self._keeper.end()
        self._folder.lock.release()
        self._console.line(_("The demo has ended."))


def _why(error: Exception) -> str:
    if isinstance(error, NotReady):
        return _("the page did not start: %(why)s") % {"why": error}
    if isinstance(error, PortUnavailable):
        return _("cannot listen on %(address)s: %(why)s. Choose another with PORT= or HOST=") % {
            "address": error.filename,
            "why": error.strerror,
        }
    return str(error)

"""The director: carries out requests to the stage, one run at a time, and records the results.

It lives in the watcher, whose main thread starts the processes (fleet.hands). One thread follows the stream, another
plays the run. Frames show progress; events record what must not be lost.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from django.db import Error, close_old_connections, connections
from redis import RedisError

from fleet.hands import Closed, Hands
from live.channel import redis_url
from live.hints import publish_frame
from live.listening import HintListener
from live.models import Event
from live.outage import Outage
from live.reading import head
from locks.events.stage_state import RunState
from locks.models import LockSource
from locks.selectors.stage import state_of
from locks.services import stage as services
from locks.services.leading import Guard
from locks.services.sources import no_guard
from locks.stage.contention import Command, Contention, OnRefused, Tells
from locks.stage.ladder import Failed, Plan, RungRun
from locks.stage.workers import Workers

logger = logging.getLogger(__name__)

TOPIC: Final = "stage"
LOOK_EVERY_S = 0.5
END_WITHIN_S = 5.0
RECORD_WITHIN_S = 5.0


class Director:
    """For the source that is our own server. `guard` is called in each write and raises if another process leads.
    `on_refused` gets each refused stale write of a worker: the key of the lock that it held before.
    """

    def __init__(
        self, hands: Hands, source: LockSource, guard: Guard = no_guard, on_refused: OnRefused = lambda _key: None
    ) -> None:
        self._hands = hands
        self._source = source
        self._guard = guard
        self._on_refused = on_refused
        self._stopping = threading.Event()
        self._listener = HintListener(redis_url())
        self._thread = threading.Thread(target=self._follow, name="stage", daemon=True)
        self._run: Run | None = None
        self._seen: int | None = None
        self._outage = Outage("stage", "requests to it are not carried out")

    def start(self) -> None:
        """Carries out requests from here on. A run that an earlier watcher left is recorded as cut off."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the current run within a few seconds and leaves nothing behind. May be called twice."""
        self._stopping.set()
        self._listener.close()
        if self._thread.is_alive():
            self._thread.join(END_WITHIN_S)

    def label_of(self, holder_id: str) -> str | None:
        """The worker of the current run that has, or had, this holder_id."""
        run = self._run
        return None if run is None else run.label_of(holder_id)

    def _follow(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
                self._outage.answered()
            except Error as error:
                self._stopping.wait(self._outage.failed(error))
            except Exception:  # there may be no leader for a moment, so try again
                logger.exception("The stage could not read its requests")
                self._stopping.wait(LOOK_EVERY_S)
            self._listener.wait(LOOK_EVERY_S)
        if self._run is not None:
            self._run.stop("cut_off")
            self._run.join(END_WITHIN_S)
        connections.close_all()

    def _look(self) -> None:
        """Carries out requests since the last look. At the first look, an open run has lost its watcher."""
        close_old_connections()
        if self._seen is None:
            seen = head(self._source.stream_id).version
            if (left_over := state_of(self._source)["run"]) is not None:
                services.ended(self._source, left_over, "cut_off", guard=self._guard)
            self._seen = seen
        if self._run is not None and not self._run.is_alive() and not self._run.told:
            self._run.tell_end()
        for event in _asked_after(self._source.stream_id, self._seen):
            self._seen = event.version
            self._do(event.payload)

    def _do(self, payload: Mapping[str, Any]) -> None:
        if payload["run"] is not None:
            if self._run is not None:
                self._run.join(END_WITHIN_S)  # its end is recorded, so its thread is about to end
            self._run = Run(self._hands, self._source, payload["run"], self._guard, self._on_refused)
            self._run.start()
        elif self._run is not None and payload["id"] == self._run.id:
            self._run.command(payload["asked"]["what"], payload["asked"]["worker"])


class Run(threading.Thread):
    """One run, from its first event to its last, in its own thread."""

    def __init__(self, hands: Hands, source: LockSource, run: RunState, guard: Guard, on_refused: OnRefused) -> None:
        super().__init__(name=f"stage {run['what']}", daemon=True)
        self.id = run["id"]
        self._run = run
        self._source = source
        self._guard = guard
        self._how = "done"
        self._why = ""
        self.told = False
        self._stopping = threading.Event()
        self._workers = Workers(hands, run["workers"])
        self._contention: Contention | None = None
        if run["what"] == "workers":
            tells = Tells(self._changed, on_refused)
            self._contention = Contention(self._workers, redis_url(), run["client"], run["seed"], tells)

    def stop(self, how: str) -> None:
        """Asks it to end soon, and notes how it ended."""
        self._how = how
        self._stopping.set()

    def command(self, what: str, worker: str) -> None:
        """Passes on an operator's request."""
        if what == "stop":
            self.stop("stopped")
        elif self._contention is not None:
            self._contention.commands.put(Command(what, int(worker.rpartition("-")[2])))

    def label_of(self, holder_id: str) -> str | None:
        """The worker that has, or had, this holder_id."""
        return None if self._contention is None else self._contention.label_of(holder_id)

    def run(self) -> None:
        """Called by `start`."""
        try:
            self._record(partial(services.began, self._source, self._run, self._guard))
            self._play()
        except (Failed, OSError, RedisError, Closed) as error:
            self._why = str(error) or type(error).__name__
            self._how = self._how if self._stopping.is_set() else "failed"
        except Exception as error:
            logger.exception("A run of the stage failed")
            self._how, self._why = "failed", type(error).__name__
        finally:
            self._workers.close()
            self.tell_end()
            self._live({"workers": []})
            connections.close_all()

    def _play(self) -> None:
        if self._contention is not None:
            self._contention.run(self._run["seconds"], self._live, self._stopping.is_set)
            return
        plan = Plan(self._run["seed"], self._run["seconds"])
        for rung in self._run["rungs"]:
            judged = RungRun(self._workers, redis_url(), rung, plan).run(self._live, self._stopping.is_set)
            if judged is None:
                return
            self._record(partial(services.judged, self._source, self._run, judged.to_dict(), self._guard))

    def tell_end(self) -> None:
        """Records how it ended. A failure is logged and retried."""
        try:
            services.ended(self._source, self._run, self._how, self._why, self._guard)
            self.told = True
        except Exception:
            logger.exception("The end of a run of the stage was not recorded")

    def _changed(self, worker: str, change: str) -> None:
        self._record(partial(services.worker_changed, self._source, self._run, worker, change, self._guard))

    def _record(self, write: Callable[[], object]) -> None:
        """Writes an event. Retries if the database is busy or there is no leader for a moment. Raises in the end."""
        deadline = time.monotonic() + RECORD_WITHIN_S
        while True:
            try:
                write()
                return
            except Exception:
                if self._stopping.is_set() or time.monotonic() > deadline:
                    raise
                self._stopping.wait(LOOK_EVERY_S)

    def _live(self, frame: dict[str, Any]) -> None:
        publish_frame(self._source.stream_id, TOPIC, {"id": self.id, "what": self._run["what"], **frame})


def _asked_after(stream_id: int, version: int) -> list[Event]:
    asked = Event.objects.filter(stream_id=stream_id, version__gt=version, kind="stage_asked")
    return list(asked.order_by("version"))

"""A web process is killed while keys move: the move is on record and does not need the process that requested it."""

import http.client
import json
import os
import random
import signal
import socket
from urllib.parse import urlencode

import pytest
from django.conf import settings as ours
from django.utils import timezone

from dashboard import signin
from live.past import fold as parts_after
from tests import started
from tests.live.clients import Client, fresh
from tests.live.pages import in_thread
from tests.processes import gone_within, processes_naming, until
from tests.supervised import SLUG

KEYS = 4_000
PATH = f"/ws/clusters/{SLUG}/"
APPLICATION = "dashboard.asgi:application"
pytestmark = [pytest.mark.installation(keys=KEYS), pytest.mark.no_cover]


class Browser:
    """What an operator's browser sends over HTTP: signed in by a link, with the cookies that it got."""

    def __init__(self, web):
        self._web = web
        self._cookies: dict[str, str] = {}
        self.send("GET", f"/enter/{signin.new_token(timezone.now())}/")
        self.send("GET", f"/clusters/{SLUG}/")

    def act(self, **fields):
        """The answer to a click."""
        status, body = self.send("POST", f"/clusters/{SLUG}/act", **fields)
        assert status == 200, body
        return json.loads(body)

    def send(self, method, path, **fields):
        connection = http.client.HTTPConnection("127.0.0.1", timeout=10)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(self._web))
        csrf = self._cookies.get(ours.CSRF_COOKIE_NAME, "")
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "X-CSRFToken": csrf,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request(method, path, urlencode(fields), headers)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie", []):
                name, _equals, value = cookie.partition(";")[0].partition("=")
                self._cookies[name] = value
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def fold(state, event):
    return parts_after(state, event["kind"], event["payload"])


@pytest.mark.long
async def test_a_web_that_was_asked_is_killed_and_the_move_ends_by_itself(real):
    engine = await in_thread(real.engine)
    await in_thread(real.slow_moves)
    with started.web(APPLICATION, real.environment()) as path:
        page = Client([path], PATH, fold, random.Random(1))
        version = (await in_thread(real.known)).v
        await page.follow(version, restless=False)
        pids = processes_naming(str(path))
        async with page._connection() as connection:
            asked = await in_thread(lambda: Browser(path).act(action="drain", node=2, version=version))
            page._take(json.loads(await connection.recv()))
            await in_thread(lambda: until(lambda: real.moving(engine), what="a migration that runs"))
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            assert all(gone_within(pid) for pid in pids)
            assert await in_thread(real.moving, engine), "the servers go on"
            assert [work["id"] for work in (await in_thread(real.state))["work"]] == [asked["v"]]
    await in_thread(real.slow_moves, 0)
    drained = await in_thread(real.event, "node_drained")
    assert drained.payload["work"] == asked["v"]
    stored = await in_thread(real.equal)
    assert sum(stored.values()) == KEYS
    with started.web(APPLICATION, real.environment()) as another:
        page.webs = [another]
        truth = await in_thread(real.known)
        await page.follow(truth.v, restless=False)  # from where the first web left it
        assert (page.lost, page.snapshots) == ([], 1)
        assert page.state == (await fresh(another, PATH))["parts"] == {"ring": truth.state}
    engine.close()

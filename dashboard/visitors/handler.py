"""Django's ASGI handler, except that each request waits for its turn and is then handled entirely by one thread.

Django itself starts a thread, and with it a database connection, for every request; and each of its synchronous
middlewares enters and leaves that thread, which takes long next to a busy thread.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve, set_script_prefix

from dashboard.static_first import headers_of_every_answer
from dashboard.unanswered import too_many
from dashboard.visitors.address import visitor
from dashboard.visitors.gate import Busy, Gate
from live.costly import is_costly

_COSTLY_AT_ONCE = 2


class Visitors(ASGIHandler):
    """The HTTP side of a web process. It has WEB_CONNECTIONS threads, two of them for costly requests.

    One address gets at most half of the threads of each kind, so others always find one. Static files need neither turn
    nor database.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pages = BaseHandler()
        self._pages.load_middleware()
        quick = settings.WEB_CONNECTIONS - _COSTLY_AT_ONCE
        self._quick = Gate("quick", quick, -(-quick // 2))
        self._costly = Gate("costly", _COSTLY_AT_ONCE, 1)
        # For the little that Django does before and after, which needs no database.
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="clerk")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers a request. `scope`, `receive` and `send` are those of ASGI."""
        async with ThreadSensitiveContext(executor=self._clerk):
            await super().__call__(scope, receive, send)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Called by Django with a request that was read in full; Django sends what it returns."""
        if not isinstance(request, ASGIRequest):
            raise TypeError("requests come by way of ASGI")
        if request.path.startswith(settings.STATIC_URL):
            return await super().run_get_response(request)
        gate = self._costly if _is_costly(request) else self._quick
        try:
            async with gate.worker(_visitor(request)) as worker:
                return await worker.run(self._answer, request)
        except Busy:
            return _refused(request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        set_script_prefix(settings.PATH_PREFIX)  # Django sets it only in the thread that read the request
        return self._pages.get_response(request)


def _is_costly(request: ASGIRequest) -> bool:
    try:
        return is_costly(resolve(request.path_info).func, request)
    except Resolver404:
        return False


def _visitor(request: ASGIRequest) -> str:
    peer = request.scope.get("client")
    fields = [value.decode("latin-1") for name, value in request.scope["headers"] if name == b"x-forwarded-for"]
    return visitor(peer[0] if peer else None, fields, settings.TRUSTED_PROXIES)


def _refused(request: ASGIRequest) -> HttpResponse:
    answer = too_many(request)
    answer["Content-Length"] = str(len(answer.content))
    for name, value in headers_of_every_answer():
        answer[name] = value
    return answer

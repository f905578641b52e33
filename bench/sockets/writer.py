"""The writer: `python -m bench.sockets.writer ours|peer` creates the stream, prints its epoch, and writes on request.

For the peer, it writes the same event without a hint and then sends it to the group.
"""

import sys
import time

from bench.sockets import apps
from bench.sockets.__main__ import EVENTS, EVERY_S

from asgiref.sync import async_to_sync  # isort: skip
from channels.layers import get_channel_layer
from django.conf import settings

from live import wire
from live.actor import Actor
from live.log import create_stream, write
from live.models import Event

WRITER = Actor("bench", "system", True)
FILLER = "x" * 400


def main() -> None:
    side = sys.argv[1]
    if side == "peer":
        settings.REDIS_URL = ""
    stream = create_stream(apps.NAME)
    print(stream.epoch, flush=True)
    sys.stdin.readline()
    begun = time.monotonic()
    for number in range(EVENTS):
        time.sleep(max(0.0, begun + number * EVERY_S - time.monotonic()))
        with write(stream.pk) as draft:
            event = draft.record(apps.Happened(time.time_ns(), FILLER), WRITER)
        if side == "peer":
            send_to_group(event)
    print("done", flush=True)


def send_to_group(event: Event) -> None:
    message = {"type": "happened", "text": wire.event(event)}
    async_to_sync(get_channel_layer().group_send)(apps.GROUP, message)


if __name__ == "__main__":
    main()

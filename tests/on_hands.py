"""Runs a program's work in a thread while the main thread serves as its hands (fleet.hands)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from fleet.hands import Hands

T = TypeVar("T")


def run_beside(hands: Hands, work: Callable[[], T]) -> T:
    """Runs the hands here, in the main thread, until `work` ends in another thread; returns or raises what it did."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        future.add_done_callback(lambda _future: hands.wake())
        hands.run(lambda: not future.done())
        return future.result()

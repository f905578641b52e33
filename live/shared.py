"""Shared results: computed once for all threads that ask at the same time, then cached while there is room.

A key must contain everything that the value depends on. Values read from a stream have its epoch and version in the
key, so cached values are never out of date.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """At most `most` values with a total `size` of at most `most_size`. Drops the least recently used."""

    def __init__(self, most: int, *, size: Callable[[T], int] = lambda _value: 0, most_size: int = 0) -> None:
        self._most, self._size, self._most_size = most, size, most_size
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._kept_size = 0
        self._making: dict[Hashable, Future[T]] = {}

    def get(self, key: Hashable, make: Callable[[], T], *, keep: bool | Callable[[T], bool] = True) -> T:
        """The value of the key. One thread runs `make`; the others wait for its result or exception.

        The value is not cached without `keep`, if `keep` rejects it, or if `make` raises.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            making = self._making.get(key)
            if making is None:
                ours = self._making[key] = Future[T]()
        if making is not None:
            return making.result()
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                del self._making[key]
            ours.set_exception(error)
            raise
        with self._lock:
            del self._making[key]
            if keep(value) if callable(keep) else keep:
                self._keep(key, value)
        ours.set_result(value)
        return value

    def _keep(self, key: Hashable, value: T) -> None:
        """Call it only with the lock held."""
        if self._size(value) > self._most_size:
            return
        self._kept[key] = value
        self._kept_size += self._size(value)
        while len(self._kept) > self._most or self._kept_size > self._most_size:
            _key, gone = self._kept.popitem(last=False)
            self._kept_size -= self._size(gone)

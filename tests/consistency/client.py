"""A plain client of a cluster for one thread: redis-py connections to single servers, redirections followed here.

For every failure it says whether the command may have been done.
"""

import random
from collections.abc import Iterable

from redis.backoff import NoBackoff
from redis.connection import Connection
from redis.crc import key_slot
from redis.exceptions import AskError, MovedError, RedisError, ResponseError
from redis.retry import Retry

Address = tuple[str, int]
TIMEOUT_S = 0.3
MOST_HOPS = 8


class NotDone(Exception):
    """It was certainly not done."""


class MayBeDone(Exception):
    """No answer arrived: it may have been done."""


class ClusterClient:
    """A client for one thread."""

    def __init__(self, addresses: Iterable[Address], password: str) -> None:
        self._seeds = list(addresses)
        self._password = password
        self._connections: dict[Address, Connection] = {}
        self._owners: dict[int, Address] = {}

    def call(self, key: str, *words: object, then: tuple[object, ...] = ()) -> object:
        """The answer to a command on this key, or to what is asked of the same server `then`.

        Raises NotDone and MayBeDone.
        """
        slot = key_slot(key.encode())
        address = self._owners.get(slot) or random.choice(self._seeds)
        asking = False
        for _ in range(MOST_HOPS):
            connection = self._connected(address, slot)
            try:
                if asking:
                    _ask(connection, "ASKING")
                answer = _ask(connection, *words)
                if then:
                    answer = _ask(connection, *then)
            except MovedError as error:
                address, asking = (error.host or address[0], error.port), False
            except AskError as error:
                address, asking = (error.host or address[0], error.port), True
            except ResponseError as error:
                raise NotDone(str(error)) from error
            except (RedisError, OSError) as error:
                self._forget(address, slot)
                raise MayBeDone(str(error)) from error
            else:
                if not asking:
                    self._owners[slot] = address
                return answer
        raise NotDone("redirected too often")

    def close(self) -> None:
        for connection in self._connections.values():
            connection.disconnect()

    def _connected(self, address: Address, slot: int) -> Connection:
        connection = self._connections.get(address)
        if connection is None:
            host, port = address
            connection = self._connections[address] = Connection(
                host=host,
                port=port,
                password=self._password,
                socket_timeout=TIMEOUT_S,
                socket_connect_timeout=TIMEOUT_S,
                retry=Retry(NoBackoff(), 0),
            )
        try:
            connection.connect()
        except (RedisError, OSError) as error:
            self._forget(address, slot)
            raise NotDone(str(error)) from error
        return connection

    def _forget(self, address: Address, slot: int) -> None:
        """Closes the connection, so that no later request gets a late reply; the slot may have another owner."""
        if connection := self._connections.pop(address, None):
            connection.disconnect()
        self._owners.pop(slot, None)


def _ask(connection: Connection, *words: object) -> object:
    connection.send_command(*words)
    return connection.read_response()

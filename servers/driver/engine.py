"""The driver's only public class, composed of its parts."""

from __future__ import annotations

from servers.address import Address
from servers.driver.browsing import Browsing
from servers.driver.calls import Calls
from servers.driver.copying import Copying
from servers.driver.holding import Holding
from servers.driver.meeting import Meeting
from servers.driver.owning import Owning


class Engine(Browsing, Holding, Meeting, Owning, Copying):
    """Servers of one cluster, which share a password. Thread-safe.

    Every method raises Unreachable if a server that it needs does not answer within `timeout_s`, Refusal for an error
    answered by a server, NotAgreed if servers do not reach the same view in time; all are EngineError.
    """

    def __init__(self, password: str, timeout_s: float = 0.5) -> None:
        super().__init__(Calls(password, timeout_s))

    def __repr__(self) -> str:
        return f"<Engine {self._calls!r}>"

    def be_patient(self, seconds: float) -> None:
        """Gives every server this much longer to answer from here on, because it may be paused that long on purpose."""
        self._calls.patience_s = seconds

    def leave(self, address: Address) -> None:
        """Closes the connections to a server that has ended for good. Every address in use has some."""
        self._calls.leave(address)

    def close(self) -> None:
        """Closes every connection."""
        self._calls.close()

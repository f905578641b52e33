"""The one class of the driver that others use, made of its parts."""

from __future__ import annotations

from servers.address import Address
from servers.driver.calls import Calls
from servers.driver.copying import Copying
from servers.driver.holding import Holding
from servers.driver.meeting import Meeting
from servers.driver.owning import Owning


class Engine(Holding, Meeting, Owning, Copying):
    """Servers of one cluster, which share a password. May be used from any thread.

    Every method raises Unreachable for a server that it needs and that does not answer within `timeout_s`, Refusal for
    an error that a server answers, NotAgreed when servers do not come to the same view in time; all are EngineError.
    """

    def __init__(self, password: str, timeout_s: float = 0.5) -> None:
        super().__init__(Calls(password, timeout_s))

    def __repr__(self) -> str:
        return f"<Engine {self._calls!r}>"

    def be_patient(self, seconds: float) -> None:
        """From here on every server has so much longer to answer: it may be stopped for so long, on purpose."""
        self._calls.patience_s = seconds

    def leave(self, address: Address) -> None:
        """Closes the connections to a server that has ended for good; each address that was asked has some."""
        self._calls.leave(address)

    def close(self) -> None:
        """Closes every connection."""
        self._calls.close()

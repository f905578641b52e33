"""What can go wrong with servers. No message has a password in it."""


class EngineError(Exception):
    """A server, or several together, did not do what was requested."""


class Unreachable(EngineError):
    """A server does not answer in time, or nobody listens there."""


class Refusal(EngineError):
    """A server answered with an error; the message is its own."""


class NotPermitted(Refusal):
    """The user may not run the command."""


class NotAgreed(EngineError):
    """Servers did not reach the same view of their cluster in time."""

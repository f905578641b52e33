"""The lock: one holder at a time, each for a time, in the order in which they came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from locks.lock import asking
from locks.lock.asking import Grant, Refusal
from locks.lock.clients import checked, longest_block_s
from locks.lock.errors import LockServerError
from locks.lock.performing import Client, conduct, perform
from locks.lock.renewing import OnLost, Renewing
from locks.lock.tenure import Tenure
from locks.lock.terms import Floor, Terms, checked_timeout, checked_ttl, terms_of
from locks.lock.unsure import Unsure
from locks.lock.validity import now_s


class Lock:
    """The lock `name` on the server of `client`, held for `ttl_ms` at a time.

    `holder` is a readable name that stands before the holder_id, for people who look. `fair`: nobody takes the lock
    past those who wait; without it a free lock goes to whoever asks first. `floor`: fencing tokens are above it,
    whatever the server forgot; a function is called at each request. `forever`: without a time to live, and held for
    ever when its holder dies.

    It is not reentrant: who asks twice waits for himself. One object may serve many threads, each with a Held of its
    own. Raises BadLock and BadLockName for what cannot be.
    """

    def __init__(
        self,
        client: Client,
        name: str | bytes,
        ttl_ms: int | None = 10_000,
        *,
        holder: str = "",
        fair: bool = True,
        floor: Floor = 0,
        forever: bool = False,
    ) -> None:
        self.terms = terms_of(name, ttl_ms, holder=holder, fair=fair, floor=floor, forever=forever)
        self._client: Client = checked(client, asynchronous=False)
        self._unsure = Unsure()

    def try_acquire(self) -> Held | None:
        """Asks once: the lock, or None where it is held or others wait for it. Raises LockServerError.

        One round trip. Where that error is `unsure`, the next try recognises a lock that was taken after all.
        """
        holder_id = self._unsure.take() or self.terms.new_holder_id()
        try:
            answer = conduct(self._client, asking.trying(self.terms, holder_id, now_s))
        except BaseException as error:
            if not isinstance(error, LockServerError) or error.unsure:
                self._unsure.put(holder_id)
            raise
        return None if isinstance(answer, Refusal) else Held(self._client, self.terms, answer)

    def acquire(self, timeout_s: float) -> Held:
        """Waits in line until it is ours. Raises NotAcquired after `timeout_s`, LockServerError, and BadLock.

        Two round trips and a wake-up where the lock is held, and two commands a second while it is waited for. What
        the server refuses for a while, and lost connections, are waited out; it may last a tenth of a second longer
        than `timeout_s`, and as long as the client itself tries again.
        """
        holder_id = self.terms.new_holder_id()
        block_s = longest_block_s(self._client)
        try:
            answer = conduct(
                self._client, asking.waiting(self.terms, holder_id, checked_timeout(timeout_s), block_s, now_s)
            )
        except BaseException:
            with suppress(LockServerError):
                perform(self._client, asking.leaving(self.terms, holder_id))
            raise
        assert isinstance(answer, Grant)  # noqa: S101
        return Held(self._client, self.terms, answer)

    @contextmanager
    def hold(self, timeout_s: float) -> Iterator[Held]:
        """`with lock.hold(5) as held:` acquires, and releases at the end. Raises as `acquire` does, and LockLost at the
        end where the lock was not ours any more. A forked child that leaves the block releases nothing.
        """
        held = self.acquire(timeout_s)
        try:
            yield held
        except BaseException:
            with suppress(LockServerError):
                held.release()
            raise
        if held._is_left() and not held.release():
            raise held._left_behind()


class Held(Tenure):
    """A lock that was acquired. `fencing_token` goes with every write to what the lock protects; whoever keeps that
    remembers the highest one and refuses lower ones.
    """

    def __init__(self, client: Client, terms: Terms, grant: Grant) -> None:
        super().__init__(grant, terms)
        self.fencing_token = grant.fencing_token
        self._client = client

    def extend(self, ttl_ms: int | None = None) -> bool:
        """Has it last `ttl_ms` from now on (as long as at first, by default); never shortens it.

        False where it is not ours any more: it does not come back. Raises LockServerError, and BadLock.
        """
        step = asking.extending(self._terms, self.holder_id, self.ttl_ms if ttl_ms is None else checked_ttl(ttl_ms))
        asked_at = now_s()
        return self._extended(asked_at, perform(self._client, step))

    def release(self) -> bool:
        """Gives it back and wakes the next in line; False where it was not ours any more, and is left as it is.

        From here on it is not valid, also where LockServerError is raised: then it runs out by itself. In a forked
        child it does nothing, and is False: the lock is its parent's.
        """
        if not self._releasing():
            return False
        freed, _woken = perform(self._client, asking.leaving(self._terms, self.holder_id))
        return bool(freed)

    def renewing(self, every_s: float | None = None, on_lost: OnLost | None = None) -> Renewing:
        """`with held.renewing():` extends it in the background, every third of its time to live by default.

        Before it runs out unrenewed, `on_lost` is called from another thread, with the LockLost that the end of the
        block raises. Raises BadLock where there is nothing to renew.
        """
        return Renewing(self, every_s, on_lost)

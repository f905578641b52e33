"""The lock: one holder at a time, each for a limited time, in the order in which they came."""

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

    `holder` is a readable name that is put before the holder_id, for people who look. `fair`: nobody takes the lock
    ahead of the waiters; without it, a free lock goes to whoever asks first. `floor`: fencing tokens are higher than
    this, whatever the server forgot; a function is called at each request. `forever`: without a time to live, so it
    stays held for ever if its holder dies.

    It is not reentrant: a holder that asks again waits for itself. One object may serve many threads, each with its own
    Held. Raises BadLock and BadLockName for arguments that are not allowed.
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
        """Tries once: returns the lock, or None if it is held or others wait for it. Raises LockServerError.

        One round trip. If that error is `unsure`, the next try recognises a lock that was taken after all.
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
        """Waits in line for the lock. Raises NotAcquired after `timeout_s`, LockServerError, and BadLock.

        Two round trips and a wake-up if the lock is held, and two commands a second while waiting. Temporary refusals
        and lost connections are waited out. It may take a tenth of a second longer than `timeout_s`, plus the client's
        own retries.
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
        """`with lock.hold(5) as held:` acquires, and releases at the end. Raises the same as `acquire`, and LockLost at
        the end if the lock was lost meanwhile. A forked child that leaves the block releases nothing.
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
    """An acquired lock. Send `fencing_token` with every write to whatever the lock protects; that remembers the highest
    token and refuses lower ones.
    """

    def __init__(self, client: Client, terms: Terms, grant: Grant) -> None:
        super().__init__(grant, terms)
        self.fencing_token = grant.fencing_token
        self._client = client

    def extend(self, ttl_ms: int | None = None) -> bool:
        """Makes it last `ttl_ms` from now (its original time by default); never shortens it.

        Returns False if it was lost: it does not come back. Raises LockServerError and BadLock.
        """
        step = asking.extending(self._terms, self.holder_id, self.ttl_ms if ttl_ms is None else checked_ttl(ttl_ms))
        asked_at = now_s()
        return self._extended(asked_at, perform(self._client, step))

    def release(self) -> bool:
        """Releases it and wakes the next in line; False if it was lost, and then nothing is changed.

        It is invalid from here on, even if LockServerError is raised: then it runs out by itself. In a forked child
        this does nothing and returns False: the lock is its parent's.
        """
        if not self._releasing():
            return False
        freed, _woken = perform(self._client, asking.leaving(self._terms, self.holder_id))
        return bool(freed)

    def renewing(self, every_s: float | None = None, on_lost: OnLost | None = None) -> Renewing:
        """`with held.renewing():` extends it in the background, every third of its time to live by default.

        If it is about to run out unrenewed, `on_lost` is called from another thread, with the LockLost that the end of
        the block raises. Raises BadLock if there is nothing to renew.
        """
        return Renewing(self, every_s, on_lost)

"""What a key's name says by itself: that it is a lock, or that it is something else."""

from __future__ import annotations

import re

_LOCK = re.compile(
    rb"(?:^|[^a-z])(?:r|red|dist|distributed|global|my|spin|task|job|cron|db|file)?"
    rb"(?:locks?|mutex(?:es)?|semaphores?|leases?|leader)(?:[^a-z]|$)"
).search
_LOCK_CAMEL = re.compile(rb"[a-z0-9](?:Lock|Mutex|Semaphore|Lease|Leader)(?:[^a-z]|$)").search
_CAMEL = re.compile(rb"(?<=[a-z0-9])(?=[A-Z])")

_DJANGO_KEY = re.compile(rb"(?::[0-9]{1,4}|[^:\s]{1,64}:1):(.+)", re.DOTALL).fullmatch
_BLANK = bytes(c if 97 <= c <= 122 else c + 32 if 65 <= c <= 90 else 32 for c in range(256))

_OTHER_WORDS = frozenset(
    b"""access activation analytics anon anonymous answer api apikey asgi attempts auth authorization avatar ban
    banned basket bearer blacklist blob blocklist bloom body bucket cache cached callback captcha cart cas
    challenge channel channels checkout checksum code codes config confirm confirmation conn connection
    consent content cookie cookies correlation count counter coupon credential credentials csrf csrftoken
    cursor dedup dedupe device devices digest discount download email etag event events exports feature
    features fingerprint flag flags flash forget forgot form guest guid hash hashes hits hll html http id
    idempotency idempotent identity ids info invitation invite invites job jobs jti jwt last limit limiter
    limits link login logout magic md5 member message messages meta metadata metrics mfa msg nonce nonces
    notification notify oauth oauth2 offset oidc online otp params password passwordless payload pending
    permission pin pkce player presence preview profile progress promo pubsub push queue queues quota rate
    ratelimit receipt recover recovery ref refresh register registration remember replay req request
    requests reset response result results revoked salt saml secret seen sess session sessionid sessions sha
    sha1 sha256 share shortlink sid signature signup sms socket spring sso stat state stats status step
    stream subscription tenant ticket tickets token tokens totp trace tracking transaction ttl twofactor tx
    unsubscribe upload uploads url urls uuid verification verified verify version visit visitor visits
    voucher webauthn webhook wizard ws xsrf""".split()
)
_OTHER_STEM = re.compile(
    rb"(?i)session|token|csrf|nonce|idem|password|cookie|oauth|captcha|etag|md5|sha1|sha256"
).search
_RANDOM_PART = re.compile(
    rb"(?:^|[^0-9a-zA-Z])(?:[0-9a-fA-F]{24,}|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})(?:[^0-9a-zA-Z]|$)"
).search


def says_lock(key: bytes) -> bool:
    """Whether the name contains lock, mutex, semaphore, lease or leader as a separate word.

    `locked` does not count: what is locked is usually an account.
    """
    return _LOCK(key.lower()) is not None or _LOCK_CAMEL(key) is not None


def django_name(key: bytes) -> bytes:
    """The name in a key of Django's cache, `PREFIX:VERSION:NAME`; empty for other keys.

    A number in the middle is common in names, so with a prefix it must be 1, the default version.
    """
    match = _DJANGO_KEY(key)
    return match[1] if match else b""


def words_of(key: bytes) -> list[bytes]:
    """The words of a name, in lower case: `resetToken:user_5` is reset, token, user."""
    return (key if key.islower() else _CAMEL.sub(b" ", key)).translate(_BLANK).split()


def says_other(key: bytes) -> bool:
    """Whether the name says that it is not a lock: a session, a token, a job, a cache entry, ..."""
    return not _OTHER_WORDS.isdisjoint(words_of(key)) or _OTHER_STEM(key) is not None


def has_random_part(key: bytes) -> bool:
    """Whether the name itself contains a random id, like the names of sessions and tokens."""
    return _RANDOM_PART(key) is not None


_SECRET_WORDS = frozenset(
    b"""apikey auth bearer code csrf csrftoken dedup dedupe download etag fingerprint idempotency idempotent
    invite jti jwt key magic nonce nonces oauth oauth2 otp password pkce refresh remember reset saml secret
    sess session sessionid sessions sid sso state ticket token tokens totp trace unsubscribe url
    verification verify xsrf""".split()
)


def says_secret(key: bytes) -> bool:
    """Whether the name says that the value is a secret or an id: a session, a token, a nonce, ..."""
    return not _SECRET_WORDS.isdisjoint(words_of(key)) or _OTHER_STEM(key) is not None


_AMOUNT_WORDS = frozenset(
    b"""amounts basket baskets cart carts counts favorites favourites inventory items likes poll polls
    quantities score scores stock votes wishlist""".split()
)


def says_amounts(key: bytes) -> bool:
    """Whether the name says that a hash counts things: a basket, votes, ..."""
    return not _AMOUNT_WORDS.isdisjoint(words_of(key))


LOCK_WORDS = (b"lock", b"mutex", b"semaphore", b"lease", b"leader")
"""What `says_lock` looks for, in lower case. A name without any of these says nothing."""

_COUNTED_WORDS = frozenset(
    b"""attempts axes count counter counts failed failures fencing history limit locked lockout logins lost max
    out permits released stats status tokens total waits""".split()
)
_ALIVE_WORDS = frozenset(
    b"""alive beat connection connections discovery heartbeat heartbeats hosts instance instances last node
    nodes online peer peers ping presence registry seen server servers service services session sessions
    status worker workers""".split()
)


def says_counted(key: bytes) -> bool:
    """Whether a name that contains the word lock is about locks, or about a locked account, and not a lock itself."""
    return not _COUNTED_WORDS.isdisjoint(words_of(key))


def says_alive(key: bytes) -> bool:
    """Whether the name says that the value shows who is present: a heartbeat, a registry of services, ..."""
    return not _ALIVE_WORDS.isdisjoint(words_of(key))

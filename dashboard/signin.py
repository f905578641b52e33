"""Creates and redeems sign-in links."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from dashboard.models import SignInLink

OPERATOR = "operator"
LIFETIME = timedelta(hours=24)
TOKEN_BYTES = 32


def operator() -> User:
    """The user who may do everything. Has no password, so a link is the only way in. Created on first use."""
    user, made = User.objects.get_or_create(username=OPERATOR, defaults={"is_staff": True, "is_superuser": True})
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def new_token(now: datetime) -> str:
    """A token of 256 random bits that signs in once, up to 24 hours after `now`. Deletes expired links."""
    SignInLink.objects.filter(expires_at__lt=now).delete()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    SignInLink.objects.create(digest=_digest(token), created_at=now, expires_at=now + LIFETIME)
    return token


def spend(token: str, now: datetime) -> bool:
    """Uses up the token. Returns whether it was valid; of two simultaneous uses, one gets True."""
    good = SignInLink.objects.filter(digest=_digest(token), used_at=None, expires_at__gt=now)
    return good.update(used_at=now) == 1


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

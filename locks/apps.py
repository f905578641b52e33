"""The Django app for locks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LocksConfig(AppConfig):
    """Names the app, and registers the lock sources as places."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "locks"
    verbose_name = _("Locks")

    def ready(self) -> None:
        """Registers the lock sources with the other apps."""
        from live.places import register
        from locks.places import LockSources

        register(LockSources())

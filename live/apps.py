"""The event log's Django app."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    """Names the app in the admin and limits how long database connections wait."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "live"
    verbose_name = _("Event log")

    def ready(self) -> None:
        """Applies to every connection of this process."""
        from live.silence import bound_silence
        from live.turns import bound_waits

        connection_created.connect(bound_waits)
        connection_created.connect(bound_silence)

"""The app of the event log."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    """Names the app in the admin."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "live"
    verbose_name = _("Event log")

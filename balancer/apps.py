"""The app of the balancer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BalancerConfig(AppConfig):
    """Names the app."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "balancer"
    verbose_name = _("Balancer")

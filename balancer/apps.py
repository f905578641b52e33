"""The app of the balancer."""

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class BalancerConfig(AppConfig):
    """Names the app, and adds its page to those of every cluster."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "balancer"
    verbose_name = _("Balancer")

    def ready(self) -> None:
        """Makes the page known to the navigation."""
        from live.places import Page, registered

        clusters = registered("clusters")
        if clusters is None:
            raise ImproperlyConfigured("balancer comes after ringviz in INSTALLED_APPS")
        clusters.show(Page(_("Balancer"), "balancer:page"), urls="balancer.urls")

"""The app of the balancer."""

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class BalancerConfig(AppConfig):
    """Names the app, and adds its page and its subject to those of every cluster."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "balancer"
    verbose_name = _("Balancer")

    def ready(self) -> None:
        """Makes the page known to the navigation, and the subject to the streams."""
        from balancer.events import balancer
        from balancer.selectors.state import told_of_stream
        from live.places import Page, registered

        clusters = registered("clusters")
        if clusters is None:
            raise ImproperlyConfigured("balancer comes after ringviz in INSTALLED_APPS")
        clusters.show(Page(_("Balancer"), "balancer:page"), urls="balancer.urls")
        clusters.carry(balancer, told_of_stream)

"""The balancer's Django app."""

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class BalancerConfig(AppConfig):
    """Gives every cluster the balancer's page, its event subject and its driver process."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "balancer"
    verbose_name = _("Balancer")

    def ready(self) -> None:
        """Registers the page with the navigation, the subject with the streams, and the driver with the supervisor."""
        from balancer.events import balancer
        from balancer.selectors.state import state_of_stream, told_of_stream
        from live.places import Page, registered
        from ringviz.supervisor.companions import Companion, register

        clusters = registered("clusters")
        if clusters is None:
            raise ImproperlyConfigured("balancer comes after ringviz in INSTALLED_APPS")
        clusters.show(Page(_("Balancer"), "balancer:page", parts=("balancer:race",)), urls="balancer.urls")
        clusters.carry(balancer, told_of_stream, view="balancer:page")
        register(Companion(("balance", "drive"), lambda on: state_of_stream(on.cluster.stream_id)["traffic"]["on"]))

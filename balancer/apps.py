"""The app of the balancer."""

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class BalancerConfig(AppConfig):
    """Names the app, and adds its page, its subject and its process to those of every cluster."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "balancer"
    verbose_name = _("Balancer")

    def ready(self) -> None:
        """Makes the page known to the navigation, the subject to the streams, and the driver to the supervisor."""
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

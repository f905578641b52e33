"""The app of clusters, nodes and keys."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RingvizConfig(AppConfig):
    """Names the app in the admin, and registers its places."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "ringviz"
    verbose_name = _("Clusters")

    def ready(self) -> None:
        """Registers the clusters with the other apps."""
        from live.places import register
        from ringviz.places import Clusters

        register(Clusters())

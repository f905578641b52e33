"""The app of clusters, nodes and keys."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RingvizConfig(AppConfig):
    """Names the app in the admin."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "ringviz"
    verbose_name = _("Clusters")

"""The requested state of each cluster's balancer. Only `balancer.services` writes rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ringviz.models import Cluster


class Balancer(models.Model):
    """The state of a cluster's balancer (`balancer.core.state`). There is no row until the first request."""

    cluster = models.OneToOneField(Cluster, models.CASCADE, related_name="+", verbose_name=_("cluster"))
    traffic = models.JSONField(_("traffic"))
    standings = models.JSONField(_("standings"), default=dict)
    compared = models.JSONField(_("newest A/B run"), null=True, blank=True)

    class Meta:
        verbose_name = _("balancer")
        verbose_name_plural = _("balancers")

    def __str__(self) -> str:
        return self.cluster.slug

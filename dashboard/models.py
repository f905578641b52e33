"""Sign-in links: how the person at the keyboard becomes the operator of a demo."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignInLink(models.Model):
    """One link, good for one use. Only the digest of its token is stored, so reading the table signs nobody in."""

    digest = models.CharField(_("digest"), max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("sign-in link")
        verbose_name_plural = _("sign-in links")

    def __str__(self) -> str:
        return self.digest[:8]

"""The app of the shell: sign-in links and the demo."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from dashboard import bundle


class DashboardConfig(AppConfig):
    """Names the app in the admin."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "dashboard"
    verbose_name = _("Ringviz")

    def ready(self) -> None:
        """Makes `collectstatic` and `check` look at the bundle."""
        checks.register(bundle.check, checks.Tags.staticfiles)


class StaticFiles(StaticFilesConfig):
    """Django's static files without htmx's extensions: nothing uses them, and one imports a missing file."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx/ext/*"]

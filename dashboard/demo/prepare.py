"""Prepares the database of a demo: tables, clusters, lock sources, the operator's link."""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard import signin
from dashboard.demo.console import Console


def migrate(console: Console) -> None:
    """Brings the tables up to date. Takes a tenth of a second if they are."""
    with console.step(_("database")) as step:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if pending:
            step.progress(ngettext("%(n)d migration", "%(n)d migrations", len(pending)) % {"n": len(pending)})
            call_command("migrate", interactive=False, verbosity=0)
        step.result = _("ready")


def seed(console: Console) -> None:
    """Creates the clusters that a first visit finds; existing ones stay as they are."""
    from ringviz.services.seed import seed_demo

    with console.step(_("clusters")) as step:
        seed_demo(progress=step.progress)
        step.result = _("ready")


def sources() -> None:
    """Creates the pages of the watched servers before the link is printed; the watcher may start later."""
    from locks.services.sources import ensure_sources

    ensure_sources()


def link(page: str) -> str:
    """A new sign-in link for the demo whose page is at `page`."""
    return f"{page}enter/{signin.new_token(timezone.now())}/"

"""The app of the lamps."""

from django.apps import AppConfig


class LampsConfig(AppConfig):
    """Registers the lamps, and hangs bulbs into the streams of clusters."""

    name = "tests.lamps"

    def ready(self) -> None:
        from live.places import register, registered
        from tests.lamps.events import bulbs
        from tests.lamps.places import Lamps

        register(Lamps())
        clusters = registered("clusters")
        assert clusters, "ringviz comes before in INSTALLED_APPS"
        clusters.carry(bulbs)

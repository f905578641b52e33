"""Every lamp is a place: its stream is all that there is of it, so its state is folded from the log."""

from __future__ import annotations

from live.models import Stream
from live.places import Card, Overview, Page, Place, Places, TimelineWords
from live.reading import Head
from tests.lamps.events import lamp


class Lamps(Places):
    prefix = "lamps"
    urls = "tests.lamps.urls"
    noun = "Lamp"
    timeline = TimelineWords(
        hint="Everything that the lamp did.",
        began="Then somebody hung it up.",
        no_match="Choose another colour.",
        name="Colour",
        any_name="Every colour",
    )

    def __init__(self) -> None:
        super().__init__()
        self.carry(lamp)
        self.show(Page("Lamp", "lamps:lamp"))

    def find(self, slug: str) -> Place | None:
        return next((place for place in self.listed(1000) if place.slug == slug), None)

    def listed(self, most: int) -> list[Place]:
        streams = Stream.objects.filter(name__startswith="lamp/").order_by("name")[:most]
        return [Place(self.prefix, one.name.removeprefix("lamp/"), one.name, one.pk) for one in streams]

    def overview(self) -> Overview:
        cards = []
        for place in self.listed(1000):
            now = self.snapshot(place.stream_id)
            cards.append(Card(place, Head(now["v"], now["epoch"]), "lamps/card.html", now["parts"]["lamp"]))
        return Overview(cards, [f"{len(cards)} lamp"], [], "Every lamp hangs.")

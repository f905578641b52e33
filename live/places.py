"""Places: things with their own stream and pages, such as a cluster or a lock source.

An app registers one `Places` in its `AppConfig.ready`. The sockets, the timeline, the overview, the navigation and the
list of processes use it:

    register(Clusters())

An app whose subject uses the streams of another app's places extends those instead:

    places = registered("clusters")
    places.carry(balancer, read=state_of)
    places.show(Page(_("Balancer"), "balancer:page"), urls="balancer.urls")
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from django.urls import get_script_prefix, reverse

from live.past import fold_known, parts_at
from live.reading import Head, read_stable
from live.subjects import Kind, Subject

Read = Callable[[int], Any]
"""Reads a subject's current state from its rows, by stream id. None before the subject's first event.

Raises ObjectDoesNotExist.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """One place. Lists show `note` next to its name."""

    prefix: str
    slug: str
    name: str
    stream_id: int
    note: str = ""

    @property
    def key(self) -> str:
        """Unique among all places: `clusters/demo`."""
        return f"{self.prefix}/{self.slug}"

    @property
    def socket(self) -> str:
        """The address of its WebSocket (`live.routing`)."""
        return f"{get_script_prefix()}ws/{self.key}/"


class Page(NamedTuple):
    """A page that every place of a kind has. `view` is a URL name that takes the slug; `parts` names those below it."""

    label: Any
    view: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A place in the overview. `template` renders one element from `card` (this) and `content`, which should be lazy.

    The element has data-version, data-epoch and data-socket, and reloads itself on `ringviz:changed`.
    """

    place: Place
    head: Head
    template: str
    content: Any


@dataclass(frozen=True, slots=True)
class Overview:
    """All places of a kind. `counts` are parts of the headline ("3 clusters"), `problems` a sentence each, `well` the
    sentence for when there are none.
    """

    cards: Sequence[Card]
    counts: Sequence[str]
    problems: Sequence[str]
    well: str


@dataclass(frozen=True, slots=True)
class Process:
    """A line in the overview's list of processes: its name, whether it answers, and its message."""

    name: str
    well: bool
    state: str
    detail: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class TimelineWords:
    """The timeline's texts for a subject, as lazy strings. Without `effect`, it has no effect columns.

    `effect`, `share` and `peer` head the columns of an `Effect`. `name` and `any_name` label the filter by name, "" for
    none. `no_match` says what to do if no event matches. `began` is shown under the very first event.
    """

    hint: Any
    began: Any
    no_match: Any
    name: Any = ""
    any_name: Any = ""
    effect: Any = ""
    share: Any = ""
    peer: Any = ""


class Places(ABC):
    """All places of one kind. Their addresses begin with `prefix`, `urls` is the module of their URL patterns, and
    `noun` is the word for one of them.

    `empty_template` is included in an overview without any cards, "" for none. `new` is the page where operators
    create a place, None if they cannot; its view takes no slug.
    """

    prefix: ClassVar[str]
    urls: ClassVar[str]
    noun: ClassVar[Any]
    timeline: ClassVar[TimelineWords]
    empty_template: ClassVar[str] = ""
    new: ClassVar[Page | None] = None

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self._more_urls: list[str] = []
        self._carried: dict[Subject, Read | None] = {}
        self._shown_by: dict[Subject, str] = {}

    @abstractmethod
    def find(self, slug: str) -> Place | None:
        """The place at an address."""

    @abstractmethod
    def listed(self, most: int) -> list[Place]:
        """At most `most` places, in navigation order."""

    @abstractmethod
    def overview(self) -> Overview:
        """Every place as a card for the overview."""

    def names(self, _place: Place, _most: int) -> list[str]:
        """A limited number of names for the timeline's filter."""
        return []

    def processes(self) -> Sequence[Process]:
        """The processes of these places. Called every ten seconds; may take half a second."""
        return ()

    def show(self, page: Page, *, urls: str = "") -> None:
        """Adds a page to the navigation. The first one is the place's own: cards and events lead to it.

        `urls` is the module of its URL patterns, if they are not among the place's own.
        """
        self.pages.append(page)
        if urls:
            self._more_urls.append(urls)

    @property
    def url_modules(self) -> list[str]:
        """The modules of all URL patterns, the place's own first."""
        return [self.urls, *self._more_urls]

    def carry(self, subject: Subject, read: Read | None = None, *, view: str = "") -> None:
        """Adds a subject to the streams. Without `read`, its state is folded from the log.

        `view` is the page that shows its moments (`?v=`), if that is not the place's own.
        """
        self._carried[subject] = read
        if view:
            self._shown_by[subject] = view

    @property
    def subjects(self) -> list[Subject]:
        """The subjects in the order in which they were added."""
        return list(self._carried)

    def kinds(self) -> list[Kind]:
        """Every kind of event that the streams carry."""
        return [kind for subject in self._carried for kind in subject.kinds.values()]

    def home(self, place: Place) -> str:
        """The address of the place's own page."""
        return reverse(self.pages[0].view, args=[place.slug])

    def moment(self, place: Place, version: int, subject: Subject | None = None) -> str:
        """The address of the place at a version, on the page of the event's subject."""
        view = self._shown_by.get(subject, "") if subject is not None else ""
        return f"{reverse(view, args=[place.slug]) if view else self.home(place)}?v={version}"

    def snapshot(self, stream_id: int) -> dict[str, Any]:
        """`{"v", "epoch", "parts"}`: the state of every subject at exactly one version.

        Leaves out subjects without rows. Raises ObjectDoesNotExist.
        """

        def read() -> dict[str, Any]:
            states = {subject.name: one(stream_id) for subject, one in self._carried.items() if one is not None}
            return {name: state for name, state in states.items() if state is not None}

        now, parts = read_stable(stream_id, read)
        folded = [subject.name for subject, one in self._carried.items() if one is None]
        if folded:
            found = parts_at(stream_id, now.version, by=fold_known) if now.version else {}
            parts |= {name: found.get(name) for name in folded}
        return {"v": now.version, "epoch": now.epoch, "parts": parts}


_registered: dict[str, Places] = {}


def register(places: Places) -> None:
    """Registers places with the whole product. Raises ValueError if the prefix is taken."""
    if type(_registered.get(places.prefix, places)) is not type(places):
        raise ValueError(f"{places.prefix} is registered twice")
    _registered[places.prefix] = places


def registered(prefix: str) -> Places | None:
    """The places with this prefix, or None."""
    return _registered.get(prefix)


def all_places() -> list[Places]:
    """All registered places, in the order of INSTALLED_APPS."""
    return list(_registered.values())


def place_at(prefix: str, slug: str) -> tuple[Places, Place] | None:
    """The place at an address with its kind, or None."""
    places = registered(prefix)
    place = places.find(slug) if places else None
    return (places, place) if places and place else None

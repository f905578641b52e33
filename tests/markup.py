"""Reads pages in tests: the text of elements, found by simple selectors ("#id .class tag", descendants)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNREAD = {"script", "style"}
STEP = re.compile(r"^(?P<tag>[a-z0-9]+)?(?P<rest>(?:[.#][\w-]+)*)$")


@dataclass
class Element:
    """A tag with its attributes and its contents."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    content: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """All elements below, in order."""
        for child in self.content:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def text(self) -> str:
        """The text that a person reads, with its white space unchanged."""
        parts = [child if isinstance(child, str) else child.text() for child in self.content if self.tag not in UNREAD]
        return "".join(parts)

    def matches(self, step: str) -> bool:
        """Whether one step of a selector matches it."""
        found = STEP.match(step)
        assert found, f"not a simple selector: {step}"
        names = re.findall(r"([.#])([\w-]+)", found["rest"])
        classes = self.attributes.get("class", "").split()
        return found["tag"] in (None, self.tag) and all(
            name in classes if mark == "." else name == self.attributes.get("id") for mark, name in names
        )


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.at = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.content.append(element)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.content.append(Element(tag, {name: value or "" for name, value in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        while self.at.tag != tag and self.at.parent:
            self.at = self.at.parent
        self.at = self.at.parent or self.at

    def handle_data(self, data: str) -> None:
        self.at.content.append(data)


def select(page: str, selector: str) -> list[Element]:
    """The elements that a selector matches, in order."""
    builder = _Builder()
    builder.feed(page)
    *above, last = selector.split()
    return [element for element in builder.root.walk() if element.matches(last) and _is_below(element, above)]


def _is_below(element: Element, steps: list[str]) -> bool:
    at = element.parent
    for step in reversed(steps):
        while at and not at.matches(step):
            at = at.parent
        if not at:
            return False
        at = at.parent
    return True


def texts(page: str, selector: str) -> list[str]:
    """The text of each match."""
    return [re.sub(r"\s+", " ", element.text()).strip() for element in select(page, selector)]


def one_text(page: str, selector: str) -> str:
    """The text of the only match."""
    found = texts(page, selector)
    assert len(found) == 1, f"{selector}: {found}"
    return found[0]

"""Formats rows for a terminal, each column as wide as its widest cell."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import combining, east_asian_width

_GAP = "  "


def columns(rows: Sequence[Sequence[str]], text_columns: int) -> list[str]:
    """A line for each row. The first `text_columns` are left-aligned, the numbers after them right-aligned."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [_line(row, widths, text_columns) for row in rows]


def _line(row: Sequence[str], widths: Sequence[int], text_columns: int) -> str:
    cells = []
    for place, (text, width) in enumerate(zip(row, widths, strict=True)):
        space = " " * (width - _width(text))
        cells.append(text + space if place < text_columns else space + text)
    return _GAP.join(cells).rstrip()


def _width(text: str) -> int:
    """The width in terminal columns. Wide letters take two columns, combining marks none."""
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)

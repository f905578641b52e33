"""Makes foreign bytes safe to show on a page, a terminal, in a log or in a spreadsheet. Pure."""

from __future__ import annotations

_FORMULA = (*"=+-@", *"＝＋－＠", "\t", "\r")  # full-width signs also start a formula with East Asian input


def shown(raw: bytes) -> str:
    r"""Bytes as readable text: printable UTF-8 as is, every other byte as \xNN, backslashes doubled.

    Different bytes give different text, and the text cannot affect a terminal or a page.
    """
    text = raw.decode("utf-8", "surrogateescape")
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(_inert(letter) for letter in text)


def inert(text: str) -> str:
    """Our own text that may quote foreign text: escapes unprintable characters."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def harmless(cell: str) -> str:
    """A cell of a CSV file that a spreadsheet does not treat as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _inert(letter: str) -> str:
    if letter == "\\":
        return "\\\\"
    if letter.isprintable():
        return letter
    return "".join(f"\\x{byte:02x}" for byte in letter.encode("utf-8", "surrogateescape"))

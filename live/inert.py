"""Bytes of somebody else as text that can do nothing: on a page, on a terminal, in a log, in a spreadsheet. Pure."""

from __future__ import annotations

_FORMULA = (*"=+-@", *"＝＋－＠", "\t", "\r")  # the wide ones begin a formula where East Asian text is typed


def shown(raw: bytes) -> str:
    r"""Bytes for the eye: UTF-8 as it is, every byte that is no printable text as \xNN, a backslash doubled.

    No two look alike by this, and nothing of them can act on a terminal or a page.
    """
    text = raw.decode("utf-8", "surrogateescape")
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(_inert(letter) for letter in text)


def inert(text: str) -> str:
    """Words of ours that may quote somebody else's: what is no printable text becomes an escape, the rest stays."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def harmless(cell: str) -> str:
    """A cell of a CSV file: a spreadsheet would take one that begins like this for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _inert(letter: str) -> str:
    if letter == "\\":
        return "\\\\"
    if letter.isprintable():
        return letter
    return "".join(f"\\x{byte:02x}" for byte in letter.encode("utf-8", "surrogateescape"))

"""The bundle: what `make bundle` (scripts/bundle.mjs) made of static/js and static/css, if it was run."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("BUNDLE_DIR") or ROOT / "build" / "bundle")
SOURCES = ROOT / "static"
PREFIX = "bundle"
"""Where the files are among the static files."""


def folders() -> list[tuple[str, Path]]:
    """What STATICFILES_DIRS has besides the sources."""
    return [(PREFIX, FOLDER)] if (FOLDER / "bundle.json").exists() else []


def entries() -> dict[str, str]:
    """The static file that stands for a source that templates name, by the source's name."""
    return {name: f"{PREFIX}/{file}" for name, file in _made()["entries"].items()}


def sheets() -> dict[str, str]:
    """The static file with the minified text of each style sheet, by the sheet's name."""
    return {name: f"{PREFIX}/{file}" for name, file in _made()["sheets"].items()}


def check(**_options: Any) -> list[CheckMessage]:
    """An error if the sources have changed since the bundle was made: new pages would get old scripts and styles."""
    if not settings.DEPLOYED or not folders() or _made()["sources"] == digest():
        return []
    text = f"The bundle in {FOLDER} does not match the sources in {SOURCES}."
    return [Error(text, hint="Run `make bundle` again, or delete it.", id="dashboard.E001")]


def digest() -> str:
    """The digest of all sources' names and contents, as scripts/bundle.mjs computes it."""
    found = hashlib.sha256()
    scripts, styles = (SOURCES / "js").rglob("*.js"), (SOURCES / "css").rglob("*.css")
    for path in (*sorted(scripts, key=Path.as_posix), *sorted(styles, key=Path.as_posix)):
        found.update(f"{path.relative_to(SOURCES).as_posix()}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _made() -> dict[str, Any]:
    made: dict[str, Any] = json.loads((FOLDER / "bundle.json").read_text())
    return made

"""Tells the browser which JavaScript modules a page starts with, so that it requests all of them at once.

Without a build step, the browser finds a module's imports only once the module has arrived, one level after another.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

_IMPORT = re.compile(r"""^(?:import|export)\s(?:[^"';]*\sfrom\s)?"(\.[^"]+)";""", re.MULTILINE)


@register.simple_tag
def modulepreload(name: str) -> SafeString:
    """A `<link rel="modulepreload">` for a module of the static files and for everything it imports, nearest first.

    Modules loaded by `import()` are requested when they are needed, and get no link.
    """
    names = (name,) if settings.BUNDLED else _graph(name)  # in the bundle, one file has all of these
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', ((static(one),) for one in names))


@lru_cache
def _graph(name: str) -> tuple[str, ...]:
    found, level = {name: None}, [name]
    while level:
        named = dict.fromkeys(other for one in level for other in imports_of(one))
        level = [one for one in named if one not in found]
        found |= dict.fromkeys(level)
    return tuple(found)


def imports_of(name: str) -> list[str]:
    """The modules that a module imports statically, as names of static files. Raises LookupError."""
    path = finders.find(name)
    if path is None:
        raise LookupError(name)
    text = Path(path).read_text()
    return [posixpath.normpath(posixpath.join(posixpath.dirname(name), one)) for one in _IMPORT.findall(text)]

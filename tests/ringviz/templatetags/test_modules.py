"""The preload hints of the Ring page name what its first script needs, and nothing that loads later."""

from pathlib import Path

import pytest
from django.template import Context, Template

from ringviz.templatetags.modules import imports_of

STATIC = Path(__file__).resolve().parents[3] / "static"


def hinted(name: str) -> list[str]:
    html = Template(f'{{% load modules %}}{{% modulepreload "{name}" %}}').render(Context())
    return [line.split('href="/static/')[1].removesuffix('">') for line in html.splitlines()]


def test_it_names_the_module_first_and_each_one_once():
    names = hinted("js/ring/main.js")
    assert names[0] == "js/ring/main.js"
    assert len(names) == len(set(names))


def test_all_that_is_imported_is_named_and_exists():
    names = hinted("js/ring/main.js")
    assert "js/ring/draw/ring.js" in names
    for name in names:
        assert (STATIC / name).is_file()
        assert set(imports_of(name)) <= set(names)


def test_what_is_loaded_later_is_not_named():
    assert "js/ring/parts.js" not in hinted("js/ring/main.js")
    assert "js/lib/live.js" not in hinted("js/ring/main.js")


def test_imports_over_several_lines_and_exports_count():
    assert "js/lib/geometry.js" in imports_of("js/ring/draw/layout.js")
    assert "js/ring/draw/hit.js" in imports_of("js/ring/draw/ring.js")


def test_a_module_that_is_not_there_is_a_mistake_of_the_page():
    with pytest.raises(LookupError):
        hinted("js/ring/nothing.js")

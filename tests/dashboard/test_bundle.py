"""`make bundle`: what a page of a deployment loads then, what that weighs, and that old sources are noticed."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard import bundle
from tests import started
from tests.dashboard.test_deployed import ASK
from tests.demos import ROOT, environment

pytestmark = pytest.mark.no_cover
KB = 1024
FIRST_PAINT, RING_PAGE = 30 * KB, 60 * KB
STYLES = 9 * KB
TEMPLATES = ROOT / "templates"
# What the Ring page of the demo's cluster imports by itself, for whoever may act; the rest comes when it is asked for.
RING_OF_THE_DEMO = ("ring-parts", "ring-served-wire")
OF_EVERY_OPERATOR = "lib-session"


class Bundle:
    """Scripts and style sheets by name, and what imports what."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {path.name: path.read_text() for path in (*folder.glob("*.js"), *folder.glob("*.css"))}
        made = json.loads((folder / "bundle.json").read_text())
        self.entries: dict[str, str] = made["entries"]
        self.sheets: dict[str, str] = made["sheets"]

    def loaded(self, *names: str) -> set[str]:
        """These files with all that they import."""
        found = {*names}
        waiting = [*names]
        while waiting:
            for name in re.findall(r'from"\./([^"]+)"', self.files[waiting.pop()]):
                if name not in found:
                    found.add(name)
                    waiting.append(name)
        return found

    def named(self, part: str) -> str:
        (name,) = [name for name in self.files if re.search(rf"--{part}-[0-9a-f]{{12}}\.js$", name)]
        return name

    def weight(self, names: set[str]) -> int:
        return sum(len(gzip.compress(self.files[name].encode(), 9)) for name in names)


def made(folder: Path) -> Path:
    command = ["sh", "scripts/node.sh", "scripts/bundle.mjs"]
    env = environment(folder, BUNDLE_DIR=str(folder / "bundle"))
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, f"esbuild comes with `make setup`:\n{done.stderr}"
    return folder / "bundle"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with started.folder() as where:
        made(where)
        yield where


@pytest.fixture(scope="module")
def page(folder: Path) -> Bundle:
    return Bundle(folder / "bundle")


def classic() -> int:
    """Of the script that every page has besides modules."""
    return len(gzip.compress((ROOT / "static" / "js" / "lib" / "theme-boot.js").read_bytes(), 9))


@pytest.mark.parametrize("entry", ["ring/main.js", "locks/main.js", "balancer/main.js", "balancer/traffic/main.js",
                                   "overview/main.js", "timeline/main.js", "compare/main.js"])  # fmt: skip
def test_scripts_before_the_first_paint_fit_their_budget(page: Bundle, entry: str) -> None:
    names = page.loaded(page.entries[f"js/{entry}"], page.entries["js/lib/shell.js"])
    assert page.weight(names) + classic() <= FIRST_PAINT


def test_all_scripts_of_the_demos_ring_page_fit_their_budget(page: Bundle) -> None:
    own = [page.entries["js/ring/main.js"], *map(page.named, RING_OF_THE_DEMO)]
    shell = [page.entries["js/lib/shell.js"], page.named(OF_EVERY_OPERATOR)]
    assert page.weight(page.loaded(*own, *shell)) + classic() <= RING_PAGE


def sheets_of(template: str) -> set[str]:
    """What a template names, with those that it extends and includes, also what comes later than the first paint."""
    text = (TEMPLATES / template).read_text()
    found = set(re.findall(r'"(css/[\w-]+\.css)"', text))
    return found.union(*map(sheets_of, re.findall(r'{% (?:extends|include) "([^"]+)"', text)))


PAGES = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for path in TEMPLATES.rglob("*.html")
    if '{% extends "base.html" %}' in path.read_text()
)


@pytest.mark.parametrize("template", PAGES)
def test_style_sheets_of_a_page_fit_their_budget(page: Bundle, template: str) -> None:
    """The budget of the design is of a bundled deployment. While there was no bundle, the sources had to keep it."""
    assert page.weight({page.sheets[name] for name in sheets_of(template)}) <= STYLES


def test_every_style_sheet_is_weighed_on_a_page(page: Bundle) -> None:
    """A template that is included by a variable could name one that no page's weight has."""
    of_the_admin = {"css/admin.css", "css/admin_lists.css"}
    assert set().union(*map(sheets_of, PAGES)) == page.sheets.keys() - of_the_admin


def test_no_module_is_in_two_files_of_a_page(page: Bundle) -> None:
    """Otherwise its state would exist twice. Each class and each text of the sources is found at most once."""
    texts = re.findall(r'_\("([^"\\]{40,})"\)', (ROOT / "static/js/ring/keyset.js").read_text())
    texts += re.findall(r'gettext\("([^"\\]{40,})"\)', (ROOT / "static/js/lib/http.js").read_text())
    assert len(texts) > 2
    for text in texts:
        of_ring = [name for name, source in page.files.items() if name.startswith("ring-main") and text in source]
        assert len(of_ring) == 1, text


def test_every_import_names_a_file_and_what_it_exports(page: Bundle) -> None:
    for name, text in page.files.items():
        for names, other in re.findall(r'import\{([^}]*)\}from"\./([^"]+)"', text):
            exported = {part.split(" as ")[-1] for found in re.findall(r"export\{([^}]*)\}", page.files[other])
                        for part in found.split(",")}  # fmt: skip
            assert {part.split(" as ")[0] for part in names.split(",")} <= exported, name
        assert set(re.findall(r'import\("\./([^"]+)"\)', text)) <= page.files.keys(), name


@pytest.fixture(scope="module")
def deployment(folder: Path) -> Any:
    env = environment(folder, DEPLOYED="1", ALLOWED_HOSTS="ringviz.example", SECRET_KEY="secret",
                      BUNDLE_DIR=str(folder / "bundle"))  # fmt: skip

    def manage(*arguments: str, text: str = "") -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=env, input=text, capture_output=True, text=True, check=True, timeout=120
        ).stdout

    manage("collectstatic", "--noinput", "-v0")
    manage("migrate", "-v0")
    return lambda *paths: json.loads(manage("shell", "-v0", "-c", ASK, text=json.dumps(paths)))


def test_a_deployment_serves_the_bundle_for_good_and_compressed(deployment: Any, page: Bundle) -> None:
    [[status, _headers, text]] = deployment("/")
    names = re.findall(r'<script src="(/static/[^"]+)" type="module"', text)
    assert status == 200
    assert f"/static/bundle/{page.entries['js/lib/shell.js']}" in names
    assert all(name.startswith("/static/bundle/") for name in names)
    names += [f"/static/bundle/{name}" for name in page.files if name.endswith(".js")]
    names += re.findall(r'<link rel="stylesheet" href="(/static/css/[^"]+)"', text)
    for status, headers, _text in deployment(*names):
        assert (status, "immutable" in headers["Cache-Control"], headers["Content-Encoding"]) == (200, True, "gzip")


def test_a_deployment_serves_minified_sheets_whose_fonts_have_hashed_names(deployment: Any, folder: Path) -> None:
    [[_status, _headers, text]] = deployment("/")
    sheets = re.findall(r'<link rel="stylesheet" href="/static/(css/[^"]+)"', text)
    assert [name.split(".")[0] for name in sheets] == ["css/tokens", "css/base", "css/shell", "css/doc", "css/overview"]
    collected = folder / "staticfiles"
    for name in sheets:
        assert (collected / name).read_text().count("\n") <= 1, "it is minified"
    fonts = re.findall(r'url\("\.\./(vendor/[^"]+)"\)', (collected / sheets[0]).read_text())
    preloaded = re.findall(r'<link rel="preload" href="/static/([^"]+)" as="font"', text)
    assert fonts == preloaded
    assert all(re.search(r"\.[0-9a-f]{12}\.woff2$", name) and (collected / name).is_file() for name in fonts)


@pytest.mark.parametrize("new", ["js/new.js", "css/new.css"])
def test_sources_that_changed_since_are_an_error(
    new: str, monkeypatch: pytest.MonkeyPatch, settings: Any, folder: Path, tmp_path: Path
) -> None:
    settings.DEPLOYED = True
    monkeypatch.setattr(bundle, "FOLDER", folder / "bundle")
    assert bundle.check() == []
    copy = shutil.copytree(bundle.SOURCES, tmp_path / "static", ignore=shutil.ignore_patterns("vendor"))
    monkeypatch.setattr(bundle, "SOURCES", copy)
    assert bundle.check() == []
    (copy / new).write_text("")
    assert [error.id for error in bundle.check()] == ["dashboard.E001"]
    monkeypatch.setattr(bundle, "FOLDER", tmp_path)
    assert bundle.check() == [], "there is no bundle"

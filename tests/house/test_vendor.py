"""Vendored files are what their manifest says, carry their licence, and fit the page's budget of fonts."""

import hashlib
import json
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
VENDOR = STATIC / "vendor"
MANIFEST: dict[str, dict[str, str]] = json.loads((VENDOR / "manifest.json").read_text())
FONT_BUDGET_BYTES = 52_000


def test_every_file_is_in_the_manifest_and_nothing_else_is():
    found = {
        folder.name: {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        for folder in VENDOR.iterdir()
        if folder.is_dir()
    }
    assert found == {name: set(files) for name, files in MANIFEST.items()}


@pytest.mark.parametrize("name", MANIFEST)
def test_files_have_the_sums_of_the_manifest(name: str):
    sums = {file: hashlib.sha256((VENDOR / name / file).read_bytes()).hexdigest() for file in MANIFEST[name]}
    assert sums == MANIFEST[name]


@pytest.mark.parametrize("name", MANIFEST)
def test_each_folder_has_its_licence_and_its_line_in_versions(name: str):
    folder = VENDOR / name
    licence = next(file for file in (folder / "OFL.txt", folder / "LICENSE") if file.exists()).read_text()
    assert re.search("SIL OPEN FONT LICENSE|The MIT License", licence, re.IGNORECASE)
    assert f"`{name}`" in (VENDOR / "VERSIONS.md").read_text()
    assert re.search(r"-\d+\.\d+\.\d+$", name), "a folder is named name-version"


def test_fonts_fit_their_budget():
    fonts = list(VENDOR.rglob("*.woff2"))
    assert fonts, "no fonts found, so nothing was measured"
    assert sum(font.stat().st_size for font in fonts) <= FONT_BUDGET_BYTES


def test_every_font_that_the_style_sheet_names_exists():
    addresses = re.findall(r'url\("([^"]+)"\)', (STATIC / "css" / "tokens.css").read_text())
    assert addresses
    assert [address for address in addresses if not (STATIC / "css" / address).resolve().is_file()] == []

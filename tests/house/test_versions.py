"""Every version is pinned, and what is installed is what is pinned."""

import json
import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)(\[[a-z]+\])?==(?P<version>[0-9][0-9a-z.]*)$")


def pins(file):
    lines = [line.strip() for line in (ROOT / file).read_text().splitlines()]
    return [line for line in lines if line and not line.startswith(("#", "-r "))]


def pin(line):
    found = PIN.match(line)
    assert found, line
    return found


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"])
def test_every_requirement_is_pinned(file):
    assert pins(file)
    assert [line for line in pins(file) if not PIN.match(line)] == []


@pytest.mark.parametrize("line", pins("requirements.txt") + pins("requirements-dev.txt"))
def test_the_pinned_version_is_installed(line):
    assert version(pin(line)["name"]) == pin(line)["version"]


def test_the_checks_of_javascript_are_pinned_and_locked():
    wanted = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", each) for each in wanted.values())
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_no_lock_file_names_a_registry():
    assert "resolved" not in (ROOT / "package-lock.json").read_text()
    assert "://" not in re.sub(r'"url": "[^"]*"', "", (ROOT / "package-lock.json").read_text())


def test_the_product_installs_no_tool_of_the_tests():
    tools = {pin(line)["name"] for line in pins("requirements-dev.txt")}
    assert tools.isdisjoint(pin(line)["name"] for line in pins("requirements.txt"))

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import ringviz.core

ROOT = Path(__file__).parents[3]


def test_the_example_of_the_core_is_true() -> None:
    failed, tried = doctest.testmod(ringviz.core)
    assert (failed, tried > 0) == (0, True)


def test_the_core_comes_without_django_or_redis() -> None:
    modules = [
        f"ringviz.core.{path.stem}" for path in (ROOT / "ringviz" / "core").glob("*.py") if path.stem != "__init__"
    ]
    code = f"import sys, {', '.join(modules)}; print(sorted({{'django', 'redis', 'channels'}} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"

"""Commands: make explains itself, and continuous integration runs the same ones."""

import subprocess
from pathlib import Path

from tests.demos import ROOT, environment


def make(*arguments):
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=environment(ROOT / ".ringviz"),
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_lists_what_can_be_typed():
    listed = make().stdout
    for target in ("setup", "run", "link", "check", "test", "test-all", "bench", "screenshots"):
        assert f"make {target} " in listed


def test_everything_listed_exists():
    for line in make("help").stdout.splitlines():
        target = line.split()[1]
        assert make("--dry-run", "--always-make", target).returncode == 0, target


def test_running_needs_nothing_that_only_testing_needs():
    steps = make("--dry-run", "--always-make", "run").stdout
    assert "requirements.txt" in steps
    assert "requirements-dev.txt" not in steps
    assert "npm" not in steps
    assert "browser" not in steps
    assert steps.rstrip().endswith("manage.py demo")


def test_continuous_integration_types_make_test():
    script = Path(ROOT / ".ci" / "run")
    assert script.stat().st_mode & 0o111
    assert script.read_text().rstrip().endswith("make test")


def test_a_python_that_is_too_old_or_absent_is_one_clear_message(tmp_path):
    programs = {"python3": "exit 1", "uname": "case $1 in -s) echo Linux;; *) echo x86_64;; esac"}
    run = environment_script(tmp_path, programs)
    assert run.returncode == 1
    assert "Ringviz needs Python 3.11 or newer" in run.stderr


def test_a_python_without_venv_says_which_package_has_it(tmp_path):
    # This python3 is new enough, and fails whatever is imported.
    programs = {"python3": "case $2 in *version_info*) exit 0;; esac; exit 1"}
    run = environment_script(tmp_path, programs)
    assert run.returncode == 1
    assert "apt-get install python3-venv" in run.stderr


def test_windows_is_sent_to_wsl(tmp_path):
    run = environment_script(tmp_path, {"uname": "echo MINGW64_NT"})
    assert run.returncode == 1
    assert "WSL2" in run.stderr


def test_a_linux_without_glibc_is_named(tmp_path):
    run = environment_script(tmp_path, {"getconf": "exit 1"})
    assert run.returncode == 1
    assert "glibc 2.28" in run.stderr


def test_an_old_glibc_is_named(tmp_path):
    run = environment_script(tmp_path, {"getconf": "echo glibc 2.17"})
    assert run.returncode == 1
    assert "this Linux has 2.17" in run.stderr


def environment_script(folder, programs):
    """Run scripts/environment.sh where these programs, small shell scripts, come first, and no other python is."""
    for name in ("sh", "sed", "uname", "getconf"):
        if name not in programs:
            (folder / name).symlink_to(Path("/usr/bin") / name)
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    script = ROOT / "scripts" / "environment.sh"
    return subprocess.run(
        ["/bin/sh", str(script), str(folder / "venv")],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )

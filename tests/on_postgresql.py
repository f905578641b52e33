"""Runs pytest with a real PostgreSQL as the database of the tests: `python -m tests.on_postgresql tests/ringviz`."""

import os
import subprocess
import sys

from tests import started


def main() -> int:
    """The status of pytest; 0 if PostgreSQL is not installed. The server belongs to this run and ends with it."""
    if started.postgres_programs() is None:
        print("PostgreSQL is not installed here: its run is left out.")  # noqa: T201
        return 0
    with started.postgres() as server:
        env = {**os.environ, "TEST_DATABASE_URL": server.url("postgres")}
        return subprocess.run([sys.executable, "-m", "pytest", *sys.argv[1:]], env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python
"""Django's command line for Ringviz."""

import os
import sys

INTERRUPTED = 130  # a shell's exit status for a program that Ctrl-C ended


def main() -> None:
    """Run one management command with the project's settings. Ctrl-C ends it silently, even while it starts."""
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _run() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    from django.core.management import execute_from_command_line

    from dashboard.environment import mistakes_told

    with mistakes_told():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

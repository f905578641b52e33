"""Checks the import contracts of `.importlinter` with the environment's own Python, wherever the folder is."""

import sys

from importlinter.cli import lint_imports

if __name__ == "__main__":
    sys.exit(lint_imports())

"""`manage.py NAME SUBCOMMAND ...`: a command with sub-commands, each a module that is imported when needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any, ClassVar, NoReturn, Protocol, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper, handle_default_options
from django.db import InterfaceError, OperationalError, ProgrammingError, connections
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from live.inert import inert
from live.outage import is_missing
from live.refusals import Refused

BAD_INPUT = 2


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turns refusals of the services and database errors into CommandError."""
    try:
        yield
    except Refused as refused:
        raise CommandError(refused.message) from refused
    except UnicodeEncodeError as error:
        text = _("%(word)s is not valid UTF-8")
        raise CommandError(text % {"word": ascii(error.object)}) from error
    except (InterfaceError, OperationalError, ProgrammingError) as error:
        prepare = _("the database cannot be used (%(reason)s); `make run` creates one")
        wait = _("the database does not answer (%(reason)s). Nothing was changed. Try again when it does.")
        raise CommandError((prepare if is_missing(error) else wait) % {"reason": error}) from error


class Subcommand(Protocol):
    """A module with a sub-command."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declares the options. `parser.get_default("subcommand")` is the sub-command."""

    def handle(self, options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
        """Runs `options["subcommand"]`. Raises CommandError to refuse."""


class Door(BaseCommand):
    """Dispatches to a sub-command. A refusal is one line on standard error and exit status 2.

    `subcommands` gives each one's module and help text. A module is imported only when its sub-command runs, so that
    commands without a database do not import code that needs one.
    """

    subcommands: ClassVar[Mapping[str, tuple[str, str | Promise]]]
    requires_system_checks: list[str] = []
    _wanted: str | None = None

    def add_arguments(self, parser: CommandParser) -> None:
        """Creates a parser per sub-command. If the sub-command is known, only its parser gets options."""
        subparsers = parser.add_subparsers(dest="subcommand", required=True, metavar=_("SUBCOMMAND"))
        for name, (_module, summary) in self.subcommands.items():
            subparser = subparsers.add_parser(name, help=str(summary), description=str(summary))
            subparser.set_defaults(subcommand=name)
            if self._wanted in (None, name):
                self._load(name).add_arguments(subparser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the parsed sub-command."""
        self._load(options["subcommand"]).handle(options, self.stdout)

    def run_from_argv(self, argv: list[str]) -> None:
        """Like Django's, except for refusals, for which Django prints a usage or a class name and exits with 1."""
        words = argv[2:]
        # Without a sub-command, the help only lists them and needs no options, so any other name works here.
        self._wanted = next((word for word in words if word in self.subcommands), "")
        try:
            options = self.create_parser(argv[0], argv[1]).parse_args(words)
            handle_default_options(options)
            self.execute(**vars(options))
            self.stdout.flush()
        except CommandError as error:
            _refuse(error)
        except BrokenPipeError:
            _leave_quietly()
        finally:
            connections.close_all()

    def _load(self, name: str) -> Subcommand:
        module, _summary = self.subcommands[name]
        return cast(Subcommand, import_module(module))


def _refuse(error: CommandError) -> NoReturn:
    """Always one line. Removes the "error" prefix of Django's parser."""
    message = inert(" ".join(str(error).split()).removeprefix("Error: "))
    sys.stderr.write(f"error: {message}\n")
    sys.exit(BAD_INPUT)


def _leave_quietly() -> NoReturn:
    """The reader of our output has gone (`| head`). Discards buffered output without an error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)

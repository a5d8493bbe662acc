"""What commands start from: the settings, the portal, a transaction, and errors in one line."""

from __future__ import annotations

import argparse
import contextlib
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srp_portal.logmask import KeyMask

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from srp_portal.composition import Portal
    from srp_portal.settings import Settings

#: Used when no file is named and there is one in the folder from which the command is run.
DEFAULT_INI = "development.ini"
SECTION = "app:main"

#: Who did it, in the audit log.
ACTOR = "command line"

#: Does a command; the result is its exit status, None for success.
Handler = Callable[[argparse.Namespace], int | None]
Commands = Any


class CommandError(Exception):
    """A command can't be done; the message is the one line that its user sees."""


def number(text: str) -> int:
    """An argument that is an id, for argparse: a whole number that a database can hold."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of anything")
    return int(text)


def load_settings(arguments: argparse.Namespace, *, are_whole: bool = True) -> Settings:
    """The settings of `-c`, else of development.ini where there is one, the environment over it.

    are_whole: False for what needs no portal; required ones may then be missing. Raises
    CommandError for a file that can't be read, SettingsError for what is in it.
    """
    return read_settings(arguments.config, are_whole=are_whole)


def read_settings(config: str | None, *, are_whole: bool = True) -> Settings:
    """`load_settings` for a file's path, None for the usual one."""
    from srp_portal.settings import Settings

    return Settings.load(_ini_section(config), are_whole=are_whole)


def _ini_section(config: str | None) -> dict[str, str]:
    if config is None:
        if not Path(DEFAULT_INI).is_file():
            return {}
        config = DEFAULT_INI
    if not Path(config).is_file():
        raise CommandError(f"there is no file {config}")

    import plaster

    try:
        found = plaster.get_settings(config, SECTION)
    # Whatever the parser of the file raises, the file is what is wrong.
    except Exception as error:
        raise CommandError(f"{config} can't be read: {_one_line(error)}") from error
    if not found:
        raise CommandError(f"{config} has no section [{SECTION}]")
    return dict(found)


@contextlib.contextmanager
def open_portal(arguments: argparse.Namespace) -> Iterator[Portal]:
    """The portal that the settings describe, closed at the end."""
    from srp_portal.composition import compose

    portal = compose(load_settings(arguments))
    try:
        yield portal
    finally:
        portal.close()


@contextlib.contextmanager
def transaction(arguments: argparse.Namespace) -> Iterator[tuple[Portal, Session]]:
    """The portal with a session that is committed at the end, unless something was raised."""
    with open_portal(arguments) as portal, portal.session_factory.begin() as dbsession:
        yield portal, dbsession


def aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The lines of a table, its columns one below the other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def run(handler: Handler, arguments: argparse.Namespace) -> int:
    """Does a command and gives its exit status; what went wrong is one line on stderr."""
    with _log_to_stderr(arguments):
        try:
            return handler(arguments) or 0
        except KeyboardInterrupt:
            return 130
        except (Exception, SystemExit) as error:
            line = explain(error)
            if line is None:
                raise
            print(f"srp-portal: {line}", file=sys.stderr)
            return 1


def explain(error: BaseException) -> str | None:
    """One line for an error that is the user's or the surroundings'; None for a fault of ours."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    from srp_portal.domain.errors import DomainError
    from srp_portal.settings import SettingsError

    match error:
        case DomainError():
            return error.message
        case CommandError() | SettingsError():
            return _one_line(error)
        case DBAPIError():
            hint = " (is it migrated? srp-portal db upgrade)" if _is_about_tables(error) else ""
            return f"the database refuses: {_one_line(error.orig or error)}{hint}"
        case SQLAlchemyError() | OSError():
            return _one_line(error)
    return None


def _is_about_tables(error: Any) -> bool:
    # SQLite says so in words, PostgreSQL by its codes for an undefined table or column.
    code = getattr(error.orig, "sqlstate", None)
    return code in ("42P01", "42703") or "no such " in str(error.orig)


def _one_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


@contextlib.contextmanager
def _log_to_stderr(arguments: argparse.Namespace) -> Iterator[None]:
    """Warnings go to stderr while a command runs, and more with `--verbose`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    handler.addFilter(KeyMask())
    root.setLevel(logging.INFO if arguments.verbose else logging.WARNING)
    # Where a plugin failed; a library's debugging would say too much, and ESI's bodies with it.
    hooks = logging.getLogger("srp_portal.hooks")
    hooks_level = hooks.level
    if arguments.verbose:
        hooks.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(level)
        hooks.setLevel(hooks_level)
        root.removeHandler(handler)

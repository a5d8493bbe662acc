"""The fits of a folder, read again when a file has changed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from srp_portal.plugin import DivisionInfo, SettingError
from srp_portal_doctrine.accepted import Accepted, parse_accepted
from srp_portal_doctrine.eft import EftError, Fit, name_key, parse_fits

logger = logging.getLogger(__name__)

T = TypeVar("T")

_SUFFIXES = frozenset({".txt", ".eft"})
#: Longest file in bytes: thousands of fits.
_LONGEST_FILE = 1_000_000

#: Path, time of change in nanoseconds, size in bytes.
_Stamp = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class NamedFit:
    """A fit with the file that it is from, as a path below the folder."""

    fit: Fit
    file: str

    @property
    def place(self) -> str:
        """Where it begins, as `armor/hac.txt:12`."""
        return f"{self.file}:{self.fit.line}"


@dataclass(frozen=True, slots=True)
class Doctrines:
    """All fits. by_folder: by the key of a sub-folder's name, those of everybody under ``""``."""

    by_folder: Mapping[str, tuple[NamedFit, ...]] = field(default_factory=dict)
    accepted: Accepted = field(default_factory=dict)

    def of(self, division: DivisionInfo) -> tuple[NamedFit, ...]:
        """The division's own fits, then everybody's."""
        # A set: a division may be named like its number.
        own = sorted({name_key(division.name), str(division.id)})
        return tuple(fit for key in (*own, "") for fit in self.by_folder.get(key, ()))


class Library:
    """A folder of fits and perhaps a file of accepted modules; safe to use from several threads."""

    def __init__(self, folder: Path, accept: Path | None) -> None:
        self._folder = folder
        self._accept = accept
        self._lock = threading.Lock()
        self._stamps: tuple[_Stamp, ...] | None = None
        self._kept = Doctrines()
        self._complaint = ""

    def check(self) -> None:
        """Reads everything anew; raises SettingError for the first thing that is wrong."""
        stamps = self._present()
        kept = self._read()
        with self._lock:
            self._stamps, self._kept = stamps, kept

    def doctrines(self) -> Doctrines:
        """What the files say now, or what they said before somebody broke one; logs that once."""
        with self._lock:
            before, self._stamps = self._stamps, None
            try:
                # Kept before reading: a broken file is told once and not with each request.
                self._stamps = self._present()
                if self._stamps != before:
                    self._kept = self._read()
                    self._complaint = ""
            except SettingError as error:
                self._complain(str(error))
            return self._kept

    def _complain(self, complaint: str) -> None:
        if complaint != self._complaint:
            self._complaint = complaint
            logger.error("Fits stay as they were, since they can't be read: doctrine.%s", complaint)

    def _present(self) -> tuple[_Stamp, ...]:
        paths = [path for _, path in self._files()]
        if self._accept is not None:
            paths.append(self._accept)
        stamps = []
        for path in paths:
            try:
                found = path.stat()
            except OSError:
                # Reading it tells what is wrong.
                stamps.append((str(path), 0, -1))
            else:
                stamps.append((str(path), found.st_mtime_ns, found.st_size))
        return tuple(stamps)

    def _files(self) -> Iterator[tuple[str, Path]]:
        """Files of fits with the key of the sub-folder that they are in, in order of their names.

        What begins with a dot is left out: editors and version control keep such things.
        """
        if not self._folder.is_dir():
            raise SettingError("folder", f"must be a folder, not {self._folder}")
        divisions = []
        for path in _content(self._folder):
            if path.is_dir():
                divisions.append(path)
            elif path.suffix.lower() in _SUFFIXES:
                yield "", path
        for division in divisions:
            for path in _content(division):
                if path.is_dir():
                    # Left out in silence, its fits would seem to be there.
                    shown = path.relative_to(self._folder).as_posix()
                    raise SettingError("folder", f"{shown}: a division's folder holds files alone")
                if path.suffix.lower() in _SUFFIXES:
                    yield name_key(division.name), path

    def _read(self) -> Doctrines:
        found: dict[str, list[NamedFit]] = {}
        for key, path in self._files():
            shown = path.relative_to(self._folder).as_posix()
            fits = _parsed("folder", path, shown, parse_fits)
            found.setdefault(key, []).extend(NamedFit(fit, shown) for fit in fits)
        accepted: Accepted = {}
        if self._accept is not None:
            accepted = _parsed("accept", self._accept, str(self._accept), parse_accepted)
        return Doctrines({key: tuple(fits) for key, fits in found.items()}, accepted)


def _content(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise SettingError("folder", f"{folder} can't be read: {error.strerror}") from error


@lru_cache(maxsize=16)
def library_of(folder: Path, accept: Path | None) -> Library:
    """The library of a folder, one for all hooks and threads of this process."""
    return Library(folder, accept)


def _parsed(setting: str, path: Path, shown: str, parse: Callable[[str], T]) -> T:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LONGEST_FILE + 1)
    except OSError as error:
        raise SettingError(setting, f"{shown} can't be read: {error.strerror}") from error
    if len(content) > _LONGEST_FILE:
        raise SettingError(setting, f"{shown} is larger than {_LONGEST_FILE:,} bytes")
    try:
        return parse(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise SettingError(setting, f"{shown} is not UTF-8 text") from error
    except EftError as error:
        raise SettingError(setting, f"{shown}:{error.line}: {error.why}") from error

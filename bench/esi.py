"""The figures of the ESI layer: `python bench/esi.py`.

Everything happens on 127.0.0.1. Prints a table, and exits with 1 when a figure is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import esi_calls
import esi_refresh
from esi_figures import HEAD, Figure
from portals import tell

FOLDER = Path(__file__).resolve().parent


def ready(arguments: argparse.Namespace) -> Iterator[Figure]:
    """Clients in fresh processes, which have loaded their framework and `requests` already."""
    with Processes(arguments.repeats) as processes:
        ours = processes.median(sys.executable, "ours", None)
        both = {unit: ours[f"import_{unit}"] + ours[f"ready_{unit}"] for unit in ("s", "mb")}
        yield Figure("client ready from the shipped catalogue", both["s"] * 1000, "ms", 50)
        yield Figure("… of which `import srp_portal.esi`", ours["import_s"] * 1000, "ms")
        yield Figure("… of which client and first operation", ours["ready_s"] * 1000, "ms")
        yield Figure("memory for all of it", both["mb"], "MB", 10)
        yield Figure("… of which client and first operation", ours["ready_mb"], "MB")
        yield from _from_files(arguments, processes)
        yield from _peers(arguments, processes, ours)


def _from_files(arguments: argparse.Namespace, processes: Processes) -> Iterator[Figure]:
    files = {"Swagger 2.0": arguments.swagger, "OpenAPI 3.1": arguments.openapi}
    for name, path in files.items():
        label = f"client and first operation from a whole {name} file"
        if path is None:
            yield Figure(label, None, "s", 0.5, "no file given")
            continue
        found = processes.median(sys.executable, "ours", path)
        yield Figure(label, found["ready_s"], "s", 0.5, f"{path.stat().st_size / 1e6:.1f} MB")


def _peers(
    arguments: argparse.Namespace, processes: Processes, ours: dict[str, float]
) -> Iterator[Figure]:
    peers = (
        ("django-esi-7", arguments.peer7, arguments.swagger, "imported by its framework's start"),
        ("django-esi-10", arguments.peer10, arguments.openapi, ""),
    )
    for kind, python, path, how in peers:
        label = f"{kind}: client and first operation"
        if python is None or path is None:
            yield Figure(label, None, note="no environment or file given")
            continue
        found = processes.median(python, kind, path)
        ratio = f"{found['ready_s'] / ours['ready_s']:,.0f} times ours"
        yield Figure(label, found["ready_s"] * 1000, "ms", note=ratio)
        yield Figure("… memory", found["ready_mb"], "MB")
        yield Figure("… import before", found["import_s"] * 1000, "ms", note=how)
        yield Figure("… memory", found["import_mb"], "MB")


class Processes:
    """Fresh processes that find compiled modules, as an installed package has them."""

    def __init__(self, repeats: int) -> None:
        self._repeats = repeats
        self._folder = TemporaryDirectory()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def median(self, python: str, kind: str, path: Path | None) -> dict[str, float]:
        """Medians of what `esi_ready.py` says, after a first run that compiles and is not timed."""
        tell(f"starting {kind} {self._repeats + 1} times{f' with {path.name}' if path else ''}")
        command = [python, str(FOLDER / "esi_ready.py"), kind]
        if path is not None:
            command.append(str(path.resolve()))
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": self._folder.name}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        taken = [_run(command, environment) for _ in range(self._repeats + 1)][1:]
        return {name: statistics.median(each[name] for each in taken) for name in taken[0]}


def _run(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    """Prints a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--postgresql", metavar="URL", help="a server, without a database")
    parser.add_argument("--swagger", type=Path, metavar="FILE", help="a whole Swagger 2.0 of ESI")
    parser.add_argument("--openapi", type=Path, metavar="FILE", help="a whole OpenAPI 3.1 of ESI")
    parser.add_argument("--peer7", metavar="PYTHON", help="of an environment with django-esi 7")
    parser.add_argument("--peer10", metavar="PYTHON", help="of an environment with django-esi 10")
    arguments = parser.parse_args()
    missed = 0
    print(HEAD)
    for figure in _all(arguments):
        print(figure, flush=True)
        missed += figure.is_missed
    return 1 if missed else 0


def _all(arguments: argparse.Namespace) -> Iterator[Figure]:
    yield from ready(arguments)
    tell(f"making {arguments.calls} calls, and reading pages {arguments.repeats} times")
    yield from esi_calls.figures(arguments.calls, arguments.repeats)
    yield from esi_refresh.figures(arguments.postgresql)


if __name__ == "__main__":
    sys.exit(main())

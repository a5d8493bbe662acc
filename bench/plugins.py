"""What plugins cost a submission, an answer and the start: `python bench/plugins.py`.

The plugins are made here and ask no network, so that what is measured is the portal's own work for
them. Exits with 1 when a figure is missed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from portals import database, settings, tell

from srp_portal.plugin import API_VERSION, Flag, Killmail, ProposedModifier, hookimpl

if TYPE_CHECKING:
    from srp_portal.sandbox import Sandbox
    from srp_portal.testing.portal import PortalUnderTest

FIVE_MS = 5.0
SLEEPER_MS = 10.0
START_MS = 100.0
SLEEP_S = 5.0
#: Begins the names of the distributions that the start is measured with.
PREFIX = "bench-"
CHARACTER_ID = 2112000101
WARM_UP = 5

DISTRIBUTION = '''"""A plugin of bench/plugins.py."""

from srp_portal.plugin import Flag, ProposedModifier, Transformer, hookimpl

API_VERSION = {version}


@hookimpl
def payout_modifiers(killmail, division, submitter, context):
    yield ProposedModifier("relative", "0.01", "Bench")


@hookimpl
def review_flags(killmail, division, submitter):
    yield Flag("bench", "info", "Bench")


@hookimpl
def transformers(settings):
    yield Transformer("ship", "{name}", "https://bench.example/{{}}")


@hookimpl
def request_changed(event):
    pass


def page(request):
    return request.response


@hookimpl
def includeme(config):
    config.add_route("{name}", "/{name}/")
    config.add_view(page, route_name="{name}", permission="user")
'''


class Module:
    """A plugin that is its own entry point."""

    API_VERSION = API_VERSION
    dist = None

    def __init__(self, name: str) -> None:
        self.name = name

    def load(self) -> Any:
        """What the entry point gives."""
        return self


class Source(Module):
    """Knows every killmail, without asking anybody."""

    description = "https://bench.example/kill/1"
    hosts = ()

    def __init__(self) -> None:
        super().__init__("bench-source")
        now = datetime.now(UTC)
        self._killmail = Killmail(
            killmail_id=1,
            killmail_hash=None,
            url="https://bench.example/kill/1",
            timestamp=now - timedelta(hours=1),
            pilot_id=CHARACTER_ID,
            pilot="Mira Solenne",
            corporation_id=98000001,
            corporation="Bench",
            alliance_id=None,
            alliance=None,
            ship_id=22456,
            ship="Sabre",
            system_id=30001198,
            system="GE-8JV",
            constellation="9HXQ-G",
            region="Catch",
            value=Decimal("70000000.00"),
            verified=True,
            items=(),
            attackers=(),
            source="bench",
        )

    @hookimpl
    def killmail_sources(self) -> list[Any]:
        """Itself."""
        return [self]

    def matches(self, url: str) -> bool:
        """Takes its own links."""
        return url.startswith("https://bench.example/kill/")

    def fetch(self, url: str, context: object) -> Killmail:  # noqa: ARG002 - as the hook says
        """The killmail of that number."""
        return replace(self._killmail, killmail_id=int(url.rsplit("/", 1)[1]), url=url)


class Judge(Module):
    """Does at each submission what plugins do, but ask the network."""

    @hookimpl
    def validate_submission(self, killmail: Killmail) -> None:
        """Refuses nothing."""

    @hookimpl
    def base_payout(self, killmail: Killmail) -> None:
        """Leaves it to others."""

    @hookimpl
    def payout_modifiers(self, killmail: Killmail) -> Iterator[ProposedModifier]:
        """A bonus."""
        yield ProposedModifier("relative", Decimal("0.01"), f"{killmail.region} bonus")

    @hookimpl
    def review_flags(self, killmail: Killmail) -> Iterator[Flag]:
        """A flag."""
        yield Flag("bench", "info", f"{killmail.ship} lost")


class Sleeper(Module):
    """Takes its time whenever a request changes."""

    @hookimpl
    def request_changed(self, event: object) -> None:  # noqa: ARG002 - as the hook says
        """Sleeps."""
        time.sleep(SLEEP_S)


@dataclass
class Desk:
    """A portal with somebody who submits."""

    portal: PortalUnderTest
    ids: Iterator[int]

    def __post_init__(self) -> None:
        from srp_portal.testing.portal import csrf_token

        self.portal.make_user("pilot", characters=((CHARACTER_ID, "Mira Solenne"),))
        self._division = self.portal.make_division("Fleet", submit="pilot")
        self._browser = self.portal.login("pilot")
        self._token = csrf_token(self._browser.get("/logout/").text)

    def submit(self) -> float:
        """Submits a loss; milliseconds until the answer."""
        form = {
            "csrf_token": self._token,
            "url": f"https://bench.example/kill/{next(self.ids)}",
            "details": "Fleet fight.",
            "division": str(self._division),
        }
        began = time.perf_counter()
        self._browser.post("/request/add/", form, status=303)
        return (time.perf_counter() - began) * 1000


@contextmanager
def desk(kind: str, sandbox: Sandbox, plugins: list[Module]) -> Iterator[Desk]:
    """A desk of a portal with the source and these plugins, on a database of its own."""
    from srp_portal.models.engine import make_engine
    from srp_portal.services import migrations
    from srp_portal.testing.portal import PortalUnderTest

    with database(kind) as url:
        engine = make_engine(url)
        migrations.upgrade(engine)
        engine.dispose()
        portal = PortalUnderTest(url, sandbox, entry_points=[Source(), *plugins])
        try:
            yield Desk(portal, count(1))
        finally:
            portal.close()


def compared(plain: Desk, loaded: Desk, repeats: int) -> tuple[float, float, float]:
    """Median milliseconds of a submission at each desk, taking turns, and of the difference."""
    for each in (plain, loaded):
        for _ in range(WARM_UP):
            each.submit()
    pairs = [(plain.submit(), loaded.submit()) for _ in range(repeats)]
    return (
        statistics.median(first for first, _ in pairs),
        statistics.median(second for _, second in pairs),
        statistics.median(second - first for first, second in pairs),
    )


def submissions(
    kind: str, sandbox: Sandbox, plugins: list[Module], repeats: int
) -> tuple[float, float, float]:
    """`compared` of a portal with the source alone and one with these plugins as well."""
    with ExitStack() as stack:
        plain = stack.enter_context(desk(kind, sandbox, []))
        loaded = stack.enter_context(desk(kind, sandbox, plugins))
        return compared(plain, loaded, repeats)


def write_distributions(folder: Path, number: int) -> None:
    """Puts installed distributions with a plugin each into a folder."""
    for index in range(number):
        name, package = f"{PREFIX}{index}", f"srp_bench_{index}"
        source = DISTRIBUTION.format(version=API_VERSION, name=name)
        (folder / f"{package}.py").write_text(source)
        about = folder / f"{package}-1.0.dist-info"
        about.mkdir()
        about.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0")
        about.joinpath("entry_points.txt").write_text(f"[srp_portal]\n{name} = {package}\n")


def started(url: str, folder: Path | None) -> float:
    """Milliseconds from the start of a process to its application, with the folder's plugins."""
    command = [sys.executable, __file__, "--start", url, *([str(folder)] if folder else [])]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        said = process.stdout.readline() if process.stdout else b""
        took = (time.perf_counter() - began) * 1000
    if process.returncode or not said:
        raise SystemExit("the portal did not start")
    return took


def start(url: str, folder: str | None) -> None:
    """In a process of its own: makes the application and says with how many plugins."""
    from importlib.metadata import entry_points

    from srp_portal.composition import compose
    from srp_portal.settings import Settings
    from srp_portal.web.application import configure

    if folder is not None:
        sys.path.insert(0, folder)
    chosen = [each for each in entry_points(group="srp_portal") if each.name.startswith(PREFIX)]
    portal = compose(Settings.load(settings(url), {}), entry_points=chosen)
    configure(portal).make_wsgi_app()
    print(len(portal.plugins.names), flush=True)
    portal.close()


def starts(number: int, repeats: int) -> tuple[float, float, float]:
    """Milliseconds of the fastest start without plugins and with so many, and the difference.

    The fastest: whatever else the machine does can only make one slower.
    """
    with TemporaryDirectory() as name, database("sqlite") as url:
        folder = Path(name)
        write_distributions(folder, number)
        # Once more than is counted: modules are compiled the first time.
        pairs = [(started(url, None), started(url, folder)) for _ in range(repeats + 1)][1:]
    without, with_ = (min(each) for each in zip(*pairs, strict=True))
    return without, with_, with_ - without


def main() -> int:
    """Prints a line for each figure; the result is the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=100, help="submissions of each kind")
    parser.add_argument("--starts", type=int, default=9, help="starts of each kind")
    parser.add_argument("--postgresql", metavar="URL", help="submit on this server as well")
    parser.add_argument("--start", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.start:
        url, *folders = arguments.start
        start(url, folders[0] if folders else None)
        return 0

    from srp_portal.sandbox import Sandbox

    judges: list[Module] = [Judge(f"judge-{number}") for number in range(5)]
    figures: list[tuple[str, float, Callable[[], tuple[float, float, float]]]] = []
    with Sandbox() as sandbox:
        for kind in filter(None, ("sqlite", arguments.postgresql)):
            where = kind.split(":")[0].split("+")[0]
            for what, wanted, plugins in (
                ("five plugins judge a submission", FIVE_MS, judges),
                (f"a listener sleeps {SLEEP_S:g} s", SLEEPER_MS, [Sleeper("sleeper")]),
            ):
                figures.append(
                    (
                        f"{what}, {where}",
                        wanted,
                        lambda kind=kind, plugins=plugins: submissions(  # type: ignore[misc]
                            kind, sandbox, plugins, arguments.repeats
                        ),
                    )
                )
        figures.append(("start with 20 plugins", START_MS, lambda: starts(20, arguments.starts)))
        print("| what | without, ms | with, ms | more, ms | at most, ms | |")
        print("|---|---:|---:|---:|---:|---|")
        # All of them, also after one that is missed.
        missed = [what for what, *figure in figures if not measured(what, *figure)]
        return 1 if missed else 0


def measured(what: str, wanted: float, measure: Callable[[], tuple[float, float, float]]) -> bool:
    """Prints the line of a figure; whether it is as wanted."""
    tell(what)
    without, with_, more = measure()
    is_met = more <= wanted
    print(
        f"| {what} | {without:.1f} | {with_:.1f} | {more:.1f} | {wanted:g}"
        f" | {'' if is_met else 'missed'} |",
        flush=True,
    )
    return is_met


if __name__ == "__main__":
    sys.exit(main())

"""Fixtures for tests of the portal and of its plugins; pytest finds this module by itself.

Nothing of the portal is imported before a fixture asks for it: a plugin's plain unit tests stay
quick, and coverage sees every import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from srp_portal.plugin import Killmail
    from srp_portal.sandbox import Sandbox
    from srp_portal.testing.portal import Databases, PortalUnderTest


@pytest.fixture(scope="session")
def running_universe() -> Iterator[Sandbox]:
    """The sandbox, started once."""
    from srp_portal.sandbox import Sandbox

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def universe(running_universe: Sandbox) -> Sandbox:
    """The sandbox as it was at the start."""
    running_universe.reset()
    return running_universe


@pytest.fixture(scope="session")
def portal_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Makes databases, each a copy of a migrated one."""
    from srp_portal.testing.portal import Databases

    return Databases(tmp_path_factory.mktemp("databases"))


@pytest.fixture
def make_portal(
    universe: Sandbox, portal_databases: Databases
) -> Iterator[Callable[..., PortalUnderTest]]:
    """Makes portals on databases of their own: `make_portal({"srp.self_review": "true"})`."""
    from srp_portal.testing.portal import PortalUnderTest

    made: list[PortalUnderTest] = []

    def make(
        settings: dict[str, str] | None = None, database_url: str = "", **options: Any
    ) -> PortalUnderTest:
        url = database_url or portal_databases.sqlite()
        made.append(PortalUnderTest(url, universe, settings, **options))
        return made[-1]

    yield make
    for portal in made:
        portal.close()


@pytest.fixture
def portal(make_portal: Callable[..., PortalUnderTest]) -> PortalUnderTest:
    """A portal on a temporary database, with every installed plugin."""
    return make_portal()


@pytest.fixture
def make_killmail() -> Callable[..., Killmail]:
    """Makes killmails: `make_killmail(ship="Guardian")`."""
    from srp_portal.testing.killmails import make_killmail

    def make(**fields: Any) -> Killmail:
        return make_killmail(**fields)

    return make

"""What functional tests share: a counter of SQL statements, and a furnished portal."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import event


@dataclass
class Statements:
    """The SQL statements that ran meanwhile."""

    seen: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.seen)


@pytest.fixture
def count_statements():
    """`with count_statements(portal) as statements:` … `len(statements)`."""

    @contextmanager
    def counting(portal):
        statements = Statements()

        def note(connection, cursor, statement, parameters, context, executemany):
            if not statement.upper().startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
                statements.seen.append(statement)

        event.listen(portal.portal.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(portal.portal.engine, "before_cursor_execute", note)

    return counting


@dataclass
class House:
    """A portal with a pilot, a reviewer, a payer, an auditor, an administrator and a stranger."""

    portal: object
    division: int
    other_division: int
    users: dict[str, int]
    browsers: dict[str, object] = field(default_factory=dict)

    def __getattr__(self, name):
        if name not in self.users:
            raise AttributeError(name)
        if name not in self.browsers:
            self.browsers[name] = self.portal.login(name)
        return self.browsers[name]

    def losses(self, **wanted):
        """Losses of the pilot's characters that can be submitted by an ordinary link."""
        return [
            loss
            for loss in self.portal.sandbox.losses.values()
            if loss.character_id in self.character_ids and loss.zkb in ("slim", "full")
        ]

    @property
    def character_ids(self):
        return self.portal.character_ids

    def submit(self, index=0):
        """Submits the pilot's loss of that number; gives the request's id."""
        return self.portal.submit(self.pilot, self.losses()[index], self.division)

    def work(self, who, request_id, *, status=None, version=True, **form):
        """Sends a form on a request as somebody, with the version that they see."""
        browser, path = getattr(self, who), f"/request/{request_id}/"
        if version is True:
            version = browser.get(f"{path}?fmt=json").json["version"]
        if version is not None:
            form["version"] = str(version)
        return self.portal.post(
            browser, path, form, status=status, headers={"Accept": "application/json"}
        )

    def detail(self, who, request_id):
        """The request as somebody reads it."""
        return getattr(self, who).get(f"/request/{request_id}/?fmt=json").json


def furnish(portal) -> House:
    """A portal with people and two divisions."""
    characters = sorted(
        {
            loss.character_id
            for loss in portal.sandbox.losses.values()
            if loss.character_id and loss.zkb in ("slim", "full")
        }
    )[:4]
    portal.character_ids = frozenset(characters)
    users = {"pilot": portal.make_pilot("pilot", *characters)}
    for name in ("reviewer", "payer", "auditor", "admin", "stranger"):
        users[name] = portal.make_user(name)
    users["root"] = portal.make_user("root", is_admin=True)
    division = portal.make_division(
        "Fleet", submit="pilot", review="reviewer", pay="payer", audit="auditor", admin="admin"
    )
    other = portal.make_division("Home defence", submit="pilot")
    return House(portal, division, other, users)


@pytest.fixture
def house(portal) -> House:
    """A furnished portal on SQLite."""
    return furnish(portal)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_house(request, make_portal) -> House:
    """A furnished portal on each database."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    return furnish(make_portal(database_url=url))

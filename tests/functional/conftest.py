"""What functional tests share: a counter of SQL statements, and a furnished portal."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import orjson
import psycopg
import pytest
from sqlalchemy import event, select

from srp_portal.domain.lifecycle import Status
from srp_portal.domain.permissions import Permission
from srp_portal.models.engine import make_engine
from srp_portal.models.events import AuditEntry
from srp_portal.services import identities, migrations, review
from srp_portal.services.grants import EntityChoice, grant
from srp_portal.services.killmail_lookup import Loss
from srp_portal.services.outbox import Outbox
from srp_portal.services.request_work import Work
from srp_portal.services.submission import store_request
from srp_portal.testing.killmails import make_killmail
from srp_portal.testing.portal import ORIGIN, PortalUnderTest, csrf_token

#: The transitions that lead from a new request to each state, and whose they are.
WAYS = {
    "evaluating": (),
    "incomplete": (("reviewer", "incomplete"),),
    "rejected": (("reviewer", "rejected"),),
    "approved": (("reviewer", "approved"),),
    "paid": (("reviewer", "approved"), ("payer", "paid")),
}


JSON = {"Accept": "application/json"}


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
    tokens: dict[str, str] = field(default_factory=dict)
    killmail_ids: object = field(default_factory=lambda: count(200_000_001))

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

    def store(
        self,
        *,
        submitter="pilot",
        division=None,
        status="evaluating",
        details="Fleet fight.",
        base=None,
        modifiers=(),
        flags=(),
        at=None,
        **facts,
    ):
        """A request as if it had been submitted, without network; gives its id.

        facts: of the killmail. at: when it was submitted.
        """
        facts = {"pilot_id": min(self.character_ids), **facts}
        killmail = make_killmail(**{"killmail_id": next(self.killmail_ids), **facts})
        base = killmail.value if base is None else base
        with self.portal.writing() as dbsession:
            work = self._work(dbsession, submitter, killmail.killmail_id)
            store_request(
                dbsession,
                work.identity,
                Loss(killmail, base, tuple(modifiers), tuple(flags), {}),
                division_id=division or self.division,
                details=details,
                outbox=work.outbox,
                now=at or work.now,
            )
        self.bring(killmail.killmail_id, status)
        return killmail.killmail_id

    def grant(self, name, permission, division=None):
        """Gives somebody a permission, by default in the division of the house."""
        with self.portal.writing() as dbsession:
            grant(
                dbsession,
                "test",
                division or self.division,
                Permission(permission),
                EntityChoice(name=name),
                now=self.portal.clock(),
            )

    def bring(self, request_id, status):
        """Takes a new request to a state, by those who may."""
        for who, after in WAYS[status]:
            with self.portal.writing() as dbsession:
                review.change_status(self._work(dbsession, who, request_id), Status(after), "Why.")

    def _work(self, dbsession, who, request_id):
        now = self.portal.clock()
        settings = self.portal.portal.settings
        return Work(
            dbsession=dbsession,
            identity=identities.load_identity(
                dbsession, self.users[who], now=now, settings=settings
            ),
            outbox=Outbox(
                dbsession,
                subscribers=self.portal.portal.plugins.request_changed_subscribers,
                url_for=lambda id_: f"{ORIGIN}/request/{id_}/",
            ),
            now=now,
            request_id=request_id,
        )

    def log_in(self, *people):
        """Gives people browsers with tokens for forms."""
        for who in people:
            if who not in self.tokens:
                self.tokens[who] = csrf_token(getattr(self, who).get("/logout/").text)

    def post(self, who, path, form, *, headers=JSON, status="*", **options):
        """Sends a form as somebody, by default for JSON; any status is an answer."""
        self.log_in(who)
        form = {**form, "csrf_token": self.tokens[who]}
        return getattr(self, who).post(path, form, headers=headers, status=status, **options)

    def act(self, who, request_id, **form):
        """Sends a form on a request without any version; any status is an answer."""
        return self.post(who, f"/request/{request_id}/", form)

    def audited(self, request_id):
        """What the audit log says of a request, oldest first: (actor, action, refused, payload)."""
        with self.portal.reading() as dbsession:
            entries = dbsession.scalars(
                select(AuditEntry)
                .where(AuditEntry.request_id == request_id)
                .order_by(AuditEntry.id)
            )
            return [
                (entry.actor, entry.action, entry.is_refused, orjson.loads(entry.payload))
                for entry in entries
            ]

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


def furnished(portal) -> House:
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
    return furnished(portal)


@pytest.fixture(scope="session")
def furnish():
    """`furnish(portal)` puts people and divisions into a portal."""
    return furnished


@pytest.fixture(params=["sqlite", "postgresql"])
def any_house(request, make_portal) -> House:
    """A furnished portal on each database."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    return furnished(make_portal(database_url=url))


@pytest.fixture(scope="module")
def make_shared_house(running_universe, portal_databases):
    """Furnishes portals that all tests of a module share: `make_shared_house(settings)`."""
    made = []

    def make(settings=None, **options):
        made.append(
            PortalUnderTest(portal_databases.sqlite(), running_universe, settings, **options)
        )
        return furnished(made[-1])

    yield make
    for portal in made:
        portal.close()


@pytest.fixture(scope="module")
def shared_house(make_shared_house) -> House:
    """A furnished portal on SQLite, for tests that leave each other's requests alone."""
    return make_shared_house()


@pytest.fixture(scope="module")
def module_postgresql(postgresql_server):
    """The URL of a migrated PostgreSQL database for the tests of a module."""
    name = f"srp_test_{uuid.uuid4().hex[:12]}"
    plain = postgresql_server.replace("+psycopg", "")
    with psycopg.connect(f"{plain}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    engine = make_engine(f"{postgresql_server}/{name}")
    migrations.upgrade(engine)
    engine.dispose()
    yield f"{postgresql_server}/{name}"
    with psycopg.connect(f"{plain}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def make_any_shared_house(request, running_universe, portal_databases):
    """Furnishes portals on each database: `make_any_shared_house(settings)`."""
    if request.param == "sqlite":
        url = portal_databases.sqlite()
    else:
        url = request.getfixturevalue("module_postgresql")
    made = []

    def make(settings=None, **options):
        made.append(PortalUnderTest(url, running_universe, settings, **options))
        return furnished(made[-1])

    yield make
    for portal in made:
        portal.close()

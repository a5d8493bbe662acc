"""A portal for tests: the real application on a temporary database, beside a running sandbox."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from webtest import TestApp

    from srp_portal.hooks.loading import EntryPoint
    from srp_portal.sandbox import Loss, Sandbox

SECRET = "a-secret-for-tests-and-nothing-else"
PASSWORD = "correct horse battery staple"
ORIGIN = "http://localhost"

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class PortalUnderTest:
    """A running portal and what a test needs to fill and to ask it.

    It keeps its own clock when `now` is set. Accounts made here have the password PASSWORD.
    entry_points: of the plugins, None for the installed ones. submission_seconds: how long the
    look-ups of a submission may take.
    """

    def __init__(
        self,
        database_url: str,
        sandbox: Sandbox,
        settings: Mapping[str, str] | None = None,
        *,
        entry_points: Iterable[EntryPoint] | None = None,
        submission_seconds: float = 15.0,
    ) -> None:
        from srp_portal.composition import compose
        from srp_portal.settings import Settings
        from srp_portal.web.application import configure

        self.sandbox = sandbox
        self.now: datetime | None = None
        self.ini = settings_for(database_url, sandbox) | dict(settings or {})
        loaded = Settings.load(self.ini, {})
        self.portal = compose(
            loaded,
            clock=self.clock,
            entry_points=entry_points,
            submission_seconds=submission_seconds,
        )
        self._configurator = configure(self.portal)
        self.wsgi = self._configurator.make_wsgi_app()

    def clock(self) -> datetime:
        """The present time, or the one that the test chose."""
        return self.now or datetime.now(UTC)

    def close(self) -> None:
        """Ends threads and connections."""
        self.portal.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits."""
        with self.portal.session_factory.begin() as dbsession:
            yield dbsession

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only looks."""
        with self.portal.read_session_factory() as dbsession:
            yield dbsession

    def browser(self) -> TestApp:
        """A browser with no cookies yet."""
        from webtest import TestApp

        return TestApp(
            self.wsgi, extra_environ={"HTTP_HOST": "localhost", "SERVER_NAME": "localhost"}
        )

    def make_user(
        self, name: str, *, is_admin: bool = False, characters: tuple[tuple[int, str], ...] = ()
    ) -> int:
        """A local account with characters (id, name); gives its id."""
        from srp_portal.services.accounts import create_local_user, tie_character

        with self.writing() as dbsession, _quick_passwords():
            user = create_local_user(dbsession, name, PASSWORD, is_admin=is_admin, now=self.clock())
            for character_id, character in characters:
                tie_character(dbsession, user, character_id, character, now=self.clock())
            return user.id

    def make_pilot(self, name: str, *character_ids: int) -> int:
        """A local account with characters of the sandbox; gives its id."""
        known = self.sandbox.characters
        return self.make_user(
            name, characters=tuple((id_, known[id_].name) for id_ in character_ids)
        )

    def make_division(self, name: str, **grants: str | tuple[str, ...]) -> int:
        """A division and who holds what in it, as `review=("a", "b")`; gives its id."""
        from srp_portal.services.divisions import create_division

        with self.writing() as dbsession:
            division = create_division(dbsession, "test", name, now=self.clock())
        for permission, names in grants.items():
            for entity in (names,) if isinstance(names, str) else names:
                self.grant(division.id, permission, entity)
        return division.id

    def grant(self, division_id: int, permission: str, name: str) -> None:
        """Gives a user or a group a permission, by name."""
        from srp_portal.domain.permissions import Permission
        from srp_portal.services.grants import EntityChoice, grant

        with self.writing() as dbsession:
            grant(
                dbsession,
                "test",
                division_id,
                Permission(permission),
                EntityChoice(name=name),
                now=self.clock(),
            )

    def make_key(self, user_id: int) -> str:
        """An API key of the user's."""
        from srp_portal.services import apikeys

        with self.writing() as dbsession:
            return apikeys.create(
                dbsession, self.portal.secrets, user_id=user_id, actor="test", now=self.clock()
            ).key

    def login(self, name: str) -> TestApp:
        """A browser in which a local account is logged in, without the way through the form."""
        from srp_portal.services import sessions
        from srp_portal.services.accounts import find_user
        from srp_portal.web.security.credentials import SESSION_COOKIE

        with self.writing() as dbsession:
            user = find_user(dbsession, name)
            session_id = sessions.start(
                dbsession,
                self.portal.secrets,
                user_id=user.id,
                method="local",
                now=self.clock(),
            )
        browser = self.browser()
        browser.set_cookie(SESSION_COOKIE, session_id)
        return browser

    def login_by_form(self, name: str, password: str = PASSWORD) -> TestApp:
        """A browser in which somebody logged in with name and password."""
        browser = self.browser()
        form = {
            "username": name,
            "password": password,
            "csrf_token": csrf_token(browser.get("/login/").text),
        }
        browser.post("/login/local/", form, status=303)
        return browser

    def login_with_eve(self, character_id: int, browser: TestApp | None = None) -> TestApp:
        """A browser in which somebody logged in by EVE SSO as a character of the sandbox."""
        browser = browser or self.browser()
        away = browser.get("/login/eve/", status=303)
        callback = self.sandbox.approve(away.location, character_id)
        browser.get(callback.removeprefix(ORIGIN), status=303)
        return browser

    def post(self, browser: TestApp, path: str, form: Mapping[str, Any], **options: Any) -> Any:
        """Sends a form with a valid CSRF token."""
        token = csrf_token(browser.get("/logout/").text)
        return browser.post(path, {**form, "csrf_token": token}, **options)

    def submit(
        self, browser: TestApp, loss: Loss, division_id: int, details: str = "Fleet fight."
    ) -> int:
        """Submits a loss of the sandbox by its zKillboard link; gives the request's id."""
        form = {"url": loss.zkb_url, "details": details, "division": str(division_id)}
        self.post(browser, "/request/add/", form, status=303)
        return loss.killmail_id

    def decide(self, browser: TestApp, request_id: int, status: str, note: str = "") -> None:
        """Gives a request another status, such as `approved` or `paid`, by its page's form."""
        form = {"id_": "action", "type_": status, "note": note}
        self.post(browser, f"/request/{request_id}/", form, status=303)

    def tell_plugins(self) -> None:
        """Waits until plugins were told, once at least, of all that has happened.

        Raises AssertionError after 10 seconds.
        """
        from sqlalchemy import select

        from srp_portal.models.events import DeliveryState, OutboxDelivery

        untold = select(OutboxDelivery.id).where(
            OutboxDelivery.state == DeliveryState.PENDING.value, OutboxDelivery.last_error == ""
        )
        ends_at = time.monotonic() + 10
        while True:
            self.portal.delivery.deliver_due()
            with self.reading() as dbsession:
                # Another thread may be about to tell it.
                if dbsession.scalar(untold.limit(1)) is None:
                    return
            if time.monotonic() > ends_at:
                raise AssertionError("a plugin does not come to an end with an event")
            time.sleep(0.01)


@contextmanager
def _quick_passwords() -> Iterator[None]:
    """Hashes PASSWORD with little work: argon2's cost is for attackers, not for tests."""
    from argon2 import PasswordHasher

    from srp_portal.services import passwords

    usual = passwords._HASHER  # noqa: SLF001 - the one seam there is
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # noqa: SLF001
    try:
        yield
    finally:
        passwords._HASHER = usual  # noqa: SLF001


def csrf_token(page: str) -> str:
    """The token in a page's form."""
    found = _CSRF.search(page)
    if found is None:
        raise AssertionError("the page holds no form with a CSRF token")
    return found[1]


def settings_for(database_url: str, sandbox: Sandbox) -> dict[str, str]:
    """Settings of a portal beside a running sandbox."""
    services = sandbox.settings()
    return {
        "sqlalchemy.url": database_url,
        "srp.secret": SECRET,
        "srp.sandbox": "true",
        "esi.sso_callback_url": f"{ORIGIN}/sso/callback",
        "esi-killmail.base_url": services["esi.base_url"],
        # Each test has an application of its own; compiling the templates would be half its time.
        "jinja2.bytecode_caching": "true",
        **services,
    }


class Databases:
    """Makes databases for tests: migrated once, copied for each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite"
        self._count = 0

    def sqlite(self) -> str:
        """The URL of a new, migrated SQLite database."""
        if not self._template.exists():
            _migrate(f"sqlite:///{self._template}")
        self._count += 1
        path = self._folder / f"portal-{self._count}.sqlite"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"


def _migrate(url: str) -> None:
    from srp_portal.models.engine import make_engine
    from srp_portal.services import migrations

    engine = make_engine(url)
    try:
        migrations.upgrade(engine)
        with engine.connect() as connection:
            # A copy of the file alone must be the whole database.
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    finally:
        engine.dispose()

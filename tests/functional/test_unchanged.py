"""A 304 is said again without asking who asks, but never after anything has changed."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from pyramid.httpexceptions import HTTPNotModified
from sqlalchemy import text, update

from srp_portal.models.access import ApiKey
from srp_portal.models.engine import make_engine, writing
from srp_portal.models.snapshots import DatabaseSnapshots
from srp_portal.plugin import hookimpl

PATH = "/request/all/?fmt=rss"
RENAME = text("UPDATE divisions SET name = 'Renamed', name_key = 'renamed' WHERE id = :id")
#: On PostgreSQL whatever else the server does counts as a change, so several tries are fair.
TRIES = 20


@pytest.fixture
def program(any_house):
    """Asks with a reviewer's key and the tag that it had last, as feed readers do."""
    house = any_house
    house.store()
    key = house.portal.make_key(house.users["reviewer"])
    house.portal.browser().get(f"{PATH}&apikey={key}")  # notes its first use
    return Program(house, key)


class Program:
    def __init__(self, house, key):
        self.house, self.key = house, key
        self.path = f"{PATH}&apikey={key}"
        self.browser = house.portal.browser()
        self.etag = self.browser.get(self.path).headers["ETag"]
        self.ask(304)

    def ask(self, status, **headers):
        sent = {"If-None-Match": self.etag, **headers}
        answer = self.browser.get(self.path, headers=sent, status="*")
        assert answer.status_int == status
        return answer


def test_304_when_nothing_was_committed_is_said_again_without_a_statement(
    program, count_statements
):
    first = program.ask(304)
    for _ in range(TRIES):
        with count_statements(program.house.portal) as statements:
            again = program.ask(304)
        assert dict(again.headers) == dict(first.headers)
        assert again.body == b""
        if not statements.seen:
            break
    else:
        raise AssertionError("every answer was made anew")


def test_304_when_a_request_comes_in_is_no_more(program):
    for _ in range(3):
        program.ask(304)
        program.house.store()
        answer = program.ask(200)
        assert answer.headers["ETag"] != program.etag
        program.etag = answer.headers["ETag"]


def test_304_when_another_process_commits_is_no_more(program):
    program.ask(304)
    url = program.house.portal.portal.settings.sqlalchemy_url
    elsewhere = make_engine(url)
    with writing(elsewhere).begin() as connection:
        connection.execute(RENAME, {"id": program.house.division})
    elsewhere.dispose()
    assert "Renamed" in program.ask(200).text


def test_304_when_something_is_written_and_not_committed_is_right_before_and_after(program):
    engine = writing(program.house.portal.portal.engine)
    with engine.connect() as connection, connection.begin():
        connection.execute(RENAME, {"id": program.house.division})
        program.ask(304)
        program.ask(304)
    program.ask(200)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("UPDATE api_keys SET revoked_at = created_at", 401),
        ("DELETE FROM api_keys", 401),
        ("UPDATE users SET is_disabled = true", 401),
        ("DELETE FROM grants", 403),
    ],
)
def test_304_when_the_right_to_it_goes_is_no_more(program, change, status):
    program.ask(304)
    with program.house.portal.writing() as dbsession:
        dbsession.execute(text(change))
    program.ask(status)


def test_304_when_the_key_ends_by_time_alone_is_no_more(program):
    house = program.house
    now = house.portal.now = house.portal.clock()
    with house.portal.writing() as dbsession:
        dbsession.execute(
            update(ApiKey).values(expires_at=now + timedelta(minutes=1), last_used_at=now)
        )
    for _ in range(3):
        program.ask(304)
    house.portal.now = now + timedelta(seconds=59)
    program.ask(304)
    house.portal.now = now + timedelta(minutes=1)
    program.ask(401)


def test_304_when_said_again_and_again_notes_the_use_of_the_key_all_the_same(program):
    portal = program.house.portal

    def last_used():
        with portal.reading() as dbsession:
            return str(dbsession.scalar(text("SELECT last_used_at FROM api_keys")))

    before = last_used()
    now = portal.now = portal.clock() + timedelta(minutes=6)
    program.ask(304)
    assert last_used() != before
    program.ask(304)
    portal.now = now + timedelta(minutes=4)
    noted = last_used()
    program.ask(304)
    assert last_used() == noted


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": 'W/"another"'},
        {"Accept": "application/json"},
        {"Host": "elsewhere.example.com"},
    ],
)
def test_304_when_the_request_is_another_is_decided_anew(program, headers):
    program.ask(304)
    path = program.path.replace("fmt=rss&", "")
    known = {"If-None-Match": program.etag}
    answer = program.browser.get(path, headers={**known, **headers}, status="*")
    assert answer.status_int == 200


def test_304_when_somebody_else_asks_with_the_same_tag_is_theirs_to_be_refused(program):
    program.ask(304)
    known = {"If-None-Match": program.etag}
    house = program.house
    assert house.portal.browser().get(PATH, headers=known, status="*").status_int == 401
    stranger = house.portal.make_key(house.users["stranger"])
    path = f"{PATH}&apikey={stranger}"
    assert house.portal.browser().get(path, headers=known, status="*").status_int == 403


class Page:
    """A plugin with a page that is decided by more than the database."""

    API_VERSION = 1
    name = "page"
    dist = None
    asked = 0

    def load(self):
        return self

    @hookimpl
    def includeme(self, config):
        config.add_route("page", "/page/")
        config.add_view(self.view, route_name="page", permission="user")

    def view(self, request):
        self.asked += 1
        return HTTPNotModified(etag="always")


def test_304_of_a_page_that_says_nothing_is_made_each_time(make_portal):
    page = Page()
    portal = make_portal(entry_points=[page])
    key = portal.make_key(portal.make_user("ada"))
    for _ in range(4):
        path, known = f"/page/?apikey={key}", {"If-None-Match": '"always"'}
        assert portal.browser().get(path, headers=known).status_int == 304
    assert page.asked == 4


def test_file_when_a_browser_has_it_asks_the_database_nothing(portal, monkeypatch):
    def fail(self):
        raise AssertionError("asked")

    monkeypatch.setattr(DatabaseSnapshots, "present", fail)
    known = {"If-None-Match": '"x"'}
    assert portal.browser().get("/static/css/base.css", headers=known).status_int == 200
    assert portal.browser().get("/health/live", headers=known).status_int == 200


def test_snapshot_when_the_connection_breaks_is_unknown_once_and_another_one_then(any_house):
    snapshots = DatabaseSnapshots(any_house.portal.portal.engine)
    before = snapshots.present()
    assert before is not None
    snapshots._connection.close()
    assert snapshots.present() is None
    assert snapshots.present() not in (None, before)


def test_snapshot_when_the_process_forks_is_the_childs_own(any_house):
    snapshots = DatabaseSnapshots(any_house.portal.portal.engine)
    assert snapshots.present() is not None
    connection = snapshots._connection
    snapshots._process = os.getpid() + 1
    assert snapshots.present() is not None
    assert snapshots._connection is not connection
    connection.close()

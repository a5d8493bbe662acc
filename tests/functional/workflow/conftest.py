"""What the tests of the work on requests share: a plugin of their own, and a list to filter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from html import unescape
from importlib.metadata import entry_points
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from srp_portal.models.events import OutboxEvent
from srp_portal.models.killmails import Killmail
from srp_portal.models.requests import SrpRequest
from srp_portal.plugin import hookimpl


class Judge:
    """A plugin whose hooks do what a test assigns: `judge.base_payout = lambda killmail: …`."""

    API_VERSION = 1
    name = "judge"
    dist = None

    def __init__(self):
        self.forget()

    def forget(self):
        """Answers nothing any more."""
        nothing = dict.fromkeys(("base", "modifiers", "flags", "panels", "validate", "changed"))
        vars(self).update(nothing)

    def load(self):
        """The judge is its own entry point."""
        return self

    @hookimpl
    def base_payout(self, killmail, division, context):
        return self.base and self.base(killmail, context)

    @hookimpl
    def payout_modifiers(self, killmail, division, submitter, context):
        return self.modifiers and self.modifiers(killmail, submitter, context)

    @hookimpl
    def review_flags(self, killmail, division, submitter, context):
        return self.flags and self.flags(killmail, submitter, context)

    @hookimpl
    def request_panels(self, killmail, division, context):
        return self.panels and self.panels(killmail, context)

    @hookimpl
    def validate_submission(self, killmail, division, submitter, context):
        return self.validate and self.validate(killmail, submitter, context)

    @hookimpl
    def request_changed(self, event, context):
        return self.changed and self.changed(event)


#: The plugins that fetch killmails.
SOURCES = ("esi-killmail", "zkillboard")

#: ESI that gives up at once: outages on purpose should not take the seconds that real ones deserve.
IMPATIENT = {
    "esi.connection_error_max_retries": "0",
    "esi.server_error_max_retries": "0",
    "esi.server_error_backoff_factor": "0.01",
}


@dataclass(frozen=True)
class Installed:
    """The plugin of the tests' own, beside the sources that the portal comes with.

    Not beside all that happen to be installed: they flag, pay and listen as well.
    """

    judge: Judge = field(default_factory=Judge)

    @property
    def entry_points(self):
        sources = [each for each in entry_points(group="srp_portal") if each.name in SOURCES]
        return [*sources, self.judge]


@pytest.fixture
def plugin():
    """A plugin for a portal of a test's own: `make_portal(entry_points=plugin.entry_points)`."""
    return Installed()


@pytest.fixture(scope="module")
def judged_house(make_shared_house):
    """A furnished portal with a plugin of the tests' own, `house.judge`."""
    installed = Installed()
    house = make_shared_house(
        IMPATIENT, entry_points=installed.entry_points, submission_seconds=1.5
    )
    house.judge = installed.judge
    return house


@pytest.fixture
def judge(judged_house):
    """The plugin of the tests' own, which does nothing yet."""
    judged_house.judge.forget()
    return judged_house.judge


class Desk:
    """Where pilots submit: sends the form, and looks what came of it."""

    path = "/request/add/"

    def __init__(self, house):
        self._house = house

    def submit(self, url, who="pilot", accept="application/json", **fields):
        """Sends the form; any status is an answer."""
        form = {"url": url, "details": "Fleet fight.", "division": str(self._house.division)}
        return self._house.post(who, self.path, {**form, **fields}, headers={"Accept": accept})

    def stored(self):
        """How much there is of everything that a submission writes."""
        with self._house.portal.reading() as dbsession:
            return [
                dbsession.scalar(select(func.count()).select_from(model))
                for model in (SrpRequest, Killmail, OutboxEvent)
            ]

    def refuses(self, url, status, *words, who="pilot", **fields):
        """Refuses in JSON and HTML, with these words, keeps what was typed and stores nothing."""
        before = self.stored()
        answer = self.submit(url, who, **fields)
        assert (answer.status_int, answer.json["code"]) == (status, status)
        assert answer.json.get("field") == ("url" if status == 422 else None)
        page = self.submit(url, who, accept="text/html", **fields)
        assert page.status_int == status
        for word in words:
            assert word in answer.json["description"]
            assert word in unescape(page.text)
        if status != 403:
            form = page.forms["submission"]
            assert form["url"].value == url.strip()
            assert form["details"].value == fields.get("details", "Fleet fight.")
        if status == 422:
            assert 'id="field-url-error"' in page.text
        assert self.stored() == before


@pytest.fixture
def desk(judged_house, judge, universe):
    """Submissions to the house with the plugin of the tests' own, and the sandbox as it was."""
    return Desk(judged_house)


@pytest.fixture
def pilot_id(judged_house):
    """A character of the pilot's."""
    return min(judged_house.character_ids)


SETTINGS = {"srp.page_size": "2"}


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


#: Six requests, by letter; `f` is in another division.
ROWS = {
    "a": {
        "status": "evaluating", "base": "10000000.00", "at": "2014-07-09T19:43:58.126158",
        "timestamp": "2014-07-02T19:26:00", "pilot": "Ærøskøbing Ýr", "ship": "Guardian",
        "system": "WD-VTV", "region": "Catch", "corporation": "Dreddit",
        "details": "Stood in the bubble, died to 100% lag",
    },
    "b": {
        "status": "incomplete", "base": "20000000.00", "at": "2015-01-01T00:00:00",
        "timestamp": "2014-12-31T23:59:59", "pilot": "Straße", "ship": "Rifter",
        "system": "WD-VTV", "region": "Catch", "corporation": "A, B & Co/Sons",
        "details": "Bubble trouble under_score",
    },
    "c": {
        "status": "approved", "base": "20000000.00", "at": "2015-03-14T15:09:26",
        "timestamp": "2015-01-01T00:00:00", "pilot": "-Dash >Bound", "ship": "Rifter",
        "system": "Jita", "region": "The Forge", "corporation": "Dreddit",
        "details": "Ganked in Jita. Überfall auf Öl",
    },
    "d": {
        "status": "rejected", "base": "0.01", "at": "2016-02-29T12:00:00",
        "timestamp": "2015-03-14T15:09:26", "pilot": "Ελληνικός", "ship": "Capsule",
        "system": "Jita", "region": "The Forge", "corporation": "100% Ünited",
        "details": "back\\slash and rss.xml", "alliance": None, "alliance_id": None,
    },
    "e": {
        "status": "paid", "base": "999999999999.99", "at": "2016-03-01T00:00:00",
        "timestamp": "2016-02-29T12:00:00", "pilot": "rss.xml", "ship": "Obelisk",
        "system": "Jita", "region": "The Forge", "corporation": "dreddit",
        "details": "Freighter",
        # As long as a source's words may be.
        "source": "S" * 200, "values": {"v" * 64: Decimal("1000000000000.00")}, "raw": "[]",
        "security": Decimal("-0.12345678901234567890123456789012345"),
    },
    "f": {
        "status": "approved", "base": "5.00", "at": "2016-04-01T00:00:00",
        "timestamp": "2016-03-31T00:00:00", "pilot": "Paxswill", "ship": "Guardian",
        "system": "WD-VTV", "region": "Catch", "corporation": "Dreddit", "details": "Home",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def listed_house(make_any_shared_house):
    house = make_any_shared_house(SETTINGS)
    comma = house.portal.make_division(
        "Dréads, Capitals/Supers", submit="pilot", review="reviewer", pay="payer"
    )
    house.letters = {}
    for letter, row in ROWS.items():
        division = comma if letter == "f" else house.division
        facts = {
            **row,
            "base": Decimal(row["base"]),
            "timestamp": moment(row["timestamp"]),
            "at": moment(row["at"]),
        }
        house.letters[house.store(division=division, **facts)] = letter
    house.found = partial(found, house)
    house.in_url = in_url
    return house


def in_url(path):
    """A path as a browser sends it; what is encoded already stays as it is."""
    return quote(path, safe="/%?=&,:<>+-")


def found(house, path, who="reviewer"):
    """The letters of the requests that a list shows, in its order."""
    answer = getattr(house, who).get(
        f"/request/{path}", headers={"Accept": "application/json"}, status="*"
    )
    assert answer.status_int == 200, (answer.status, answer.text)
    assert answer.json["request_count"] == len(answer.json["requests"])
    return "".join(house.letters[row["id"]] for row in answer.json["requests"])

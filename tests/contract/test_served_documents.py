"""The published documents as the running portal serves them, from rows in its database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import select

from srp_portal.domain.text import name_key
from srp_portal.models.access import ApiKey
from srp_portal.models.divisions import Division, Grant
from srp_portal.models.events import AuditEntry
from srp_portal.models.killmails import Killmail
from srp_portal.models.requests import Action, Modifier, SrpRequest
from srp_portal.models.users import User

Check = Callable[[bytes, str], None]

KEY = "dVbP0_SCPS12LnLpIZoJvemzeUUOOUErT7nojbJW4_I,"
#: What tells the two published requests apart: id, payout, details, submission, kill, ship, place.
LOSSES = (
    (
        39861569,
        "40000000.00",
        "I literally forgot how to broadcast for armor.",
        "2014-07-09T19:43:58.126158",
        "2014-07-02T19:26:00",
        "Guardian",
        ("WD-VTV", "UX3-N2", "Catch"),
    ),
    (
        39697412,
        "9158708.44",
        "crest mail?",
        "2014-07-09T09:12:19.250893",
        "2014-06-23T16:06:00",
        "Tristan",
        ("Hikkoken", "Ishaga", "Black Rise"),
    ),
)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def add_request(dbsession: Any, loss: Any) -> None:
    id_, payout, details, submitted, killed, ship, (system, constellation, region) = loss
    url = f"https://zkillboard.com/kill/{id_}/"
    facts = {
        "killed_at": moment(killed),
        "pilot_id": 570140137,
        "pilot": "Paxswill",
        "corporation_id": 1018389948,
        "corporation": "Dreddit",
        "alliance_id": 498125261,
        "alliance": "Test Alliance Please Ignore",
        "ship_id": 11987,
        "ship": ship,
        "system": system,
        "constellation": constellation,
        "region": region,
    }
    dbsession.add(
        Killmail(id=id_, url=url, source="test", system_id=1, fetched_at=moment(submitted), **facts)
    )
    dbsession.flush()
    named = ("pilot", "corporation", "alliance", "ship", "system", "constellation", "region")
    dbsession.add(
        SrpRequest(
            id=id_,
            submitter_id=1,
            division_id=1,
            status="paid",
            base_payout=Decimal(payout),
            payout=Decimal(payout),
            version=6,
            details=details,
            submitted_at=moment(submitted),
            changed_at=moment(submitted),
            killmail_url=url,
            **facts,
            **{f"{name}_key": name_key(facts[name]) for name in named},
        )
    )
    dbsession.flush()


@pytest.fixture
def published(make_portal: Callable[..., Any]) -> Any:
    """A portal with the published data; the submitter reviews and pays as well."""
    portal = make_portal({"srp.self_review": "true"})
    now = moment("2014-07-10T07:00:00")
    portal.now = now
    # Made before any browser asked for something, so that the ids are the published ones.
    with portal.writing() as dbsession:
        dbsession.add(
            User(id=1, kind="local", name="paxswill", name_key="paxswill", created_at=now)
        )
        dbsession.add(
            Division(id=1, name="Test Alliance", name_key="test alliance", created_at=now)
        )
        dbsession.flush()
        for permission in ("submit", "pay"):
            dbsession.add(Grant(division_id=1, permission=permission, user_id=1, created_at=now))
        for loss in LOSSES:
            add_request(dbsession, loss)
        for id_, kind, note, created in (
            (1, "approved", "Good to go.", "2014-07-09T19:58:56.524278"),
            (2, "paid", "", "2014-07-10T06:37:09.242568"),
        ):
            at = moment(created)
            dbsession.add(
                Action(id=id_, request_id=39861569, user_id=1, type=kind, note=note, created_at=at)
            )
        dbsession.add(
            Modifier(
                id=1,
                request_id=39861569,
                user_id=1,
                kind="relative",
                ratio=Decimal("0.15"),
                note="You're awesome!",
                created_at=moment("2014-07-09T19:50:10.909394"),
                voided_at=moment("2014-07-09T19:58:00.069323"),
                voided_by_id=1,
            )
        )
        secrets = portal.portal.secrets
        dbsession.add(
            ApiKey(
                id=6,
                user_id=1,
                digest=secrets.digest("apikey", KEY),
                encrypted_key=secrets.encrypt("apikey", KEY),
                created_at=moment("2014-07-10T06:48:51.167054"),
            )
        )
    return portal


@pytest.mark.parametrize(
    ("path", "name"), [("/request/personal/", "personal"), ("/request/39861569/", "detail")]
)
def test_documents_are_the_published_ones(
    path: str, name: str, published: Any, is_published_json: Check, is_published_xml: Check
) -> None:
    browser = published.browser()
    is_published_json(browser.get(f"{path}?apikey={KEY}&fmt=json").body, name)
    is_published_xml(browser.get(f"{path}?apikey={KEY}&fmt=xml").body, name)


@pytest.mark.parametrize("fmt", ["json", "xml", "rss", "atom", "csv"])
def test_list_when_polled_again_is_304(fmt: str, published: Any) -> None:
    browser = published.browser()
    path = f"/request/personal/?apikey={KEY}&fmt={fmt}"
    first = browser.get(path)
    assert first.headers["Vary"] == "Accept, Cookie"
    assert first.headers["Cache-Control"].startswith("private")
    again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_int, again.body) == (304, b"")


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("/request/personal/rss.xml", "rss"),
        ("/request/personal/ship/Guardian/rss.xml", "rss"),
        ("/request/personal/atom.xml", "feed"),
        ("/request/personal/rss.xml?fmt=xml", "response"),
    ],
)
def test_feeds_are_at_their_own_addresses(path: str, root: str, published: Any) -> None:
    separator = "&" if "?" in path else "?"
    response = published.browser().get(f"{path}{separator}apikey={KEY}")
    assert etree.QName(etree.fromstring(response.body)).localname == root


@pytest.mark.parametrize("fmt", ["html", "json", "xml", "rss"])
@pytest.mark.parametrize("path", ["/request/personal/", "/login/", "/nowhere/"])
def test_bad_key_is_401_everywhere(path: str, fmt: str, published: Any) -> None:
    published.browser().get(f"{path}?apikey={KEY[:-2]}A,&fmt={fmt}", status=401)


@pytest.mark.parametrize("fmt", ["html", "json", "xml"])
def test_refusal_is_403_and_audited(fmt: str, published: Any) -> None:
    published.make_user("nobody")
    browser = published.login("nobody")
    browser.get(f"/request/39861569/?fmt={fmt}", status=403)
    with published.reading() as dbsession:
        entry = dbsession.scalars(
            select(AuditEntry).where(AuditEntry.is_refused).order_by(AuditEntry.id.desc())
        ).first()
    assert (entry.actor, entry.subject_type, entry.request_id) == ("nobody", "request", 39861569)


def test_refused_post_is_audited_and_stores_nothing(published: Any) -> None:
    published.make_user("nobody")
    browser = published.login("nobody")
    form = {"id_": "action", "type_": "evaluating", "note": "let me in"}
    published.post(browser, "/request/39861569/", form, status=403)
    with published.reading() as dbsession:
        assert dbsession.get(SrpRequest, 39861569).status == "paid"
        refused = dbsession.scalars(select(AuditEntry).where(AuditEntry.is_refused)).all()
    assert len(refused) == 1


@pytest.mark.parametrize("path", ["/x%FF", "/request/personal/%00", "/login/?next=%FF"])
def test_address_that_is_no_text_is_400_in_the_design_of_the_site(
    path: str, published: Any
) -> None:
    assert "400" in published.browser().get(path, status=400).html.main.text


def test_anonymous_browser_goes_to_the_login_and_comes_back(published: Any) -> None:
    response = published.browser().get("/request/pending/ship/Rifter", status=303)
    assert response.location.endswith("/login/?next=%2Frequest%2Fpending%2Fship%2FRifter")


@pytest.mark.parametrize("fmt", ["json", "xml", "rss"])
def test_anonymous_program_is_told_401(fmt: str, published: Any) -> None:
    published.browser().get(f"/request/pending/?fmt={fmt}", status=401)

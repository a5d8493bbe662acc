"""docs/api.md: its calls are made with curl, and what it lists is what there is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from lxml import etree

from srp_portal.domain.filter_kinds import KINDS
from srp_portal.domain.filter_lists import LIST_STATUSES
from srp_portal.services import apikeys, identities
from srp_portal.services.killmail_lookup import Loss
from srp_portal.services.outbox import Outbox
from srp_portal.services.submission import store_request
from srp_portal.testing.killmails import make_killmail
from srp_portal.web.openapi.addresses import addresses
from srp_portal.web.openapi.served import served_views
from srp_portal.web.representation.error_table import DOMAIN_STATUSES, SENTENCES
from srp_portal.web.representation.request_documents import SCALAR_KEYS

PAGE = "docs/api.md"
HOST = "srp.example.com"
KEY = "dVbP0_SCPS12LnLpIZoJvemzeUUOOUErT7nojbJW4_I,"
#: Stands before the output of each command, so that it can be told from the others'.
MARK = "--- command "


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def site(make_portal):
    """The portal of the examples: EVE-SRP's published request, made by the portal itself."""
    portal = make_portal({"srp.self_review": "true"})
    portal.now = at("2014-07-09T19:43:58.126158")
    portal.make_user("paxswill", characters=((570140137, "Paxswill"),))
    rights = dict.fromkeys(("submit", "review", "pay"), "paxswill")
    portal.make_division("Test Alliance", **rights)
    store(portal, Decimal("40000000.00"))
    browser = portal.login("paxswill")
    for moment, form in (
        ("2014-07-09T19:50:10.909394", {"id_": "modifier", "type_": "rel-bonus", "value": "15",
                                        "note": "You're awesome!"}),
        ("2014-07-09T19:58:00.069323", {"id_": "void", "modifier_id": "1"}),
        ("2014-07-09T19:58:56.524278", {"id_": "action", "type_": "approved",
                                        "note": "Good to go."}),
        ("2014-07-10T06:37:09.242568", {"id_": "action", "type_": "paid", "note": ""}),
    ):  # fmt: skip
        portal.now = at(moment)
        portal.post(browser, "/request/39861569/", form, status=303)
    portal.now = at("2014-07-10T06:48:51.167054")
    with portal.writing() as dbsession:
        apikeys.create(
            dbsession,
            portal.portal.secrets,
            user_id=1,
            actor="test",
            key=KEY,
            now=portal.now,
        )
    return portal


def store(portal, base):
    """Stores the loss as if it had been submitted, without network."""
    killmail = make_killmail()
    with portal.writing() as dbsession:
        identity = identities.load_identity(
            dbsession, 1, now=portal.now, settings=portal.portal.settings
        )
        store_request(
            dbsession,
            identity,
            Loss(killmail, base, (), (), {}),
            division_id=1,
            details="I literally forgot how to broadcast for armor.",
            outbox=Outbox(
                dbsession, subscribers=(), url_for=lambda id_: f"http://{HOST}/request/{id_}/"
            ),
            now=portal.now,
        )


@pytest.fixture
def port(site):
    """The port on which the portal answers."""
    server = make_server("127.0.0.1", 0, site.wsgi, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


class Quiet(WSGIRequestHandler):
    """Writes no log."""

    def log_message(self, format, *args):  # noqa: A002 - the name is inherited
        """Nothing."""


def typed(commands, folder, port):
    """What each command answers, in one shell; the portal's host leads to its port."""
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed; on Debian: apt-get install curl")
    (folder / ".curlrc").write_text(f"silent\nconnect-to = {HOST}:80:127.0.0.1:{port}\n")
    script = "".join(f"echo; echo '{MARK}{n}'\n{each}\n" for n, each in enumerate(commands))
    done = subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=folder,
        env={"PATH": f"{Path(curl).parent}:/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return re.split(rf"\n{MARK}\d+\n", done.stdout)[1:]


def steps_of(page):
    """Every command of the page with the answer that is shown."""
    shown = "".join(page.blocks("curl")).replace(f"https://{HOST}", f"http://{HOST}")
    return [step.split("\n", 1) for step in re.split(r"^\$ ", shown, flags=re.MULTILINE)[1:]]


def agrees(expected, answer):
    """Whether an answer is the one that is shown; `…` stands for what differs each time."""
    if "…" not in expected:
        if expected.startswith("{"):
            return json.loads(expected) == json.loads(answer)
        if expected.startswith("<?xml"):
            return canonical(expected) == canonical(answer)
    pattern = ".*".join(re.escape(part) for part in expected.strip().split("…"))
    return re.fullmatch(pattern, answer.replace("\r", "").strip(), re.DOTALL) is not None


def canonical(text):
    parser = etree.XMLParser(remove_blank_text=True)
    return etree.tostring(etree.fromstring(text.strip().encode(), parser), method="c14n2")


def test_calls_when_made_with_curl_answer_as_shown(pages, tmp_path, port):
    steps = steps_of(pages[PAGE])
    answers = typed([command for command, _ in steps], tmp_path, port)
    different = [
        f"$ {command}\n{answer}"
        for (command, expected), answer in zip(steps, answers, strict=True)
        if not agrees(expected, answer)
    ]
    assert different == [], "\n".join(different)


def test_walk_when_written_as_shown_reads_every_request(pages, site, port):
    [block] = pages[PAGE].blocks("python")
    names = {}
    exec(compile(block, PAGE, "exec"), names)  # the example, as it stands there
    found = names["all_requests"](f"http://127.0.0.1:{port}/request/personal/", KEY)
    assert [each["id"] for each in found] == [39861569]


def rows(page, *headings):
    """The rows of a table, their first cell without its code marks."""
    return [(first.strip("`"), *others) for first, *others in page.table(*headings)]


def test_addresses_when_listed_are_those_that_are_described(pages, site):
    told = {
        (address, method)
        for address, methods, _ in rows(pages[PAGE], "address", "methods", "gives")
        for method in methods.split(", ")
    }
    served = set()
    for view in served_views(site.wsgi.registry):
        first = next(addresses(view.pattern, ()))
        path = first.path
        for name, word in first.words.items():
            path = path.replace(f"/{word}/", f"/{{{name}}}/", 1)
        served.add((re.sub(r"\{(\w+)\}", lambda place: place[1].upper(), path), view.method))
    assert told == served


def test_lists_when_listed_hold_what_they_hold(pages):
    told = {name: set(re.findall("`(.*?)`", holds)) for name, holds, _ in rows(
        pages[PAGE], "list", "holds", "for"
    )}  # fmt: skip
    assert told == {str(name): set(map(str, held)) for name, held in LIST_STATUSES.items()}


def test_filters_when_listed_are_all_with_their_signs(pages):
    told = {
        name: set(re.findall("`(.*?)`", signs))
        for name, _, signs in rows(pages[PAGE], "attribute", "values", "signs")
    }
    known = {name: {str(sign) for sign in kind.operators} - {""} for name, kind in KINDS.items()}
    assert told == known | {"page": set(), "sort": set()}


def test_statuses_when_listed_are_all_that_errors_have(pages):
    told = {int(status) for status, _ in rows(pages[PAGE], "status", "means")}
    assert told == set(SENTENCES) | set(DOMAIN_STATUSES.values())


def keys_of(page):
    """The three tables of keys, with the place of each in XML: a request, its detail, a list."""
    lines = page.text.splitlines()
    starts = [number for number, line in enumerate(lines) if line == "| key | XML | meaning |"]
    tables = []
    for start in starts:
        end = next(n for n in range(start, len(lines)) if not lines[n].startswith("|"))
        cells = [line.split("|")[1:-1] for line in lines[start + 2 : end]]
        tables.append({key.strip("` "): place.strip("` ") for key, place, _ in cells})
    return tables


#: What the examples' request doesn't have: nothing of the kind was done to it, or its reader is
#: its submitter.
ABSENT = {"@withdrawn", "flags/flag", "notes/note", "transformed/url", "next", "prev"}


def test_keys_when_listed_are_those_of_the_documents(pages, site):
    request, detail, listing = keys_of(pages[PAGE])
    schemas = site.browser().get("/api/openapi.json").json["components"]["schemas"]
    assert set(request) == set(schemas["Request"]["properties"])
    assert set(detail) == set(schemas["RequestDetail"]["properties"]) - set(request)
    assert set(listing) == set(schemas["RequestList"]["properties"])
    assert set(SCALAR_KEYS) <= set(request)


def test_places_in_xml_when_listed_are_those_of_the_documents(pages, site):
    request, detail, listing = keys_of(pages[PAGE])
    browser = site.browser()
    one = browser.get(f"/request/39861569/?fmt=xml&apikey={KEY}").lxml
    many = browser.get(f"/request/personal/?fmt=xml&apikey={KEY}").lxml
    missing = [
        place
        for root, below, places in (
            (one, "request/", request | detail), (many, "requests/request/", request),
            (many, "", listing),
        )
        for place in places.values()
        if place and place not in ABSENT
        and not root.xpath(place if place.startswith("/") else below + place)
    ]  # fmt: skip
    assert missing == []
    told = {place.split("/")[0] for place in (request | detail).values()}
    assert {each.tag for each in one[0]} <= told
    assert {each.tag for each in many} <= {place.split("/")[0] for place in listing.values()}

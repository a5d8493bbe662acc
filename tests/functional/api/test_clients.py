"""Programs that nobody here wrote read the API: pandas, feedparser, curl, xmllint, IMPORTXML."""

from __future__ import annotations

import io
import json
import subprocess
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import feedparser
import pandas as pd
import pytest
import requests
from lxml import etree


def pages(served, **query):
    """The documents of a list, by following `next` with the key in the query."""
    url = f"{served.url}/request/all/?{'&'.join(f'{k}={v}' for k, v in query.items())}"
    with requests.Session() as session:
        while url is not None:
            answer = session.get(url, timeout=60)
            answer.raise_for_status()
            yield answer.json()
            url = answer.json()["next"]


def test_pandas_when_it_follows_next_then_has_every_request_with_exact_amounts(served):
    found = list(pages(served, apikey=served.key, fmt="json"))
    assert [len(page["requests"]) for page in found] == [200] * 5
    frame = pd.concat([pd.json_normalize(page["requests"]) for page in found], ignore_index=True)
    assert len(frame) == frame["id"].nunique() == found[0]["request_count"] == served.count
    counted = frame[frame["status"] != "rejected"]
    total = counted["payout"].map(Decimal).sum()
    assert str(total) == found[0]["total_payouts"]
    assert f"{total:,}" == found[0]["total_payouts_str"]
    assert {len(text.partition(".")[2]) for text in frame["payout"]} == {2}
    times = pd.to_datetime(frame["submit_timestamp"], format="%a, %d %b %Y %H:%M:%S GMT")
    assert times.is_monotonic_decreasing
    by_division = counted.groupby("division.name")["payout"].agg(lambda col: col.map(Decimal).sum())
    assert by_division.sum() == total


def test_pandas_when_it_reads_csv_and_xml_then_has_the_same_table(served):
    rows = pd.DataFrame(served.get("/request/all/", fmt="json").json()["requests"])
    table = pd.read_csv(
        io.BytesIO(served.get("/request/all/", fmt="csv").content),
        dtype=str,
        keep_default_na=False,
    )
    for column in ("payout", "pilot", "status", "ship", "href", "submit_timestamp", "details"):
        assert list(table[column]) == list(rows[column]), column
    document = io.BytesIO(served.get("/request/all/", fmt="xml").content)
    elements = pd.read_xml(document, xpath="//requests/request", dtype={"id": int})
    assert list(elements["id"]) == list(rows["id"])
    assert list(elements["ship"]) == list(rows["ship"])


def test_next_when_it_is_followed_then_keeps_key_format_and_filters(served):
    path = "/request/all/sort/payout/status/paid"
    first = requests.get(
        served.url + path, params={"apikey": served.key, "fmt": "json", "x": "1"}, timeout=60
    ).json()
    parts = urlsplit(first["next"])
    assert f"{parts.scheme}://{parts.netloc}" == served.url
    assert parts.path == "/request/all/page/2/sort/payout/status/paid"
    assert parse_qs(parts.query) == {"apikey": [served.key], "fmt": ["json"]}
    assert first["prev"] is None
    second = requests.get(first["next"], timeout=60).json()
    assert requests.get(second["prev"], timeout=60).json()["requests"] == first["requests"]
    by_header = served.get(path, headers={"Accept": "application/json"}).json()["next"]
    assert urlsplit(by_header).query == ""


FEEDS = {
    "/request/all/rss.xml": "rss20",
    "/request/all/atom.xml": "atom10",
    "/request/pay/rss.xml": "rss20",
    "/request/personal/rss.xml": "rss20",
    "/request/completed/status/paid/rss.xml": "rss20",
    "/request/completed/status/paid/atom.xml": "atom10",
    "/request/all/?fmt=rss": "rss20",
    "/request/all/page/2/sort/payout?fmt=atom": "atom10",
}


@pytest.mark.parametrize("path", FEEDS)
def test_feedparser_when_it_reads_a_feed_then_has_no_complaint_and_stable_ids(served, path):
    url = f"{served.url}{path}{'&' if '?' in path else '?'}apikey={served.key}"
    feed, again = feedparser.parse(url), feedparser.parse(url)
    assert (feed.bozo, feed.get("bozo_exception")) == (0, None)
    assert (feed.version, feed.status) == (FEEDS[path], 200)
    assert feed.feed.title == f"EVE-SRP - {path.split('/')[2]}"
    ids = [entry.id for entry in feed.entries]
    assert len(set(ids)) == len(ids)
    assert ids == [entry.id for entry in again.entries]
    times = [entry.published_parsed for entry in feed.entries]
    assert times == sorted(times, reverse=True)
    assert served.key not in feed.feed.get("link", "")
    for entry in feed.entries:
        assert entry.link.startswith(f"{served.url}/request/")
        assert entry.title
        assert entry.summary
        assert entry.tags[0].term
    unchanged = feedparser.parse(url, etag=feed.etag)
    assert (unchanged.status, unchanged.entries) == (304, [])


def test_feedparser_when_somebody_acts_then_that_request_alone_has_a_new_id(served_house):
    house = served_house
    acted, other = house.store(), house.store()
    key = house.portal.make_key(house.users["reviewer"])
    url = f"{house.url}/request/all/rss.xml?apikey={key}"

    def ids():
        feed = feedparser.parse(url)
        assert feed.bozo == 0
        return {int(entry.link.rstrip("/").rpartition("/")[2]): entry.id for entry in feed.entries}

    seen = ids()
    assert set(seen) == {acted, other}
    for form in (
        {"id_": "action", "type_": "comment", "note": "Which fleet?"},
        {"id_": "modifier", "type_": "rel-bonus", "value": "5", "note": ""},
        {"id_": "action", "type_": "approved", "note": ""},
    ):
        assert house.act("reviewer", acted, **form).status_int == 200
        now = ids()
        assert now[acted] != seen[acted], form
        assert now[other] == seen[other]
        seen = now


def test_curl_when_it_sends_a_bearer_key_then_reads_every_form(served, program):
    curl = [program("curl", package="curl"), "-sS", "--fail", "--max-time", "60"]
    curl += ["-H", f"Authorization: Bearer {served.key}"]

    def read(*arguments):
        return subprocess.run([*curl, *arguments], capture_output=True, check=True).stdout

    document = json.loads(read(f"{served.url}/request/pay/?fmt=json"))
    first = document["requests"][0]
    detail = json.loads(read("-H", "Accept: application/json", f"{served.url}{first['href']}"))
    assert (detail["id"], detail["payout"]) == (first["id"], first["payout"])
    assert read(f"{served.url}/request/pay/?fmt=csv").startswith(b"id,status,")
    # A list without its slash, and a filter in another spelling, with redirects followed.
    moved = read("-L", f"{served.url}/request/all/status/paid/ship/Rifter/?fmt=json")
    assert {row["ship"] for row in json.loads(moved)["requests"]} == {"Rifter"}
    headers = read("--head", "--compressed", f"{served.url}/request/all/?fmt=xml").decode().lower()
    assert "content-type: application/xml; charset=utf-8" in headers


def test_curl_when_the_key_is_none_then_fails_with_401_and_no_login_page(served, program):
    curl = [program("curl", package="curl"), "-sS", "--max-time", "60", "-w", "\n%{http_code}"]
    for arguments in (
        [f"{served.url}/request/all/?fmt=json&apikey={'A' * 43},"],
        ["-H", "Authorization: Bearer nonsense", f"{served.url}/request/all/"],
    ):
        answer = subprocess.run([*curl, *arguments], capture_output=True, check=True)
        body, _, status = answer.stdout.decode().rpartition("\n")
        assert status == "401"
        assert "password" not in body


#: Path and what the query string says, of every kind of document in XML, errors among them.
DOCUMENTS = {
    "/request/personal/?fmt=xml": 200,
    "/request/pending/?fmt=xml": 200,
    "/request/pay/?fmt=xml": 200,
    "/request/completed/?fmt=xml": 200,
    "/request/all/?fmt=xml": 200,
    "/request/all/page/3/sort/-payout?fmt=xml": 200,
    "/request/all/rss.xml": 200,
    "/request/all/atom.xml": 200,
    "/request/pending/ship/Rifter/rss.xml": 200,
    "/request/pending/ship/Rifter/atom.xml": 200,
    "/apikeys/?fmt=xml": 200,
    "/division/?fmt=xml": 403,
    "/api/division/?fmt=xml": 200,
    "/request/all/page/99?fmt=xml": 404,
    "/request/all/shyp/x?fmt=rss": 400,
    "/request/all/status/%3Clost%3E%01?fmt=xml": 400,
    "/nowhere/?fmt=xml": 404,
    "/request/all/?fmt=xml&apikey=no": 401,
}


@pytest.mark.parametrize("path", DOCUMENTS)
def test_xmllint_when_it_reads_a_document_then_finds_it_well_formed(served, xmllint, path):
    answer = served.get(path, status=DOCUMENTS[path])
    assert "xml" in answer.headers["Content-Type"]
    xmllint(answer.content)


def test_xmllint_when_it_reads_every_kind_of_detail_then_finds_it_well_formed(served, xmllint):
    rows = served.get("/request/all/", fmt="json").json()["requests"]
    by_status = {row["status"]: row for row in rows}
    assert len(by_status) == 5
    for row in by_status.values():
        document = served.get(row["href"], fmt="xml").content
        xmllint(document)
        shown = f"string(/response/request[@status='{row['status']}']/payout/computed)"
        assert xmllint(document, shown) == row["payout"]


#: Paths as spreadsheets have them, made for the XML of EVE-SRP's documentation.
IMPORTED = {
    "//request[@status='paid']/payout/computed": lambda row: row["payout"],
    "//request/@id": lambda row: str(row["id"]),
    "//request/payout/base/@pretty": lambda row: row["base_payout_str"],
    "//request/pilot/name": lambda row: row["pilot"],
    "//request/pilot/corporation": lambda row: row["corporation"],
    "//request/pilot/alliance": lambda row: row["alliance"] or "",
    "//request/division/@name": lambda row: row["division"]["name"],
    "//request/submitter/@name": lambda row: row["submitter"]["name"],
    "//request/location/system": lambda row: row["system"],
    "//request/ship": lambda row: row["ship"],
    "//request/url": lambda row: row["href"],
    "/response/requests/request/killmail-url": lambda row: row["killmail_url"],
    "/response/requests/request/details": lambda row: row["details"],
}


@pytest.mark.parametrize("path", IMPORTED)
def test_import_xml_when_given_a_path_then_finds_what_the_json_has(served, path):
    query = {"apikey": served.key}
    rows = requests.get(
        f"{served.url}/request/all/", params={**query, "fmt": "json"}, timeout=60
    ).json()["requests"]
    answer = requests.get(f"{served.url}/request/all/", params={**query, "fmt": "xml"}, timeout=60)
    found = etree.fromstring(answer.content).xpath(path)
    texts = [each if isinstance(each, str) else each.text or "" for each in found]
    wanted = [row for row in rows if "@status='paid'" not in path or row["status"] == "paid"]
    assert texts == [IMPORTED[path](row) for row in wanted]
    assert texts


def test_import_xml_when_it_adds_up_then_the_sum_is_the_total_of_the_list(served, xmllint):
    path = "/request/completed/ship/Rifter/status/paid"
    document = served.get(path, fmt="xml").content
    total = served.get(path, fmt="json").json()["total_payouts"]
    assert xmllint(document, "string(/response/requests/@total-payouts)") == total
    assert Decimal(xmllint(document, "string(sum(//payout/computed))")) == Decimal(total)
    assert xmllint(document, "string(count(//request))") == xmllint(
        document, "string(/response/requests/@count)"
    )

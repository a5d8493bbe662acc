"""CSV, RSS and Atom of a list."""

from __future__ import annotations

import csv as csv_library
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from srp_portal.services.results import Reference, RequestPage, RequestRow
from srp_portal.web.representation import csv, feeds
from srp_portal.web.representation import json as json_format
from srp_portal.web.representation.documents import document
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.request_documents import SCALAR_KEYS

MakeRow = Callable[..., RequestRow]
MakePage = Callable[..., RequestPage]
ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"


def table(page: RequestPage, links: Links) -> list[list[str]]:
    return list(csv_library.reader(io.StringIO(csv.dumps(page, links).decode(), newline="")))


def test_csv_has_a_header_and_the_values_of_the_json(make_page: MakePage, links: Links) -> None:
    page = make_page()
    header, *lines = table(page, links)
    assert header == list(SCALAR_KEYS)
    requests = json.loads(json_format.dumps(document(page, links)))["requests"]
    for line, request in zip(lines, requests, strict=True):
        assert line == [
            str(request[key]).lower() if isinstance(request[key], bool) else str(request[key])
            for key in SCALAR_KEYS
        ]


def test_csv_when_the_list_is_empty_is_the_header(make_page: MakePage, links: Links) -> None:
    assert csv.dumps(make_page(rows=()), links) == (",".join(SCALAR_KEYS) + "\r\n").encode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20"])
def test_csv_when_a_cell_begins_like_a_formula_escapes_it(
    start: str, make_row: MakeRow, make_page: MakePage, links: Links
) -> None:
    details = f'{start}cmd|"/C calc"!A0,\r\nsecond line'
    line = table(make_page(rows=(make_row(details=details),)), links)[1]
    assert line[SCALAR_KEYS.index("details")] == f"'{details}"


def test_csv_keeps_text_quotes_and_line_breaks(
    make_row: MakeRow, make_page: MakePage, links: Links
) -> None:
    row = make_row(details='a "b", c\r\nd = e\x00', alliance=None)
    line = table(make_page(rows=(row,)), links)[1]
    assert line[SCALAR_KEYS.index("details")] == 'a "b", c\r\nd = e\ufffd'
    assert line[SCALAR_KEYS.index("alliance")] == ""
    assert len(line) == len(SCALAR_KEYS)


def rss(page: RequestPage, links: Links) -> Any:
    return etree.fromstring(feeds.rss(page, links)).find("channel")


def atom(page: RequestPage, links: Links) -> Any:
    return etree.fromstring(feeds.atom(page, links))


def test_rss_channel_names_site_and_list(make_page: MakePage, links: Links) -> None:
    channel = rss(make_page(path="ship/Rifter"), links)
    assert channel.findtext("title") == "Test SRP - pending"
    assert channel.findtext("link") == "https://srp.example.com/request/pending/ship/Rifter"
    own = channel.find(f"{ATOM}link").get("href")
    assert own == "https://srp.example.com/request/pending/ship/Rifter/rss.xml"
    assert channel.findtext("lastBuildDate") == "Wed, 09 Jul 2014 12:01:41 +0000"


def test_rss_item_has_the_promised_parts(
    make_row: MakeRow, make_page: MakePage, links: Links
) -> None:
    row = make_row(7, payout=Decimal("1234567.50"), division=Reference(1, "Tom & <Jerry>"))
    item = rss(make_page(rows=(row,)), links).find("item")
    assert item.findtext("title") == "Pilot One's Rifter in Jita on 02 Jul 2014 19:26"
    assert item.findtext("link") == "https://srp.example.com/request/7/"
    assert item.findtext("description") == ("Evaluating, 1,234,567.50 ISK, Tom &amp; &lt;Jerry&gt;")
    assert item.findtext("pubDate") == "Wed, 09 Jul 2014 12:00:07 +0000"
    assert item.findtext("category") == "Tom & <Jerry>"
    assert item.findtext(f"{DC}creator") == "submitter"
    assert item.find("guid").get("isPermaLink") == "false"


@pytest.mark.parametrize("form", [feeds.rss, feeds.atom], ids=["rss", "atom"])
def test_feed_when_nothing_changed_is_the_same_bytes(
    form: Callable[[RequestPage, Links], bytes], make_page: MakePage, links: Links
) -> None:
    assert form(make_page(), links) == form(make_page(), links)
    assert form(make_page(rows=()), links) == form(make_page(rows=()), links)


def test_guid_when_the_request_changed_is_another(
    make_row: MakeRow, make_page: MakePage, links: Links
) -> None:
    row = make_row()
    before, after = (
        rss(make_page(rows=(each,)), links).findtext("item/guid")
        for each in (row, row._replace(version=row.version + 1))
    )
    assert before != after


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_items_come_newest_first_in_any_list(
    order: tuple[int, ...], make_row: MakeRow, make_page: MakePage, links: Links
) -> None:
    page = make_page(rows=tuple(make_row(each) for each in order), list_name="pay")
    urls = [f"https://srp.example.com/request/{each}/" for each in (3, 2, 1)]
    assert [item.findtext("link") for item in rss(page, links).iter("item")] == urls
    entries = atom(page, links).iter(f"{ATOM}entry")
    assert [entry.find(f"{ATOM}link").get("href") for entry in entries] == urls


def test_atom_has_ids_times_and_the_text_as_it_is(
    make_row: MakeRow, make_page: MakePage, links: Links
) -> None:
    feed = atom(make_page(rows=(make_row(7, division=Reference(1, "A & B")),)), links)
    assert feed.findtext(f"{ATOM}id") == "https://srp.example.com/request/pending/atom.xml"
    assert feed.findtext(f"{ATOM}updated") == "2014-07-09T12:00:07+00:00"
    entry = feed.find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}summary") == "Evaluating, 1,500,000.00 ISK, A & B"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "submitter"
    assert entry.find(f"{ATOM}category").get("term") == "A & B"
    assert entry.findtext(f"{ATOM}published") == "2014-07-09T12:00:07+00:00"


@pytest.mark.parametrize("form", [rss, atom], ids=["rss", "atom"])
def test_feed_when_text_holds_what_xml_cannot_carry_is_well_formed(
    form: Callable[[RequestPage, Links], Any], make_row: MakeRow, make_page: MakePage, links: Links
) -> None:
    nasty = "a\x00\x0b\ufffe<b>&"
    row = make_row(pilot=nasty, division=Reference(1, nasty), submitter=Reference(2, nasty))
    text = "".join(form(make_page(rows=(row,)), links).itertext())
    assert "a\ufffd\ufffd\ufffd<b>&'s Rifter" in text


def test_feed_when_a_key_came_in_the_query_holds_no_key(make_page: MakePage) -> None:
    links = Links("https://srp.example.com", "", "S", "apikey=SECRET")
    for form in (feeds.rss, feeds.atom):
        assert b"SECRET" not in form(make_page(path="page/2", count=900), links)


def test_rss_when_empty_is_dated_in_the_past(make_page: MakePage, links: Links) -> None:
    built = rss(make_page(rows=()), links).findtext("lastBuildDate")
    assert built == datetime(1970, 1, 1, tzinfo=UTC).strftime("%a, %d %b %Y %H:%M:%S %z")

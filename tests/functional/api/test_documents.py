"""What people write, in every form: odd characters, exact amounts and times, much text."""

from __future__ import annotations

import csv
import gc
import io
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal

import feedparser
import pytest
from sqlalchemy import update

from srp_portal.models.divisions import Division
from srp_portal.models.requests import SrpRequest
from srp_portal.models.users import User
from srp_portal.services.killmail_lookup import Loss
from srp_portal.services.submission import store_request
from srp_portal.testing.killmails import make_killmail

#: Text that is hard on one form or another; XML 1.0 can't hold the odd ones as they are.
TEXTS = {
    "control": "bell\x07 escape\x1b form\x0c del\x7f next\x85",
    "noncharacter": "end \ufffe\uffff of \U0010ffff",
    "lines": "one\r\ntwo\nthree\ttab\rfour",
    "markup": "]]> <!-- --> <![CDATA[ &amp; &#0; <b>\"'",
    "emoji": "👩‍🚀 \U0001f1fa\U0001f1e6 ✈️ o7",
    "rtl": "\u202eevil\u202c עברית العربية \u200f",
    "combining": "Z̸̢̛a͏l\u0301go e\u0301",
    "separators": "line\u2028paragraph\u2029 nbsp\xa0 bom\ufeff",
    "formula": '=HYPERLINK("http://x";"y")',
}


def carried(text):
    """What XML holds of a text: U+FFFD in place of what it can't."""
    return "".join(
        char
        if char in "\t\n\r" or " " <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd"
        or char >= "\U00010000"
        else "\ufffd"
        for char in text
    )  # fmt: skip


@pytest.mark.parametrize("kind", TEXTS)
def test_text_when_it_is_odd_then_every_form_carries_it(any_house, xmllint, kind):
    house, text = any_house, TEXTS[kind]
    names = {"pilot": f"P {text}"[:60], "corporation": f"C {text}"[:60], "ship": f"S {text}"[:60],
             "system": f"Y {text}"[:60], "alliance": f"A {text}"[:60]}  # fmt: skip
    id_ = house.store(details=text)
    note = f"N {text}."
    for form in ({"id_": "action", "type_": "comment"}, {"id_": "note"}):
        assert house.act("reviewer", id_, note=note, **form).status_int == 200
    with house.portal.writing() as dbsession:
        # No form and no plugin lets most of these into a name; old data may hold them.
        dbsession.execute(update(SrpRequest).values(**names))
        dbsession.execute(
            update(Division).where(Division.id == house.division).values(name=f"D {text}"[:60])
        )
        dbsession.execute(
            update(User).where(User.id == house.users["pilot"]).values(name=f"U {text}"[:60])
        )

    [row] = house.reviewer.get("/request/all/?fmt=json").json["requests"]
    assert row["details"] == text
    assert {name: row[name] for name in names} == names
    assert row["division"]["name"] == f"D {text}"[:60]
    detail = house.detail("reviewer", id_)
    # A form's line ends are those of its sender's system.
    note = note.replace("\r\n", "\n").replace("\r", "\n")
    assert (detail["actions"][0]["note"], detail["notes"][0]["note"]) == (note, note)

    listed = house.reviewer.get("/request/all/?fmt=xml")
    shown = house.reviewer.get(f"/request/{id_}/?fmt=xml")
    for document in (listed, shown):
        xmllint(document.body)
        assert document.lxml.findtext(".//details") == carried(text)
        assert document.lxml.findtext(".//pilot/name") == carried(names["pilot"])
        assert document.lxml.find(".//division").get("name") == carried(f"D {text}"[:60])
        assert document.lxml.find(".//submitter").get("name") == carried(f"U {text}"[:60])
    assert shown.lxml.findtext(".//actions/action/note") == carried(note)
    assert shown.lxml.findtext(".//notes/note/text") == carried(note)

    for fmt in ("rss", "atom"):
        feed = house.reviewer.get(f"/request/all/?fmt={fmt}")
        xmllint(feed.body)
        assert feedparser.parse(feed.body).bozo == 0
        title = next(each for each in feed.lxml.iter("{*}title") if "'s " in each.text).text
        assert title.startswith(carried(f"{names['pilot']}'s {names['ship']} in "))

    table = house.reviewer.get("/request/all/?fmt=csv").body.decode()
    [line] = csv.DictReader(io.StringIO(table, newline=""))
    assert line["details"].removeprefix("'") == text
    assert line["details"].startswith("'=") is text.startswith("=")
    assert line["pilot"] == names["pilot"]
    page = house.reviewer.get(f"/request/{id_}/")
    assert "<b>\"'" not in page.text


AMOUNTS = ("0.00", "0.01", "0.10", "1.00", "999.99", "1000.00", "1234567.89", "99999999999.99",
           "999999999999.99", "1000000000000.00")  # fmt: skip


def test_amounts_when_small_or_huge_then_are_exact_in_every_form(any_house):
    house = any_house
    ids = {house.store(base=Decimal(amount)): amount for amount in AMOUNTS}
    document = house.reviewer.get("/request/all/sort/payout?fmt=json").json
    total = sum(map(Decimal, AMOUNTS))
    assert document["total_payouts"] == str(total)
    assert document["total_payouts_str"] == f"{total:,}"
    assert [row["payout"] for row in document["requests"]] == list(AMOUNTS)
    for row in document["requests"]:
        amount = ids[row["id"]]
        pretty = f"{Decimal(amount):,}"
        assert (row["payout"], row["payout_str"]) == (amount, pretty)
        assert (row["base_payout"], row["base_payout_str"]) == (amount, pretty)
        root = house.reviewer.get(f"/request/{row['id']}/?fmt=xml").xml
        for tag in ("base", "computed"):
            element = root.find(f".//payout/{tag}")
            assert (element.text, element.get("pretty")) == (amount, pretty)
    root = house.reviewer.get("/request/all/?fmt=xml").xml
    assert root.find("requests").get("total-payouts") == str(total)
    table = house.reviewer.get("/request/all/sort/payout?fmt=csv").body.decode()
    assert [line["payout"] for line in csv.DictReader(io.StringIO(table))] == list(AMOUNTS)
    feed = feedparser.parse(house.reviewer.get("/request/all/rss.xml").body)
    assert any("1,000,000,000,000.00 ISK" in entry.summary for entry in feed.entries)


TIMES = {
    "2014-07-09T19:43:58.126158": ("Wed, 09 Jul 2014 19:43:58 GMT", "2014-07-09T19:43:58.126158"),
    "2014-07-09T19:43:58": ("Wed, 09 Jul 2014 19:43:58 GMT", "2014-07-09T19:43:58"),
    "2016-02-29T00:00:00.000001": ("Mon, 29 Feb 2016 00:00:00 GMT", "2016-02-29T00:00:00.000001"),
    "2023-12-31T23:59:59.999999": ("Sun, 31 Dec 2023 23:59:59 GMT", "2023-12-31T23:59:59.999999"),
    "2024-01-01T00:00:00.100000": ("Mon, 01 Jan 2024 00:00:00 GMT", "2024-01-01T00:00:00.100000"),
}


@pytest.mark.parametrize("moment", TIMES)
def test_times_when_they_have_microseconds_or_none_then_are_written_as_published(any_house, moment):
    house, (in_json, in_xml) = any_house, TIMES[moment]
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    id_ = house.store(at=at, timestamp=at)
    detail = house.detail("reviewer", id_)
    assert (detail["submit_timestamp"], detail["kill_timestamp"]) == (in_json, in_json)
    root = house.reviewer.get(f"/request/{id_}/?fmt=xml").xml
    assert root.findtext(".//submit-timestamp") == in_xml
    assert root.findtext(".//kill-timestamp") == in_xml
    [entry] = feedparser.parse(house.reviewer.get("/request/all/rss.xml").body).entries
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == at.replace(microsecond=0)


LONG = "wörd " * 4_000


@pytest.fixture(scope="module")
def heavy_house(make_shared_house):
    """200 requests with 20 kB of details each."""
    house = make_shared_house()
    with house.portal.writing() as dbsession:
        work = house._work(dbsession, "pilot", 0)
        for _ in range(200):
            killmail = make_killmail(
                killmail_id=next(house.killmail_ids), pilot_id=min(house.character_ids)
            )
            store_request(
                dbsession,
                work.identity,
                Loss(killmail, Decimal(1), (), (), {}),
                division_id=house.division,
                details="",
                outbox=work.outbox,
                now=work.now,
            )
        dbsession.execute(update(SrpRequest).values(details=LONG))
    return house


@pytest.mark.parametrize("fmt", ["json", "xml", "csv", "rss", "atom", "html"])
def test_list_when_its_texts_are_long_then_memory_stays_near_the_answers_size(heavy_house, fmt):
    reader, path = heavy_house.reviewer, f"/request/all/?fmt={fmt}"
    size = len(reader.get(path).body)
    if fmt in ("json", "xml", "csv"):
        assert size > 200 * len(LONG)
    gc.collect()
    tracemalloc.start()
    try:
        reader.get(path)
        _, peak = tracemalloc.get_traced_memory()
        for _ in range(3):
            reader.get(path)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    texts = 200 * len(LONG.encode())
    # The rows' texts, the answer, and a copy or two of it on the way.
    assert peak < 3 * (texts + size)
    # What an answer took is given back.
    assert after < 500_000

"""The filter grammar as a table, on both databases: a path, its canonical form, what it finds."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from http.client import HTTPConnection
from itertools import product
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from srp_portal.domain.filter_kinds import NameCondition
from srp_portal.domain.text import name_key

JSON = {"Accept": "application/json"}


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


#: Requests by letter, oldest submission first; what is not said is as in `make_killmail`.
ROWS = {
    "a": {"pilot": "ΟΔΥΣΣΕΥΣ", "ship": "Rifter", "at": "2013-12-31T23:59:59.999999"},
    "b": {"pilot": "İstanbul", "ship": "Rifter", "at": "2014-01-01T00:00:00"},
    "c": {"pilot": "Weißer Straußß", "ship": "Vexor", "at": "2014-02-28T23:59:59"},
    "d": {"pilot": "Дредноут Ёж", "ship": "Vexor", "at": "2014-03-01T00:00:00"},
    "e": {"pilot": "100% / , -<>=", "ship": "-Vexor", "at": "2014-12-31T23:59:59.999999"},
    "f": {"pilot": "atom.xml", "ship": "<Rifter>", "at": "2015-01-01T00:00:00"},
    "g": {"pilot": "日本 艦隊", "ship": "%2C", "at": "2015-03-14T15:09:26.535897"},
    "h": {"pilot": "é", "ship": "Capsule", "at": "2015-03-14T15:09:27"},
    "i": {"pilot": "paid", "ship": "..", "at": "2015-03-14T16:00:00", "base": "1000000000000"},
}


@pytest.fixture(scope="module")
def house(make_any_shared_house):
    house = make_any_shared_house()
    house.letters = {}
    for number, (letter, row) in enumerate(ROWS.items()):
        base = Decimal(row.get("base", number))
        id_ = house.store(**{**row, "at": moment(row["at"]), "base": base, "details": letter * 3})
        house.letters[id_] = letter
    return house


def url(path, list_name="all"):
    """A path as a browser sends it: what is encoded already is encoded once more."""
    return f"/request/{list_name}/{quote(path, safe='/,:')}"


def ask(house, path, **options):
    return house.reviewer.get(url(path), headers=JSON, status="*", **options)


def found(house, path):
    """The canonical path, as WSGI has it, and the letters of what it finds, oldest first."""
    answer = ask(house, path)
    canonical = path
    if answer.status_int == 301:
        canonical = unquote(answer.location.removeprefix("http://localhost/request/all/"))
        answer = house.reviewer.get(answer.location, headers=JSON, status="*")
    assert answer.status_int == 200, (path, answer.status, answer.text)
    letters = "".join(sorted(house.letters[row["id"]] for row in answer.json["requests"]))
    return canonical, letters


#: Paths as they arrive, decoded once.
TABLE = {
    # names without regard to case, in scripts whose cases are not one to one
    "pilot/οδυσσευς": ("pilot/οδυσσευς", "a"),
    "pilot/ΟΔΥΣΣΕΥΣ,οδυσσευσ": ("pilot/ΟΔΥΣΣΕΥΣ", "a"),
    "pilot/i\u0307stanbul": ("pilot/i\u0307stanbul", "b"),
    "pilot/İSTANBUL": ("pilot/İSTANBUL", "b"),
    "pilot/istanbul": ("pilot/istanbul", ""),
    "pilot/WEISSER STRAUSSSS": ("pilot/WEISSER STRAUSSSS", "c"),
    "pilot/weißer straußß": ("pilot/weißer straußß", "c"),
    "pilot/WEIẞER STRAUẞẞ": ("pilot/WEIẞER STRAUẞẞ", "c"),
    "pilot/дредноут ёж": ("pilot/дредноут ёж", "d"),
    "pilot/дредноут \u0435\u0308ж": ("pilot/дредноут \u0435\u0308ж", "d"),
    "pilot/日本 艦隊": ("pilot/日本 艦隊", "g"),
    "pilot/É,e\u0301": ("pilot/e\u0301", "h"),
    "pilot/e": ("pilot/e", ""),
    # what means something, encoded twice
    "pilot/100%25 %2F %2C -<>=": ("pilot/100%25 %2F %2C -<>=", "e"),
    "pilot/-100%25 %2f %2c -<>=": ("pilot/-100%25 %2F %2C -<>=", "abcdfghi"),
    "pilot/atom%2Exml": ("pilot/atom%2Exml", "f"),
    "pilot/atom%2exml/": ("pilot/atom%2Exml", "f"),
    "ship/%2DVexor": ("ship/%2DVexor", "e"),
    "ship/-Vexor": ("ship/-Vexor", "abefghi"),
    "ship/-%2DVexor": ("ship/-%2DVexor", "abcdfghi"),
    "ship/%3CRifter>": ("ship/%3CRifter>", "f"),
    "ship/%252C": ("ship/%252C", "g"),
    "ship/%2C": ("ship/%2C", ""),
    "ship/%2E%2E": ("ship/%2E%2E", "i"),
    # several, merged, sorted, without repetition
    "ship/Vexor,Rifter,vexor": ("ship/Rifter,Vexor", "abcd"),
    "ship/Vexor/ship/Rifter": ("ship/Rifter,Vexor", "abcd"),
    "ship/Rifter,Vexor/pilot/-İstanbul": ("pilot/-İstanbul/ship/Rifter,Vexor", "acd"),
    "ship/Rifter/ship/-Rifter": ("ship/-Rifter,Rifter", ""),
    "status/paid,evaluating/status/-paid": ("status/-paid,evaluating,paid", "abcdefghi"),
    "details/aaa/details/ccc": ("details/aaa/details/ccc", "ac"),
    "details/ccc/ship/Vexor/details/aaa": ("details/aaa/details/ccc/ship/Vexor", "c"),
    "details/ccc/details/CCC": ("details/CCC", "c"),
    # numbers
    "payout/3.00,2": ("payout/2,3", "cd"),
    "payout/>2,<=4": ("payout/<=4,>2", "de"),
    "payout/>2/payout/<=4,-3": ("payout/-3,<=4,>2", "e"),
    "payout/007": ("payout/7", "h"),
    "payout/1000000000000": ("payout/1000000000000", "i"),
    "base_payout/>=1000000000000.00": ("base_payout/>=1000000000000", "i"),
    # times: the whole of a unit, and bounds at its ends
    "submit_timestamp/2014": ("submit_timestamp/2014", "bcde"),
    "submit_timestamp/>2014": ("submit_timestamp/>2014", "fghi"),
    "submit_timestamp/>=2014": ("submit_timestamp/>=2014", "bcdefghi"),
    "submit_timestamp/<2014": ("submit_timestamp/<2014", "a"),
    "submit_timestamp/<=2014": ("submit_timestamp/<=2014", "abcde"),
    "submit_timestamp/-2014": ("submit_timestamp/-2014", "afghi"),
    "submit_timestamp/2014-02": ("submit_timestamp/2014-02", "c"),
    "submit_timestamp/20140228": ("submit_timestamp/2014-02-28", "c"),
    "submit_timestamp/20150314T15": ("submit_timestamp/2015-03-14T15", "gh"),
    "submit_timestamp/2015-03-14T15:09": ("submit_timestamp/2015-03-14T15:09", "gh"),
    "submit_timestamp/20150314T150926": ("submit_timestamp/2015-03-14T15:09:26", "g"),
    "submit_timestamp/2015-03-14T15:09:26.535897": (
        "submit_timestamp/2015-03-14T15:09:26.535897", "g",
    ),
    "submit_timestamp/2015-03-14T16:09:26+01:00": ("submit_timestamp/2015-03-14T15:09:26", "g"),
    "submit_timestamp/2015-03-14T15:09:27z": ("submit_timestamp/2015-03-14T15:09:27", "h"),
    "submit_timestamp/2014-03_2014-02": ("submit_timestamp/2014-02_2014-03", "cd"),
    "submit_timestamp/2014-02-01_2014-02-28": ("submit_timestamp/2014-02", "c"),
    "submit_timestamp/2014-02,2015-03-14T15:09:26": (
        "submit_timestamp/2014-02,2015-03-14T15:09:26", "cg",
    ),
    "submit_timestamp/>2014-02,<2015": ("submit_timestamp/<2015,>2014-02", "de"),
    # defaults, and what stands alone
    "page/1": ("", "abcdefghi"),
    "page/0001/ship/Vexor": ("ship/Vexor", "cd"),
    "sort/-submit_timestamp": ("", "abcdefghi"),
    "sort/submit_timestamp/sort/submit_timestamp": ("sort/submit_timestamp", "abcdefghi"),
    "/": ("", "abcdefghi"),
}  # fmt: skip


@pytest.mark.parametrize("path", TABLE)
def test_path_when_sent_then_leads_to_the_canonical_one_and_finds_these(house, path):
    assert found(house, path) == TABLE[path]
    canonical = TABLE[path][0]
    assert ask(house, canonical).status_int == 200
    moved = house.reviewer.get(url(path) + "?fmt=json&x=%2F%2C+&y", status="*")
    if path.strip("/") != canonical or path.endswith("/"):
        assert moved.status_int == 301
        assert moved.location.partition("?")[2] == "fmt=json&x=%2F%2C+&y"
        assert moved.location.isascii()
        assert (
            unquote(moved.location.partition("?")[0]) == f"http://localhost/request/all/{canonical}"
        )


#: What is refused: the attribute and the value that the answer must name.
REFUSED = {
    "page/0": ("page", "0"),
    "page/-1": ("page", "-1"),
    "page/+1": ("page", "+1"),
    "page/1.0": ("page", "1.0"),
    "page/٣": ("page", "٣"),
    "page/\uff11": ("page", "\uff11"),
    "page/2/page/3": ("page", "3"),
    "payout/٣": ("payout", "٣"),
    "payout/1_000": ("payout", "1_000"),
    "payout/1,,2": ("payout", ""),
    "payout/-1.5.0": ("payout", "-1.5.0"),
    "payout/=5": ("payout", "=5"),
    "payout/0.001": ("payout", "0.001"),
    "submit_timestamp/٢٠١٤": ("submit_timestamp", "٢٠١٤"),
    "submit_timestamp/2014-02-30": ("submit_timestamp", "2014-02-30"),
    "submit_timestamp/2014T15": ("submit_timestamp", "2014T15"),
    "submit_timestamp/0000": ("submit_timestamp", "0000"),
    "submit_timestamp/2014_": ("submit_timestamp", "2014_"),
    "submit_timestamp/2014-02-01T25": ("submit_timestamp", "2014-02-01T25"),
    "status/lost": ("status", "lost"),
    "status/>paid": ("status", ">paid"),
    "ship/>=Vexor": ("ship", ">=Vexor"),
    "ship/--Vexor": ("ship", "--Vexor"),
    "ship/Vexor,": ("ship", ""),
    "ship/ ": ("ship", " "),
    "Ship/Vexor": ("Ship", "Vexor"),
    "pilots/Jack": ("pilots", "Jack"),
    "ship//Vexor": ("ship", ""),
    "sort/details": ("sort", "details"),
    "sort/-": ("sort", "-"),
    "sort/+payout": ("sort", "+payout"),
    "sort/payout/sort/-payout": ("sort", "-payout"),
    "ship": ("ship", ""),
    "ship/Vexor/payout": ("payout", ""),
}


@pytest.mark.parametrize("path", REFUSED)
def test_path_when_it_can_not_be_read_then_is_400_that_names_attribute_and_value(house, path):
    attribute, value = REFUSED[path]
    answer = ask(house, path)
    assert answer.status_int == 400
    assert (answer.json["attribute"], answer.json["value"]) == (attribute, value)
    assert f"“{attribute}”" in answer.json["description"]
    assert f"“{value}”" in answer.json["description"]
    error = house.reviewer.get(url(path), {"fmt": "xml"}, status=400).xml
    assert (error.get("attribute"), error.get("value")) == (attribute, value)
    page = house.reviewer.get(url(path), status=400)
    assert page.content_type == "text/html"
    assert "<form" in page.text


NO_TEXT = (
    "%00", "a%00b", "%2500", "%FF", "%25FF", "%C3", "%25C3%2528", "%ED%A0%80", "%25ED%25A0%2580",
)  # fmt: skip


def test_path_when_it_holds_no_text_then_is_400_in_any_form(house, serving):
    key = house.portal.make_key(house.users["reviewer"])
    with serving(house.portal.wsgi) as address:
        connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
        for raw, fmt in product(NO_TEXT, ("json", "xml", "rss", "html")):
            for path in (
                f"ship/{raw}",
                f"{raw}/x",
                f"ship/{raw}/rss.xml",
                f"details/x/ship/-{raw}",
            ):
                connection.request("GET", f"/request/all/{path}?fmt={fmt}&apikey={key}")
                answer = connection.getresponse()
                assert (path, answer.status) == (path, 400)
                assert answer.read().decode()
        connection.close()


def test_path_when_it_has_thousands_of_values_then_finds_all_of_them(house):
    names = sorted({f"Ship {number:04}" for number in range(3_000)} | {"Rifter", "Vexor"})
    path = "ship/" + ",".join(names)
    answer = ask(house, path)
    assert answer.status_int == 200
    assert {house.letters[row["id"]] for row in answer.json["requests"]} == set("abcd")
    unsorted = ask(house, "ship/" + ",".join(names[::-1]))
    assert unsorted.status_int == 301
    assert unquote(unsorted.location).endswith(path)
    excluded = ask(house, "ship/" + ",".join(f"-{name}" for name in names))
    assert {house.letters[row["id"]] for row in excluded.json["requests"]} == set("efghi")
    page = house.reviewer.get(url(path))
    # Each of the links of its head carries the path, its filters do not.
    assert len(page.body) < 30 * len(url(path))


def numbered(sign, numbers):
    return ",".join(f"{sign}{number}" for number in numbers)


MANY = {
    "names": ("ship", numbered("", range(9_000)), 200),
    "excluded names": ("pilot", numbered("-", range(9_000)), 200),
    "amounts": ("payout", numbered("", range(9_000)), 200),
    "excluded amounts": ("payout", numbered("-", range(9_000)), 200),
    "bounds": ("payout", numbered(">", range(100)), 200),
    "times": ("submit_timestamp", numbered("", range(1900, 2000)), 200),
    "excluded times": ("kill_timestamp", numbered("-", range(1900, 2000)), 200),
    "words": ("details", " ".join(f"w{number}" for number in range(100)), 200),
    "too many names": ("ship", numbered("", range(10_001)), 400),
    "too many bounds": ("payout", numbered(">", range(101)), 400),
    "too many times": ("submit_timestamp", numbered("", range(1900, 2001)), 400),
    "too many excluded times": ("kill_timestamp", numbered("-", range(1900, 2001)), 400),
    "too many words": ("details", "w " * 101, 400),
    "too long a word": ("details", "w" * 1_001, 400),
}


@pytest.mark.parametrize("what", MANY)
def test_path_when_it_has_many_values_then_is_answered_or_400(house, what):
    attribute, values, status = MANY[what]
    answer = ask(house, f"{attribute}/{values}")
    if answer.status_int == 301:
        answer = house.reviewer.get(answer.location, headers=JSON, status="*")
    assert answer.status_int == status
    if status == 400:
        assert answer.json["attribute"] == attribute
        assert "at most" in answer.json["description"]


def test_path_when_every_attribute_has_as_many_values_as_it_may_then_is_answered(house):
    paths = [f"{name}/{numbered('', range(1_000))}" for name in NameCondition.attributes]
    paths += [f"{name}/{numbered('>', range(100))}" for name in ("base_payout", "payout")]
    for name in ("kill_timestamp", "submit_timestamp"):
        paths.append(f"{name}/{numbered('-', range(1900, 2000))}")
    paths += [f"details/w{number}" for number in range(100)]
    answer = ask(house, "/".join(paths))
    assert answer.status_int == 301
    assert house.reviewer.get(answer.location, headers=JSON).json["requests"] == []


@pytest.mark.parametrize("value", ["x" * 100_000, "%2C" * 30_000, "ß" * 10_000, "-" * 50_000])
@pytest.mark.parametrize(
    "attribute", ["pilot", "payout", "details", "submit_timestamp", "page", "nothing"]
)
def test_path_when_it_is_very_long_then_is_answered_briefly(house, attribute, value):
    answer = ask(house, f"{attribute}/{value}")
    assert answer.status_int in (200, 301, 400)
    if answer.status_int == 400:
        assert len(answer.body) < 2_000


SPECIAL = "/%,-<>=._ ?#;&+\\'\"aAßİ\u03c3ςΣёЁ日"
#: Text with what the grammar, URLs and Unicode treat specially.
VALUES = st.text(
    st.one_of(st.sampled_from(SPECIAL), st.characters(exclude_categories=["Cs"])),
    min_size=1,
    max_size=12,
).filter(lambda text: text.strip() and "\x00" not in text)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=VALUES)
def test_name_when_written_by_the_rules_then_is_found_as_it_is(house, name):
    # What the rules say, in words of the test's own: encode twice what means something.
    doubly = "".join(f"%{ord(c):02X}" if c in "/,%-<>." else c for c in name)
    answer = house.reviewer.get(f"/request/all/pilot/{quote(doubly, safe='')}?fmt=json", status="*")
    if answer.status_int == 301:
        assert answer.location.isascii()
        answer = house.reviewer.get(answer.location, status="*")
    assert answer.status_int == 200
    # Nobody is called so, but for a name that hypothesis has guessed.
    assert {name_key(row["pilot"]) for row in answer.json["requests"]} <= {name_key(name)}

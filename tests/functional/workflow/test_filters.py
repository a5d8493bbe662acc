"""What filters and orders find, the whole grammar on both databases."""

from __future__ import annotations

from decimal import Decimal

import pytest

JSON = {"Accept": "application/json"}


@pytest.fixture
def house(listed_house):
    return listed_house


FILTERS = {
    # names: whole, in any case, of any script
    "ship/Rifter": "cb",
    "ship/rIFTER": "cb",
    "ship/Rift": "",
    "ship/Rifter,Guardian": "fcba",
    "ship/-Rifter": "feda",
    "ship/-Rifter,-Guardian": "ed",
    "ship/Rifter,Guardian,-Guardian": "cb",
    "ship/Rifter/system/Jita": "c",
    "ship/Rifter/ship/Capsule": "dcb",
    "pilot/ærøskøbing ýr": "a",
    "pilot/ÆRØSKØBING%20ÝR": "a",
    "pilot/STRASSE": "b",
    "pilot/%252DDash >Bound": "c",
    "pilot/-%252DDash >Bound": "fedba",
    "pilot/ΕΛΛΗΝΙΚΌΣ": "d",
    "pilot/rss%252Exml": "e",
    "corporation/A%252C B & Co%252FSons": "b",
    "corporation/100%2525 ÜNITED": "d",
    "corporation/DREDDIT": "feca",
    "alliance/-Test Alliance Please Ignore": "d",
    "alliance/test alliance please ignore": "fecba",
    "region/the forge/status/approved,paid": "ec",
    "constellation/UX3-N2": "fedcba",
    "division/fleet": "edcba",
    "division/DRÉADS%252C capitals%252Fsupers": "f",
    "division/-Fleet": "f",
    "division/Nowhere": "",
    "submitter/PILOT": "fedcba",
    "submitter/-pilot": "",
    # status
    "status/paid": "e",
    "status/PAID,rejected": "ed",
    "status/-paid,-rejected": "fcba",
    # ISK
    "payout/20000000": "cb",
    "payout/20000000.00,5": "fcb",
    "payout/>20000000": "e",
    "payout/>=20000000": "ecb",
    "payout/<20000000": "fda",
    "payout/<=20000000": "fdcba",
    "payout/>=5,<=10000000": "fa",
    "payout/-20000000": "feda",
    "payout/0.01": "d",
    "payout/999999999999.99": "e",
    "base_payout/>999999999999": "e",
    "payout/>99999999999999999999": "",
    "payout/<=99999999999999999999": "fedcba",
    "payout/12345678901234567": "",
    "payout/-12345678901234567,>=5": "fecba",
    # times
    "kill_timestamp/2014": "ba",
    "kill_timestamp/2014-12": "b",
    "kill_timestamp/2014-12-31T23:59:59": "b",
    "kill_timestamp/>2014": "fedc",
    "kill_timestamp/>=2014": "fedcba",
    "kill_timestamp/<2015": "ba",
    "kill_timestamp/<=2015": "dcba",
    "kill_timestamp/>=2015,<2016": "dc",
    "kill_timestamp/-2015": "feba",
    "kill_timestamp/2014-07,2016": "fea",
    "kill_timestamp/20150314T15": "d",
    "kill_timestamp/2015-03-14_2014-12-31": "dcb",
    "kill_timestamp/2014-12-31_2015-03-14": "dcb",
    "kill_timestamp/9999": "",
    "kill_timestamp/>9999": "",
    "kill_timestamp/<=9999": "fedcba",
    "kill_timestamp/-9999": "fedcba",
    "kill_timestamp/9999-12-31": "",
    "kill_timestamp/9999_0001": "fedcba",
    "submit_timestamp/2016-02-29": "d",
    "submit_timestamp/2014-07-09T19:43:58": "a",
    "submit_timestamp/<2015-01-01": "a",
    # details: all of the words in any order, as plain text; longer words are found by beginnings
    "details/bubble": "ba",
    "details/BUBBLE trouble": "b",
    "details/bubble, died": "a",
    "details/bubble,%0Adied": "a",
    "details/bubble\u2028trouble": "b",
    "pilot/Paxswill%0A": "",
    "ship/Rift\ner/system/Jita": "",
    "details/100%2525": "a",
    "details/100": "a",
    "details/10": "",
    "details/under_score": "b",
    "details/Score, under": "b",
    "details/r_score": "",
    "details/sco": "b",
    "details/sc": "",
    "details/core": "",
    "details/back\\slash": "d",
    "details/jita/details/freighter": "ec",
    "details/-Ganked": "c",
    "details/NOT home": "",
    "details/home OR freighter": "",
    "details/hom*": "f",
    'details/"under score" ': "b",
    "details/uberfall ol": "c",
    "details/ÜBERFALL": "c",
    "details/überfall öl": "c",
    "details/ÖL": "c",
    # everything together
    "division/Fleet/kill_timestamp/>2014/payout/<30000000/ship/-Capsule/status/approved": "c",
}


@pytest.mark.parametrize("path", FILTERS)
def test_filter_when_written_in_a_path_then_finds_these(house, path):
    first = house.reviewer.get(house.in_url(f"/request/all/{path}"), headers=JSON, status="*")
    if first.status_int == 301:
        first = house.reviewer.get(first.location, headers=JSON)
    answer = first.json
    assert "".join(house.letters[row["id"]] for row in answer["requests"]) == FILTERS[path]
    counted = [Decimal(row["payout"]) for row in answer["requests"] if row["status"] != "rejected"]
    assert answer["request_count"] == len(answer["requests"])
    assert Decimal(answer["total_payouts"]) == sum(counted, Decimal(0))


@pytest.mark.parametrize(
    ("path", "letters"),
    [
        ("pending/status/paid", ""),
        ("pending/status/approved", "fc"),
        ("pending/status/-approved", "ba"),
        ("completed/status/approved,paid", "e"),
        ("completed/status/-paid", "d"),
    ],
)
def test_status_when_filtered_on_a_narrow_list_then_never_widens_it(house, path, letters):
    assert house.found(path) == letters


@pytest.mark.parametrize(
    ("path", "letters"),
    [
        ("", "fedcba"),
        ("sort/submit_timestamp", "abcdef"),
        ("sort/-kill_timestamp", "fedcba"),
        ("sort/payout", "dfabce"),
        ("sort/-payout", "ecbafd"),
        ("sort/base_payout", "dfabce"),
        ("sort/-ship", "cbefad"),
        ("sort/ship", "dafebc"),
        ("sort/status", "cfabed"),
        ("sort/-status", "debafc"),
        ("sort/division", "fabcde"),
        ("sort/-division", "edcbaf"),
        ("sort/submitter", "abcdef"),
        ("sort/system", "cdeabf"),
        ("sort/region", "abfcde"),
        ("sort/corporation", "dbacef"),
        ("sort/constellation", "abcdef"),
        ("sort/alliance", "dabcef"),
        ("sort/pilot", "cfebad"),
    ],
)  # fmt: skip
def test_list_when_sorted_then_ties_break_by_id_in_the_same_direction(house, path, letters):
    assert house.found(f"all/{path}") == letters


def test_pay_list_when_opened_then_the_oldest_is_first_and_can_be_turned(house):
    assert house.found("pay/", "payer") == "cf"
    assert house.found("pay/sort/-submit_timestamp", "payer") == "fc"

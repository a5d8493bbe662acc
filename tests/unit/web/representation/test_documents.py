"""Documents and their JSON: keys and formats that the published samples don't show."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from srp_portal.domain.lifecycle import Status
from srp_portal.domain.payout import ModifierKind
from srp_portal.services.administration_results import (
    ApiKeyList,
    DivisionDetail,
    DivisionList,
    DivisionSummary,
    EntityView,
    TransformerView,
)
from srp_portal.services.results import (
    ApiKeyView,
    FlagView,
    ModifierView,
    NoteView,
    PaymentView,
    Reference,
    RequestDetail,
    RequestPage,
    RequestRights,
    RequestRow,
)
from srp_portal.web.representation import json as json_format
from srp_portal.web.representation import request_xml, xml  # noqa: F401 - registers the XML
from srp_portal.web.representation.documents import document
from srp_portal.web.representation.links import Links, links_of
from srp_portal.web.representation.request_documents import SCALAR_KEYS
from srp_portal.web.representation.times import http_time, iso_time, minute_time

MakeRow = Callable[..., RequestRow]
MakePage = Callable[..., RequestPage]
READER = Reference(6, "reader")
MOMENT = datetime(2014, 7, 9, 19, 43, 58, 126158, tzinfo=UTC)


def shown(result: object, links: Links) -> Any:
    return json.loads(json_format.dumps(document(result, links)))


def make_modifier(**changes: Any) -> ModifierView:
    modifier = ModifierView(1, ModifierKind.RELATIVE, Decimal("0.15"), "", MOMENT, READER)
    return replace(modifier, **changes)


def make_detail(row: RequestRow, **changes: Any) -> RequestDetail:
    return replace(RequestDetail(row, READER, (), (), (), RequestRights()), **changes)


@pytest.mark.parametrize(
    ("moment", "http", "iso", "minute"),
    [
        (
            MOMENT,
            "Wed, 09 Jul 2014 19:43:58 GMT",
            "2014-07-09T19:43:58.126158",
            "09 Jul 2014 19:43",
        ),
        (
            datetime(2014, 7, 2, 19, 26, tzinfo=UTC),
            "Wed, 02 Jul 2014 19:26:00 GMT",
            "2014-07-02T19:26:00",
            "02 Jul 2014 19:26",
        ),
        (
            datetime(2025, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2))),
            "Tue, 31 Dec 2024 23:30:00 GMT",
            "2024-12-31T23:30:00",
            "31 Dec 2024 23:30",
        ),
    ],
    ids=["microseconds", "whole", "other-zone"],
)
def test_times_are_utc_in_the_published_formats(
    moment: datetime, http: str, iso: str, minute: str
) -> None:
    assert (http_time(moment), iso_time(moment), minute_time(moment)) == (http, iso, minute)


def test_page_has_count_and_total_of_the_whole_list(make_page: MakePage, links: Links) -> None:
    page = make_page(count=1_000_000, total=Decimal("1234567890123456789.05"))
    built = shown(page, links)
    assert built["request_count"] == 1_000_000
    assert built["total_payouts"] == "1234567890123456789.05"
    assert built["total_payouts_str"] == "1,234,567,890,123,456,789.05"
    assert [row["id"] for row in built["requests"]] == [101, 100]
    assert "api_keys" not in built
    assert "current_user" not in built


@pytest.mark.parametrize(
    ("path", "following", "preceding"),
    [
        ("", "/request/pending/page/2", None),
        ("page/2", "/request/pending/page/3", "/request/pending/"),
        ("page/3", None, "/request/pending/page/2"),
        (
            "page/2/ship/Rifter",
            "/request/pending/page/3/ship/Rifter",
            "/request/pending/ship/Rifter",
        ),
    ],
    ids=["first", "middle", "last", "filtered"],
)
def test_page_links_keep_filters_and_query(
    path: str, following: str | None, preceding: str | None, make_page: MakePage
) -> None:
    links = Links("https://srp.example.com", "", "", "apikey=KEY%2C&fmt=json")
    built = shown(make_page(path=path, count=450), links)
    query = "apikey=KEY%2C&fmt=json"
    expected = [
        following and f"https://srp.example.com{following}?{query}",
        # The page's first request has this id.
        preceding and f"https://srp.example.com{preceding}?{query}&before=101",
    ]
    assert [built["next"], built["prev"]] == expected


def test_page_when_empty_has_no_neighbours(make_page: MakePage, links: Links) -> None:
    built = shown(make_page(rows=(), total=Decimal("0.00")), links)
    assert (built["requests"], built["next"], built["prev"]) == ([], None, None)
    assert built["total_payouts"] == "0.00"


def test_page_of_somebody_without_keys_has_an_empty_list(make_page: MakePage, links: Links) -> None:
    assert shown(make_page(list_name="personal", api_keys=()), links)["api_keys"] == []


def test_row_without_alliance_is_null_and_with_withdrawal_marked(
    make_row: MakeRow, make_page: MakePage, links: Links
) -> None:
    row = make_row(alliance=None, alliance_id=None, is_withdrawn=True, status=Status.REJECTED)
    built = shown(make_page(rows=(row,)), links)["requests"][0]
    assert built["alliance"] is None
    assert built["withdrawn"] is True
    assert built["status"] == "rejected"


def test_scalar_keys_are_those_of_a_row_that_hold_no_object(
    make_page: MakePage, links: Links
) -> None:
    row = shown(make_page(), links)["requests"][0]
    scalar = {key for key, value in row.items() if not isinstance(value, dict | list)}
    assert set(SCALAR_KEYS) == scalar
    assert len(SCALAR_KEYS) == len(scalar)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (ModifierKind.RELATIVE, "0.15", (0.15, "15.0% bonus")),
        (ModifierKind.RELATIVE, "-0.33333", (-0.33333, "33.333% penalty")),
        (ModifierKind.RELATIVE, "1", (1.0, "100.0% bonus")),
        (ModifierKind.RELATIVE, "99999.99999", (99999.99999, "9999999.999% bonus")),
        (ModifierKind.ABSOLUTE, "1500000.00", ("1500000.00", "1,500,000.00 ISK bonus")),
        (ModifierKind.ABSOLUTE, "-0.01", ("-0.01", "0.01 ISK penalty")),
    ],
)
def test_modifier_value_is_a_number_or_an_amount(
    kind: ModifierKind, value: str, expected: tuple[object, str], make_row: MakeRow, links: Links
) -> None:
    detail = make_detail(make_row(), modifiers=(make_modifier(kind=kind, value=Decimal(value)),))
    built = shown(detail, links)["modifiers"][0]
    assert (built["value"], built["value_str"]) == expected
    assert built["type"] == kind
    assert built["void"] is False
    assert "suggested" not in built


def test_modifier_when_suggested_says_so(make_row: MakeRow, links: Links) -> None:
    detail = make_detail(make_row(), modifiers=(make_modifier(is_suggested=True),))
    assert shown(detail, links)["modifiers"][0]["suggested"] is True


def test_modifier_when_taken_names_who_took_it(make_row: MakeRow, links: Links) -> None:
    detail = make_detail(make_row(), modifiers=(make_modifier(taken_by=Reference(9, "taker")),))
    assert shown(detail, links)["modifiers"][0]["taken_by"]["name"] == "taker"


INTERNAL = {
    "flags": (FlagView("doctrine", "no-fit", "warning", "No fit"),),
    "notes": (NoteView(3, READER, "Twice this week", MOMENT),),
}


def test_detail_for_staff_has_flags_and_notes(make_row: MakeRow, links: Links) -> None:
    rights = RequestRights(see_internal=True)
    built = shown(make_detail(make_row(), rights=rights, **INTERNAL), links)
    assert built["flags"] == [
        {"code": "no-fit", "level": "warning", "plugin": "doctrine", "text": "No fit"}
    ]
    assert built["notes"][0]["note"] == "Twice this week"
    assert built["notes"][0]["user"]["href"] == "/api/user/6/"


def test_detail_for_others_has_neither_even_when_the_result_holds_them(
    make_row: MakeRow, links: Links
) -> None:
    built = shown(make_detail(make_row(), **INTERNAL), links)
    assert "flags" not in built
    assert "notes" not in built


def test_detail_has_version_reader_actions_and_transformed(make_row: MakeRow, links: Links) -> None:
    detail = make_detail(
        make_row(version=12),
        valid_actions=(Status.APPROVED, Status.REJECTED),
        transformed={"ship": ("Wiki", "https://wiki.example.com/Rifter")},
    )
    built = shown(detail, links)
    assert built["version"] == 12
    assert built["current_user"] == {"href": "/api/user/6/", "id": 6, "name": "reader"}
    assert built["valid_actions"] == ["approved", "rejected"]
    assert built["transformed"] == {"ship": "https://wiki.example.com/Rifter"}


def test_detail_payments_when_voided_stay_with_the_reason(make_row: MakeRow, links: Links) -> None:
    payment = PaymentView(1, READER, READER, Decimal("5.00"), MOMENT, MOMENT, None, "Typo")
    built = shown(make_detail(make_row(), payments=(payment,)), links)["payments"][0]
    assert built["amount"] == "5.00"
    assert built["void"] == {
        "reason": "Typo",
        "timestamp": "Wed, 09 Jul 2014 19:43:58 GMT",
        "user": None,
    }


def test_api_keys_are_shown_whole_to_their_owner(links: Links) -> None:
    key = ApiKeyView(6, "abc,", "bot", MOMENT, expires_at=MOMENT)
    assert shown(ApiKeyList(READER, (key,)), links)["api_keys"] == [
        {
            "expires": "Wed, 09 Jul 2014 19:43:58 GMT",
            "id": 6,
            "key": "abc,",
            "last_used": None,
            "name": "bot",
            "timestamp": "Wed, 09 Jul 2014 19:43:58 GMT",
        }
    ]


def test_divisions_are_listed_with_links(links: Links) -> None:
    divisions = DivisionList(READER, (DivisionSummary(4, "Four", {"pay": 2}),), may_add=False)
    assert shown(divisions, links)["divisions"] == [
        {"href": "/api/division/4/", "id": 4, "name": "Four", "permissions": {"pay": 2}}
    ]


def test_division_shows_who_holds_what_and_the_transformer_in_use(links: Links) -> None:
    division = DivisionDetail(
        4,
        "Four",
        READER,
        permissions={
            "pay": (EntityView("user", 1, "A", "local"), EntityView("group", 1, "B", "x"))
        },
        transformers={"ship": (TransformerView("W", "https://w/{}"), TransformerView("Z", "z"))},
        chosen={"ship": "W"},
    )
    built = shown(division, links)
    assert [each["href"] for each in built["permissions"]["pay"]] == [
        "/api/user/1/",
        "/api/group/1/",
    ]
    assert [each["chosen"] for each in built["transformers"]["ship"]] == [True, False]


def test_document_when_nobody_registered_one_names_the_type(links: Links) -> None:
    with pytest.raises(TypeError, match="Decimal"):
        document(Decimal(1), links)


def test_json_when_given_money_or_time_refuses_instead_of_guessing() -> None:
    for value in (Decimal("1.00"), MOMENT):
        with pytest.raises(TypeError):
            json_format.dumps({"value": value})


def test_json_keeps_any_text_and_sorts_keys() -> None:
    text = "\x00\x1f\u2028 <b> \U0001f680 “é”"
    dumped = json_format.dumps({"b": text, "a": 1})
    assert dumped.startswith(b'{"a":1,')
    assert json.loads(dumped)["b"] == text


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({}, ""),
        ({"fmt": ""}, ""),
        ({"fmt": "json", "other": "1"}, "fmt=json"),
        ({"fmt": "xml", "apikey": "a_b-c,"}, "apikey=a_b-c%2C&fmt=xml"),
    ],
)
def test_links_keep_key_and_format_of_the_query(query: dict[str, str], kept: str) -> None:
    request = SimpleNamespace(
        GET=query,
        host_url="https://example.com:8080",
        application_url="https://example.com:8080/my%20srp",
        portal=SimpleNamespace(settings=SimpleNamespace(site_name="S")),
    )
    links = links_of(request)
    assert links == Links("https://example.com:8080", "/my%20srp", "S", kept)
    assert links.request(5) == "/my%20srp/request/5/"


def test_page_is_the_same_however_often_its_key_was_used(make_page: MakePage, links: Links) -> None:
    key = ApiKeyView(6, "abc,", "bot", MOMENT)
    used = replace(key, last_used_at=MOMENT)
    for serialize in (lambda page: json_format.dumps(document(page, links)), to_xml(links)):
        assert serialize(make_page(api_keys=(key,))) == serialize(make_page(api_keys=(used,)))


def to_xml(links: Links) -> Callable[[RequestPage], bytes]:
    return lambda page: xml.dumps(page, links)

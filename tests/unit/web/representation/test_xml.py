"""XML of requests, keys and everything else, with text that XML can't carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from srp_portal.domain.lifecycle import Status
from srp_portal.domain.payout import ModifierKind
from srp_portal.services.administration_results import ApiKeyList, DivisionList, DivisionSummary
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
from srp_portal.web.representation import (
    request_xml,  # noqa: F401 - registers the XML of requests
    xml,
)
from srp_portal.web.representation.links import Links

MakeRow = Callable[..., RequestRow]
MakePage = Callable[..., RequestPage]
READER = Reference(6, "reader\x00 & co")
MOMENT = datetime(2014, 7, 9, 19, 43, 58, tzinfo=UTC)
NASTY = "<b>&amp;</b>\x00\x0b\x1f\ufffe\uffff\r\n\ttab \U0001f680 ]]>"
CLEANED = "<b>&amp;</b>\ufffd\ufffd\ufffd\ufffd\ufffd\r\n\ttab \U0001f680 ]]>"


def parsed(result: object, links: Links) -> Any:
    return etree.fromstring(xml.dumps(result, links))


def test_page_has_count_total_and_neighbours(make_page: MakePage, links: Links) -> None:
    root = parsed(make_page(path="page/2", count=450, total=Decimal("12.50")), links)
    assert dict(root.find("requests").attrib) == {"count": "450", "total-payouts": "12.50"}
    assert root.findtext("next") == "https://srp.example.com/request/pending/page/3"
    assert root.findtext("prev") == "https://srp.example.com/request/pending/?before=101"
    assert root.find("apikeys") is None
    assert root.get("user") == "reader"


def test_page_when_single_has_no_neighbours(make_page: MakePage, links: Links) -> None:
    root = parsed(make_page(), links)
    assert [child.tag for child in root] == ["requests"]


def test_page_of_somebody_without_keys_has_an_empty_element(
    make_page: MakePage, links: Links
) -> None:
    root = parsed(make_page(list_name="personal", api_keys=()), links)
    assert len(root.find("apikeys")) == 0


def test_row_without_alliance_has_an_empty_element(
    make_row: MakeRow, make_page: MakePage, links: Links
) -> None:
    alliance = parsed(make_page(rows=(make_row(alliance=None),)), links).find(".//alliance")
    assert alliance is not None
    assert alliance.text is None


def test_withdrawn_request_is_marked(make_row: MakeRow, make_page: MakePage, links: Links) -> None:
    rows = (make_row(2, is_withdrawn=True, status=Status.REJECTED), make_row(1))
    marks = [each.get("withdrawn") for each in parsed(make_page(rows=rows), links).iter("request")]
    assert marks == ["true", None]


def test_text_that_xml_cannot_carry_is_replaced(
    make_row: MakeRow, make_page: MakePage, links: Links
) -> None:
    row = make_row(details=NASTY, pilot=NASTY, division=Reference(1, NASTY))
    request = parsed(make_page(rows=(row,), reader=Reference(6, NASTY)), links).find(".//request")
    assert request.findtext("details") == CLEANED
    assert request.findtext("pilot/name") == CLEANED
    assert request.find("division").get("name") == CLEANED


@given(text=st.text())
def test_any_text_gives_well_formed_xml(text: str) -> None:
    root = xml.response(Reference(1, text))
    xml.child(root, "text", text)
    again = etree.fromstring(xml.serialize(root))
    assert (again.findtext("text") or "") == xml.carried(text)
    assert again.get("user") == xml.carried(text)


def test_modifiers_have_type_suggestion_and_void(make_row: MakeRow, links: Links) -> None:
    plain = ModifierView(1, ModifierKind.ABSOLUTE, Decimal("-5.00"), "", MOMENT, READER)
    modifiers = (
        replace(plain, id=3, is_suggested=True),
        replace(plain, id=2, voided_at=MOMENT, voided_by=Reference(9, "voider")),
        replace(plain, taken_by=Reference(8, "taker")),
    )
    detail = RequestDetail(make_row(), READER, (), modifiers, (), RequestRights())
    suggested, voided, taken = parsed(detail, links).iter("modifier")
    assert dict(suggested.attrib) == {"id": "3", "type": "absolute", "suggested": "true"}
    assert suggested.findtext("value") == "5.00 ISK penalty"
    assert suggested.find("void") is None
    assert voided.find("void").get("name") == "voider"
    assert voided.findtext("void/timestamp") == "2014-07-09T19:43:58"
    assert taken.find("taken-by").get("id") == "8"


@pytest.mark.parametrize("is_staff", [True, False], ids=["staff", "others"])
def test_detail_has_flags_and_notes_for_staff_alone(
    is_staff: bool, make_row: MakeRow, links: Links
) -> None:
    detail = RequestDetail(
        make_row(version=7),
        READER,
        (),
        (),
        (Status.APPROVED,),
        RequestRights(see_internal=is_staff),
        flags=(FlagView("doctrine", "no-fit", "warning", "No fit"),),
        notes=(NoteView(3, READER, "Twice", MOMENT),),
        payments=(PaymentView(1, READER, READER, Decimal("5.00"), MOMENT, MOMENT, READER, "Typo"),),
        transformed={"ship": ("Wiki", "https://wiki.example.com/")},
    )
    request = parsed(detail, links).find("request")
    assert (request.findtext("flags/flag") == "No fit") is is_staff
    assert (request.findtext("notes/note/text") == "Twice") is is_staff
    assert (request.find("notes") is not None) is is_staff
    assert request.get("version") == "7"
    assert request.find("valid-actions/valid-action").get("type") == "approved"
    assert request.find("transformed/url").get("attribute") == "ship"
    assert request.findtext("payments/payment/void/reason") == "Typo"


def test_api_keys_have_the_form_of_the_personal_list(links: Links) -> None:
    root = parsed(ApiKeyList(READER, (ApiKeyView(6, "abc,", "bot", MOMENT),)), links)
    assert root.find("apikeys/apikey").get("id") == "6"
    assert root.findtext("apikeys/apikey/key") == "abc,"
    assert root.findtext("apikeys/apikey/timestamp") == "2014-07-09T19:43:58"


def test_anything_else_is_written_from_its_document(links: Links) -> None:
    divisions = DivisionList(READER, (DivisionSummary(4, NASTY, {"pay": 2}),), may_add=True)
    root = parsed(divisions, links)
    assert root.get("user") == "reader\ufffd & co"
    assert root.find("current-user") is None
    assert root.findtext("divisions/item/name") == CLEANED
    assert root.findtext("divisions/item/permissions/pay") == "2"


def test_plain_documents_keep_null_booleans_and_odd_keys(links: Links) -> None:
    root = parsed({"no_name": None, "yes": True, "12 x": {"a": [1, "two"]}, "": False}, links)
    assert root.find("no-name").text is None
    assert root.findtext("yes") == "true"
    assert root.findtext("entry[@key='12 x']/a/item[2]") == "two"
    assert root.findtext("entry[@key='']") == "false"

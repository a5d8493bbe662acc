"""The published documents: what EVE-SRP's documentation shows must come out of the same data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from srp_portal.domain.filters import parse_filters
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.payout import ModifierKind
from srp_portal.services.results import (
    ActionView,
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
from srp_portal.testing.rows import changed, make_row
from srp_portal.web.representation import json as json_format
from srp_portal.web.representation import request_xml  # noqa: F401 - registers the XML of requests
from srp_portal.web.representation import xml as xml_format
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.request_documents import detail_document, page_document

Check = Callable[[bytes, str], None]

PAXSWILL = Reference(1, "paxswill")
LINKS = Links(origin="http://example.com", site_name="EVE-SRP")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


GUARDIAN = make_row(
    id=39861569,
    status=Status.PAID,
    is_withdrawn=False,
    base_payout=Decimal("40000000.00"),
    payout=Decimal("40000000.00"),
    version=6,
    details="I literally forgot how to broadcast for armor.",
    submitted_at=moment("2014-07-09T19:43:58.126158"),
    killed_at=moment("2014-07-02T19:26:00"),
    killmail_url="https://zkillboard.com/kill/39861569/",
    pilot_id=570140137,
    pilot="Paxswill",
    corporation_id=1018389948,
    corporation="Dreddit",
    alliance_id=498125261,
    alliance="Test Alliance Please Ignore",
    ship_id=11987,
    ship="Guardian",
    system="WD-VTV",
    constellation="UX3-N2",
    region="Catch",
    division=Reference(1, "Test Alliance"),
    submitter=PAXSWILL,
    is_own=True,
)
TRISTAN = changed(
    GUARDIAN,
    id=39697412,
    base_payout=Decimal("9158708.44"),
    payout=Decimal("9158708.44"),
    details="crest mail?",
    submitted_at=moment("2014-07-09T09:12:19.250893"),
    killed_at=moment("2014-06-23T16:06:00"),
    killmail_url="https://zkillboard.com/kill/39697412/",
    ship_id=593,
    ship="Tristan",
    system="Hikkoken",
    constellation="Ishaga",
    region="Black Rise",
)
KEY = ApiKeyView(
    id=6,
    key="dVbP0_SCPS12LnLpIZoJvemzeUUOOUErT7nojbJW4_I,",
    name="",
    created_at=moment("2014-07-10T06:48:51.167054"),
)
PERSONAL = RequestPage(
    list_name="personal",
    filters=parse_filters("", list_name="personal"),
    rows=(GUARDIAN, TRISTAN),
    count=2,
    total=Decimal("49158708.44"),
    page_size=200,
    reader=PAXSWILL,
    api_keys=(KEY,),
)
DETAIL = RequestDetail(
    row=GUARDIAN,
    reader=PAXSWILL,
    actions=(
        ActionView(2, "paid", "", moment("2014-07-10T06:37:09.242568"), PAXSWILL),
        ActionView(1, "approved", "Good to go.", moment("2014-07-09T19:58:56.524278"), PAXSWILL),
    ),
    modifiers=(
        ModifierView(
            id=1,
            kind=ModifierKind.RELATIVE,
            value=Decimal("0.15"),
            note="You're awesome!",
            created_at=moment("2014-07-09T19:50:10.909394"),
            user=PAXSWILL,
            voided_at=moment("2014-07-09T19:58:00.069323"),
            voided_by=PAXSWILL,
        ),
    ),
    valid_actions=(Status.APPROVED, Status.EVALUATING),
    rights=RequestRights(pay=True),
)
#: The same request with everything that may be added, for a reader who may see it.
FULL_DETAIL = replace(
    DETAIL,
    rights=RequestRights(pay=True, see_internal=True),
    flags=(FlagView("doctrine", "no-fit", "warning", "Not a doctrine fit"),),
    notes=(NoteView(1, PAXSWILL, "See #39697412", moment("2014-07-10T07:00:00")),),
    payments=(
        PaymentView(
            id=1,
            payer=PAXSWILL,
            payee=PAXSWILL,
            amount=Decimal("40000000.00"),
            paid_at=moment("2014-07-10T06:37:09"),
            voided_at=None,
            voided_by=None,
            void_reason="",
        ),
    ),
    transformed={"ship": ("Wiki", "https://wiki.example.com/Guardian")},
)


@pytest.mark.parametrize("detail", [DETAIL, FULL_DETAIL], ids=["bare", "with-additions"])
def test_detail_json_is_the_published_document(
    detail: RequestDetail, is_published_json: Check
) -> None:
    is_published_json(json_format.dumps(detail_document(detail, LINKS)), "detail")


@pytest.mark.parametrize("detail", [DETAIL, FULL_DETAIL], ids=["bare", "with-additions"])
def test_detail_xml_is_the_published_document(
    detail: RequestDetail, is_published_xml: Check
) -> None:
    is_published_xml(xml_format.dumps(detail, LINKS), "detail")


def test_personal_json_is_the_published_document(is_published_json: Check) -> None:
    is_published_json(json_format.dumps(page_document(PERSONAL, LINKS)), "personal")


def test_personal_xml_is_the_published_document(is_published_xml: Check) -> None:
    is_published_xml(xml_format.dumps(PERSONAL, LINKS), "personal")


def test_hrefs_when_mounted_under_a_path_carry_the_prefix() -> None:
    document: Any = json.loads(
        json_format.dumps(detail_document(DETAIL, Links("http://example.com", "/srp")))
    )
    assert document["href"] == "/srp/request/39861569/"
    assert document["division"]["href"] == "/srp/api/division/1/"
    assert document["actions"][0]["user"]["href"] == "/srp/api/user/1/"


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        (lambda row: changed(row, payout=Decimal("39999999.99")), "amount"),
        (lambda row: changed(row, pilot="paxswill"), "name"),
        (lambda row: changed(row, killed_at=moment("2014-07-02T19:26:01")), "time"),
        (lambda row: changed(row, alliance=None), "no-alliance"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_comparison_when_a_value_differs_notices(
    spoil: Callable[[RequestRow], RequestRow],
    name: str,
    is_published_json: Check,
    is_published_xml: Check,
) -> None:
    page = replace(PERSONAL, rows=(spoil(GUARDIAN), TRISTAN))
    with pytest.raises(AssertionError):
        is_published_json(json_format.dumps(page_document(page, LINKS)), "personal")
    with pytest.raises(AssertionError):
        is_published_xml(xml_format.dumps(page, LINKS), "personal")

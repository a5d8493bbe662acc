"""A list's XML, written as text, is what a tree of the same values would be written as."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from srp_portal.services.results import ApiKeyView, Reference
from srp_portal.testing.rows import make_row
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.list_xml import RowWriter, page_xml
from srp_portal.web.representation.request_xml import _add_request
from srp_portal.web.representation.xml import carried, escaped, escaped_attribute

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60) | st.text(
    "<>&\"'\r\n\t\x00\x0b]\ufffe\u2028a", max_size=20
)
LINKS = Links(origin="https://srp.example.com", prefix="/a&b", site_name="Test SRP")


@given(ANY_TEXT)
def test_text_when_escaped_is_what_lxml_writes(text):
    root = etree.Element("a")
    root.text = carried(text)
    written = etree.tostring(root, encoding="UTF-8").decode()
    plain = f"<a>{escaped(text)}</a>"
    assert written == (plain if carried(text) else "<a></a>") or (not text and written == "<a/>")


@given(ANY_TEXT)
def test_attribute_when_escaped_is_what_lxml_writes(text):
    root = etree.Element("a", b=carried(text))
    written = etree.tostring(root, encoding="UTF-8").decode()
    assert written == f'<a b="{escaped_attribute(text)}"/>'


@given(
    ANY_TEXT,
    st.none() | ANY_TEXT,
    st.integers(0, 10**14),
    st.booleans(),
    st.datetimes().filter(lambda moment: moment.year > 999),
)
def test_row_when_written_is_the_row_of_a_tree(text, alliance, payout, is_withdrawn, moment):
    row = make_row(
        details=text,
        pilot=text,
        alliance=alliance,
        ship=text,
        region=text,
        is_withdrawn=is_withdrawn,
        division=Reference(1, text),
        submitter=Reference(2, text),
    )._replace(payout_hundredths=payout, submitted_utc=moment)
    root = etree.Element("root")
    _add_request(root, row, LINKS)
    written = etree.fromstring(f"<root>{RowWriter(LINKS).write(row)}</root>")
    assert etree.tostring(written, method="c14n2") == etree.tostring(root, method="c14n2")


def test_page_when_it_has_keys_and_neighbours_then_all_is_escaped(make_page, make_row, links):
    from datetime import UTC, datetime

    key = ApiKeyView(6, "k,", '<"&', datetime(2014, 7, 10, 6, 48, 51, 167054, tzinfo=UTC))
    page = make_page(
        rows=(make_row(),), path="page/2", list_name="personal", count=900, api_keys=(key,),
        reader=Reference(1, '<R "&" D>'),
    )  # fmt: skip
    root = etree.fromstring(page_xml(page, links))
    assert root.get("user") == '<R "&" D>'
    assert root.findtext("apikeys/apikey/name") == '<"&'
    assert root.findtext("apikeys/apikey/timestamp") == "2014-07-10T06:48:51.167054"
    assert root.find("requests").attrib == {"count": "900", "total-payouts": "1500000.00"}
    assert root.findtext("next").endswith("/page/3")
    assert root.findtext("prev").endswith("/request/personal/?before=100")

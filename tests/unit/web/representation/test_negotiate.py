"""The chooser, as a table of what a reader says and what they get."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srp_portal.web.representation.negotiate import (
    FORMATS,
    NotAcceptable,
    UnknownFormat,
    Wish,
    choose,
    choose_for_error,
    feed_suffix,
)

LIST = ("html", "json", "xml", "rss", "atom", "csv")
DETAIL = ("html", "json", "xml")
API = ("json", "xml")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize("name", LIST)
def test_fmt_when_offered_wins_over_path_and_accept(name: str) -> None:
    wish = Wish((name,), "/request/pay/rss.xml", "application/json")
    assert choose(LIST, wish).name == name


@pytest.mark.parametrize(
    ("offers", "fmt"),
    [
        (LIST, ("yaml",)),
        (LIST, ("JSON",)),
        (DETAIL, ("rss",)),
        (DETAIL, ("atom",)),
        (DETAIL, ("csv",)),
        (API, ("html",)),
        (LIST, ("json", "xml")),
        (LIST, ("\ufffd",)),
    ],
    ids=["unknown", "case", "rss", "atom", "csv", "html", "two-different", "no-text"],
)
def test_fmt_when_not_offered_is_refused(offers: tuple[str, ...], fmt: tuple[str, ...]) -> None:
    with pytest.raises(UnknownFormat, match="this page comes as"):
        choose(offers, Wish(fmt))


@pytest.mark.parametrize("fmt", [("",), ("", ""), ("", "json"), ("json", "json")])
def test_fmt_when_empty_is_as_if_absent(fmt: tuple[str, ...]) -> None:
    assert choose(LIST, Wish(fmt)).name == ("json" if "json" in fmt else "html")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/request/pay/rss.xml", "rss"),
        ("/request/pay/atom.xml", "atom"),
        ("/request/pay/ship/Rifter/rss.xml", "rss"),
        ("/request/pay/ship/rss%2Exml", "html"),
        ("/request/pay/rss.xml/", "html"),
        ("/request/pay/myrss.xml", "html"),
        ("/request/pay/", "html"),
    ],
)
def test_path_when_it_ends_in_a_suffix_chooses(path: str, name: str) -> None:
    assert choose(LIST, Wish(path=path, accept="text/html")).name == name


def test_path_when_the_page_has_no_feed_means_nothing() -> None:
    assert choose(DETAIL, Wish(path="/request/1/rss.xml")).name == "html"


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (None, "html"),
        ("", "html"),
        ("  ", "html"),
        (", ,", "html"),
        (",application/json, ", "json"),
        ("*/*", "html"),
        (BROWSER, "html"),
        ("application/json", "json"),
        ("Application/JSON", "json"),
        ("application/json; charset=UTF-8", "json"),
        ("application/xml", "xml"),
        ("text/xml", "xml"),
        ("text/*", "html"),
        ("application/*", "html"),
        ("application/xhtml+xml", "html"),
        ("application/rss+xml", "rss"),
        ("application/rss+xml, application/xml;q=0.9, */*;q=0.1", "rss"),
        ("application/json;q=0.5, application/xml;q=0.6", "xml"),
        ("application/json, text/html", "html"),
        ("application/xml, application/json", "json"),
        ("text/html;q=0, application/xhtml+xml;q=0, */*", "json"),
        ("text/html;q=0, */*", "json"),
        ("text/html;q=0, application/xhtml+xml, */*;q=0.1", "html"),
        ("application/json;q=0, application/xml;q=0, application/*", "html"),
        ("text/html;q=0, application/xml;q=0, text/*, application/*;q=0.1", "json"),
        ("application/json;q=2", "html"),
        ("nonsense", "html"),
        ("image/png, application/json;q=0.1", "json"),
    ],
)
def test_accept_chooses_by_quality_then_by_the_order_of_the_page(
    accept: str | None, name: str
) -> None:
    assert choose(LIST, Wish(accept=accept)).name == name


@pytest.mark.parametrize(
    ("offers", "accept"),
    [
        (LIST, "image/png"),
        (LIST, "text/csv"),
        (LIST, "application/atom+xml"),
        (DETAIL, "application/rss+xml"),
        (API, "text/html"),
        (LIST, "*/*;q=0"),
    ],
)
def test_accept_when_nothing_is_left_names_what_there_is(
    offers: tuple[str, ...], accept: str
) -> None:
    with pytest.raises(NotAcceptable) as caught:
        choose(offers, Wish(accept=accept))
    for name in offers:
        assert name in caught.value.message
        assert FORMATS[name].content_type.partition(";")[0] in caught.value.message


@pytest.mark.parametrize(
    ("offers", "wish", "name"),
    [
        ((), Wish(), "html"),
        ((), Wish(("json",)), "json"),
        ((), Wish(("rss",)), "xml"),
        ((), Wish(("csv",)), "xml"),
        ((), Wish(("yaml",), accept="application/json"), "json"),
        ((), Wish(path="/request/none/rss.xml"), "xml"),
        ((), Wish(path="/request/none/atom.xml"), "xml"),
        ((), Wish(accept="application/rss+xml"), "xml"),
        ((), Wish(accept="image/png"), "html"),
        (DETAIL, Wish(("rss",)), "xml"),
        (API, Wish(), "json"),
        (API, Wish(accept="*/*"), "json"),
        (API, Wish(accept="text/html"), "html"),
        (API, Wish(accept="image/png"), "json"),
    ],
)
def test_error_always_has_a_format(offers: tuple[str, ...], wish: Wish, name: str) -> None:
    assert choose_for_error(offers, wish) == name


@given(
    fmt=st.lists(st.text(max_size=8), max_size=3).map(tuple),
    path=st.text(max_size=30),
    accept=st.none() | st.text(max_size=60),
    offers=st.sampled_from([(), LIST, DETAIL, API]),
)
def test_error_format_whatever_is_asked_is_found(
    fmt: tuple[str, ...], path: str, accept: str | None, offers: tuple[str, ...]
) -> None:
    assert choose_for_error(offers, Wish(fmt, path, accept)) in {"html", "json", "xml"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/request/pay/rss.xml", ("/request/pay", "rss")),
        ("/request/pay/ship/Rifter/atom.xml", ("/request/pay/ship/Rifter", "atom")),
        ("/request/pay/ship/Rifter", ("/request/pay/ship/Rifter", None)),
        ("rss.xml", ("", "rss")),
        ("", ("", None)),
    ],
)
def test_feed_suffix_is_split_off(path: str, expected: tuple[str, str | None]) -> None:
    assert feed_suffix(path) == expected

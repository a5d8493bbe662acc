"""Messages that wait for the next page."""

from __future__ import annotations

import pytest

from srp_portal.web.security.flash import (
    LONGEST_COOKIE,
    LONGEST_MESSAGE,
    MOST_MESSAGES,
    Messages,
)


@pytest.fixture
def add(make_request, answer):
    def add(browser, *messages):
        request = make_request(browser=browser)
        flash = Messages(request)
        for text, level in messages:
            flash.add(text, level)
        return answer(request, browser)

    return add


@pytest.fixture
def show(make_request, answer):
    def show(browser):
        request = make_request(browser=browser)
        shown = Messages(request).pop()
        answer(request, browser)
        return shown

    return show


def test_message_when_added_then_the_next_page_shows_it_once(add, show):
    browser = {}
    add(browser, ("Zażółć “gęślą”; jaźń, 100 %", "success"))
    assert show(browser) == [("success", "Zażółć “gęślą”; jaźń, 100 %")]
    assert browser == {}
    assert show(browser) == []


def test_message_when_no_page_shows_it_then_it_waits_with_later_ones(add, show):
    browser = {}
    add(browser, ("One", "info"))
    assert "Set-Cookie" not in add(browser).headers
    add(browser, ("Two", "danger"))
    assert show(browser) == [("info", "One"), ("danger", "Two")]


def test_message_when_added_and_shown_at_once_then_no_cookie_is_set(make_request, answer):
    request = make_request()
    flash = Messages(request)
    flash.add("Here", "warning")
    assert flash.pop() == [("warning", "Here")]
    assert "Set-Cookie" not in answer(request).headers


@pytest.mark.parametrize(
    ("character", "kept"), [("x", MOST_MESSAGES), ("\N{PARTY POPPER}", 2)], ids=["ASCII", "wide"]
)
def test_messages_when_there_are_many_long_ones_then_the_newest_fit_a_cookie(
    add, show, character, kept
):
    browser = {}
    add(browser, *((f"{number} " + character * 1000, "info") for number in range(9)))
    assert len(browser["srp_flash"]) <= LONGEST_COOKIE
    shown = show(browser)
    assert len(shown) == kept
    assert shown[-1][1].startswith("8 ")
    assert all(len(text) <= LONGEST_MESSAGE for _, text in shown)


@pytest.mark.parametrize("value", ["", "x", "0.x", "e30", "é.é"])
def test_messages_when_the_cookie_is_not_ours_then_nothing_is_shown(show, value):
    assert show({"srp_flash": value}) == []


def test_messages_when_the_cookie_was_changed_then_nothing_is_shown(add, show):
    browser = {}
    add(browser, ("One", "info"))
    signature, content = browser["srp_flash"].split(".")
    assert show({"srp_flash": f"{signature}.{content}A"}) == []


def test_add_when_the_level_is_unknown_then_it_raises(make_request):
    with pytest.raises(ValueError, match="level"):
        Messages(make_request()).add("One", "loud")

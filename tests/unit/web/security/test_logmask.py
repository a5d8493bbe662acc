"""No key in any log, however it got there."""

from __future__ import annotations

import io
import logging

import pytest

from srp_portal.web.security import logmask

KEY = "A1b2-_" * 7 + "x,"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"GET /?apikey={KEY} HTTP/1.1", "GET /?apikey=*** HTTP/1.1"),
        (f"/?fmt=json&apikey={KEY}&page=2", "/?fmt=json&apikey=***&page=2"),
        (f"/?APIKEY={KEY[:-1]}%2C&a=b", "/?APIKEY=***&a=b"),
        (f"/login/?next=%2F%3Fapikey%3D{KEY}%26x", "/login/?next=%2F%3Fapikey%3D***%26x"),
        (f"Authorization: Bearer {KEY}", "Authorization: Bearer ***"),
        (f"{{'Authorization': 'bearer {KEY}'}}", "{'Authorization': 'bearer ***'}"),
        (f'"GET /?apikey={KEY}" 200', '"GET /?apikey=***" 200'),
        ("GET /x?apikey=abc%2Ddefgh%5Fij%2C&fmt=json", "GET /x?apikey=***&fmt=json"),
        (f"/?api%6Bey={KEY}&a=b", "/?api%6Bey=***&a=b"),
        (f"/?%61%50ikey={KEY}&a=b", "/?%61%50ikey=***&a=b"),
        (f"/?apikey=%20{KEY}&a=b", "/?apikey=***&a=b"),
        (
            f"?next=%252F%253Fapikey%253D{KEY[:-1]}%25252C%2526x",
            "?next=%252F%253Fapikey%253D***%2526x",
        ),
        (f"[('apikey', '{KEY}'), ('fmt', 'json')]", "[('apikey', '***'), ('fmt', 'json')]"),
        (f"{{'apikey': '{KEY}'}}", "{'apikey': '***'}"),
        (f"{{'apikey': ['{KEY}']}}", "{'apikey': ['***']}"),
        (f"{{b'apikey': b'{KEY}'}}", "{b'apikey': b'***'}"),
        (f'{{"apikey":"{KEY}"}}', '{"apikey":"***"}'),
        (f"apikey='{KEY}')", "apikey='***')"),
        (f"next=Bearer%20{KEY} x", "next=Bearer*** x"),
        ("nothing to hide: apikeys, bearer", "nothing to hide: apikeys, bearer"),
    ],
)
def test_masked_when_a_text_holds_a_key_then_only_the_key_goes(text, clean):
    assert logmask.masked(text) == clean


@pytest.fixture
def log():
    """A logger with a handler of its own, and what it wrote."""
    stream = io.StringIO()
    logger = logging.getLogger("tests.logmask")
    handler = logging.StreamHandler(stream)
    logger.addHandler(handler)
    logger.propagate = False
    logmask.install()
    logmask.install()
    yield logging.getLogger("tests.logmask.child"), stream, handler
    logger.removeHandler(handler)


def test_install_when_called_twice_then_each_handler_has_one_filter(log):
    _, _, handler = log
    assert len([each for each in handler.filters if isinstance(each, logmask.KeyMask)]) == 1


def test_filter_when_the_key_is_an_argument_then_it_is_masked(log):
    logger, stream, _ = log
    logger.warning("%s %s", "GET", f"/?apikey={KEY}")
    assert stream.getvalue() == "GET /?apikey=***\n"


def test_filter_when_the_key_is_in_a_traceback_then_it_is_masked(log):
    logger, stream, _ = log
    try:
        raise ValueError(f"can't read /?apikey={KEY}")
    except ValueError:
        logger.exception("failed")
    assert "ValueError: can't read /?apikey=***" in stream.getvalue()
    assert KEY not in stream.getvalue()


def test_filter_when_the_arguments_dont_fit_then_the_record_passes(log, monkeypatch):
    logger, stream, _ = log
    monkeypatch.setattr(logging, "raiseExceptions", False)
    logger.warning("%d", "text")
    logger.warning("after")
    assert stream.getvalue() == "after\n"

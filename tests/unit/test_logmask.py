"""No key in any log, however it got there."""

from __future__ import annotations

import io
import logging

import pytest

from srp_portal import logmask

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


def test_filter_when_a_traceback_holds_urls_then_no_more_than_their_hosts_stay(log):
    logger, stream, _ = log
    try:
        try:
            raise ConnectionError("https://discord.com/api/webhooks/1/S3CRET?wait=S3CRET")
        except ConnectionError as error:
            raise RuntimeError("amqp://boss:S3CRET@mq.example/in") from error
    except RuntimeError:
        logger.exception("failed")
    assert "S3CRET" not in stream.getvalue()
    assert "ConnectionError: https://discord.com/…" in stream.getvalue()
    assert "RuntimeError: amqp://mq.example/…" in stream.getvalue()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("srp_portal.hooks.border", "told https://discord.com/…\n"),
        ("srp_portal_notify.sending", "told https://discord.com/…\n"),
        ("urllib3.connectionpool", "told https://discord.com/…\n"),
        ("wsgi", "told https://discord.com/1\n"),
    ],
)
def test_filter_when_a_message_tells_of_a_call_then_no_more_than_its_host_stays(
    log, monkeypatch, name, shown
):
    _, stream, handler = log
    logger = logging.getLogger(name)
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "propagate", False)
    logger.warning("told %s", "https://discord.com/1")
    assert stream.getvalue() == shown


def test_filter_when_urllib3_tells_of_a_call_then_its_path_is_left_out(log, monkeypatch):
    _, stream, handler = log
    logger = logging.getLogger("urllib3.connectionpool")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "propagate", False)
    said = ("https", "discord.com", 443, "POST", "/api/S3CRET?wait=S3CRET", "HTTP/1.1", 204, 0)
    logger.warning('%s://%s:%s "%s %s %s" %s %s', *said)
    logger.warning("Retrying (Retry(total=1)) after connection broken by '%r': %s", 1, said[4])
    logger.warning("Incremented Retry for (url='%s'): Retry(total=1)", said[4])
    assert stream.getvalue() == (
        'https://discord.com:443 "POST /… HTTP/1.1" 204 0\n'
        "Retrying (Retry(total=1)) after connection broken by '1': /…\n"
        "Incremented Retry for (url=/… Retry(total=1)\n"
    )


def test_filter_when_the_arguments_dont_fit_then_the_record_passes(log, monkeypatch):
    logger, stream, _ = log
    monkeypatch.setattr(logging, "raiseExceptions", False)
    logger.warning("%d", "text")
    logger.warning("after")
    assert stream.getvalue() == "after\n"


def test_worker_when_it_has_set_up_its_logs_then_secrets_are_kept_out_of_them(log):
    from celery.signals import celeryd_after_setup

    from srp_portal.worker import keep_secrets_out_of_logs

    keep_secrets_out_of_logs()
    logger, stream, handler = log
    handler.filters.clear()
    celeryd_after_setup.send(sender="worker")
    logger.warning("/?apikey=%s", KEY)
    assert stream.getvalue() == "/?apikey=***\n"

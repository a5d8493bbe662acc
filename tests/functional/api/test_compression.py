"""gzip: for programs that ask for it, never for HTML, never where a length could tell secrets."""

from __future__ import annotations

import gzip
import json
import subprocess
import zlib
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests
from pyramid.request import Request
from pyramid.response import Response

from srp_portal.web.compression import compression_tween_factory

GZIP = {"Accept-Encoding": "gzip"}
FORMATS = ("json", "xml", "rss", "atom", "csv")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def raw(served, path, method="GET", **headers):
    """Status, headers and body as they came over the wire."""
    connection = HTTPConnection(urlsplit(served.url).netloc, timeout=60)
    wanted = {"Authorization": f"Bearer {served.key}"}
    wanted |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=wanted)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


@pytest.mark.parametrize("fmt", FORMATS)
def test_document_when_gzip_is_asked_for_then_is_the_same_in_few_bytes(served, fmt):
    path = f"/request/all/?fmt={fmt}"
    _, plain_headers, plain = raw(served, path)
    status, headers, body = raw(served, path, Accept_Encoding="gzip, deflate, br")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert gzip.decompress(body) == plain
    assert len(body) < len(plain) / 3
    assert int(headers["Content-Length"]) == len(body)
    for name in ("Content-Type", "ETag", "Vary", "Cache-Control"):
        assert headers[name] == plain_headers[name]
    assert "Accept-Encoding" in headers["Vary"]
    assert "Content-Encoding" not in plain_headers


def test_document_when_asked_for_twice_then_is_the_same_bytes(served):
    answers = {raw(served, "/request/all/rss.xml", Accept_Encoding="gzip")[2] for _ in range(2)}
    assert len(answers) == 1


@pytest.mark.parametrize("fmt", FORMATS)
def test_document_when_the_reader_has_it_compressed_then_is_304(served, fmt):
    path = f"/request/all/?fmt={fmt}"
    etag = raw(served, path, Accept_Encoding="gzip")[1]["ETag"]
    for encoding in ("gzip", "identity"):
        status, headers, body = raw(served, path, Accept_Encoding=encoding, If_None_Match=etag)
        assert (status, body, headers["ETag"]) == (304, b"", etag)
        assert "Accept-Encoding" in headers["Vary"]
        assert "Content-Encoding" not in headers


def test_head_when_gzip_is_asked_for_then_has_the_headers_of_get(served):
    path = "/request/all/?fmt=json"
    _, headers, _ = raw(served, path, Accept_Encoding="gzip")
    status, of_head, body = raw(served, path, "HEAD", Accept_Encoding="gzip")
    assert (status, body) == (200, b"")
    for name in ("Content-Encoding", "Content-Length", "Content-Type", "ETag", "Vary"):
        assert of_head[name] == headers[name]


@pytest.mark.parametrize(
    "encoding",
    ["", "identity", "br", "gzip;q=0", "*;q=0", "gzip;q=0.3, identity;q=0.8", "no such, thing;q=x"],
)
def test_document_when_gzip_is_not_wanted_then_comes_as_it_is(served, encoding):
    _, headers, body = raw(served, "/request/all/?fmt=json", Accept_Encoding=encoding)
    assert "Content-Encoding" not in headers
    assert json.loads(body)["requests"]


@pytest.mark.parametrize("encoding", ["*", "GZIP", "br;q=0.9, gzip;q=0.8, *;q=0.1"])
def test_document_when_gzip_is_among_others_then_is_compressed(served, encoding):
    _, headers, _ = raw(served, "/request/all/?fmt=json", Accept_Encoding=encoding)
    assert headers["Content-Encoding"] == "gzip"


def test_answer_when_it_is_short_or_an_error_or_html_then_is_not_compressed(served):
    for path, status in (
        ("/apikeys/?fmt=json", 200),
        ("/request/all/page/99?fmt=json", 404),
        ("/request/all/?fmt=html", 200),
        ("/request/all/", 200),
        ("/health/live", 200),
    ):
        answer = raw(served, path, Accept_Encoding="gzip")
        assert (answer[0], answer[1]["Content-Encoding"]) == (status, None), path
        assert {"Accept", "Cookie"} <= set(answer[1]["Vary"].split(", ")), path


def test_curl_when_it_asks_for_compression_then_reads_the_document(served, program):
    done = subprocess.run(
        [program("curl", package="curl"), "-sS", "--fail", "--compressed", "--max-time", "60",
         "-H", f"Authorization: Bearer {served.key}", f"{served.url}/request/all/?fmt=json"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert len(json.loads(done.stdout)["requests"]) == 200


@pytest.mark.parametrize(
    ("headers", "is_compressed"),
    [
        ({"Sec-Fetch-Site": "cross-site", "User-Agent": FIREFOX}, False),
        ({"Sec-Fetch-Site": "same-site", "User-Agent": FIREFOX}, False),
        ({"Sec-Fetch-Site": "same-origin", "User-Agent": FIREFOX}, True),
        ({"Sec-Fetch-Site": "none", "User-Agent": FIREFOX}, True),
        ({"User-Agent": FIREFOX}, False),
        ({"User-Agent": "python-requests/2.34"}, True),
    ],
)
def test_document_when_a_session_asks_then_is_compressed_unless_a_site_may_have_sent_it(
    served, headers, is_compressed
):
    [session] = served.portal.login("seed-reviewer-4").cookies.items()
    answer = requests.get(
        f"{served.url}/request/all/?fmt=json",
        headers={**GZIP, **headers},
        cookies=dict([session]),
        timeout=60,
    )
    assert answer.status_code == 200
    assert ("Content-Encoding" in answer.headers) is is_compressed


def test_answer_when_it_is_made_piece_by_piece_then_is_compressed_so_and_ends_well():
    """No list of ours is streamed yet; one of a plugin's may be."""
    closed = []

    class Parts:
        def __iter__(self):
            yield from (b"a" * 5_000, b"", b"b" * 5_000)

        def close(self):
            closed.append(True)

    def handler(request):
        made = Response(app_iter=Parts(), content_type="application/json")
        made.content_length = None
        made.headers["ETag"] = '"strong"'
        return made

    request = Request.blank("/", headers=GZIP)
    answer = compression_tween_factory(handler, None)(request)
    pieces = list(answer.app_iter)
    assert all(pieces)
    assert zlib.decompress(b"".join(pieces), 31) == b"a" * 5_000 + b"b" * 5_000
    assert (answer.content_length, answer.headers["ETag"], closed) == (None, 'W/"strong"', [True])

from __future__ import annotations

import struct
import zlib

import pytest

from srp_portal.sandbox.drawing import Canvas, mix


def pixels(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and raw rows of a PNG, with its checksums verified."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, data, size = 8, b"", (0, 0)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
        data += body if kind == b"IDAT" else b""
        at += 12 + length
    return *size, zlib.decompress(data)


@pytest.mark.parametrize(
    "path",
    [
        "types/11987/icon",
        "types/11987/render",
        "types/35832/render",
        "types/2048/icon",
        "types/691/bp",
        "types/691/bpc",
        "characters/2112000101/portrait",
        "corporations/98000101/logo",
        "alliances/99000101/logo",
        "characters/1/portrait",
    ],
)
def test_picture_when_asked_then_it_is_a_png_of_that_size(web, path):
    answer = web("GET", f"/images/{path}?size=64")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    width, height, rows = pixels(answer.content)
    assert (width, height) == (64, 64)
    assert len(rows) == 64 * (64 * 3 + 1)
    assert len(set(rows)) > 20


@pytest.mark.parametrize("size", [32, 64, 128, 256, 512, 1024])
def test_picture_when_a_size_is_asked_then_it_has_it(web, size):
    answer = web("GET", f"/images/types/587/render?size={size}&tenant=tranquility")
    assert pixels(answer.content)[:2] == (size, size)


def test_picture_when_no_size_is_asked_then_it_has_its_own(web):
    assert pixels(web("GET", "/images/characters/1/portrait").content)[0] == 512


def test_picture_when_of_other_ids_then_it_differs_and_stays(web):
    paths = [
        f"/images/characters/{number}/portrait?size=32" for number in range(2112000101, 2112000105)
    ]
    pictures = [web("GET", path).content for path in paths]
    assert len(set(pictures)) == len(pictures)
    assert [web("GET", path).content for path in paths] == pictures


def test_picture_when_the_client_has_it_then_304(web):
    first = web("GET", "/images/types/587/icon")
    headers = {"If-None-Match": first.headers["ETag"]}
    assert web("GET", "/images/types/587/icon", headers=headers).status_code == 304


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("types/587/portrait", 404, id="wrong variation"),
        pytest.param("types/691/icon", 404, id="blueprints have none"),
        pytest.param("types/2048/render", 404, id="modules have none"),
        pytest.param("fleets/1/logo", 404, id="wrong category"),
        pytest.param("fleets/1", 404, id="no variations"),
        pytest.param("types/abc/icon", 404, id="no number"),
        pytest.param("types", 404, id="too short"),
        pytest.param("types/587/icon?size=65", 400, id="no such size"),
    ],
)
def test_picture_when_there_is_none_then_an_error(web, path, status):
    assert web("GET", f"/images/{path}").status_code == status


def test_variations_when_asked_then_they_are_listed(web):
    assert web("GET", "/images/types/11987").json() == ["render", "icon"]
    assert web("GET", "/images/types/691").json() == ["bp", "bpc"]
    assert web("GET", "/images/alliances/1").json() == ["logo"]


def test_method_when_post_then_405(web):
    assert web("POST", "/images/types/587/icon").status_code == 405


def test_canvas_when_a_pixel_is_half_covered_then_it_is_mixed():
    canvas = Canvas(4, (0, 0, 0), (0, 0, 0))
    white = (255, 255, 255)
    canvas.polygon([(0.125, 0), (1, 0), (1, 1), (0.125, 1)], white, white)
    row = pixels(canvas.png())[2][1:13]
    assert row[:3] == bytes(mix((0, 0, 0), white, 0.5))
    assert row[3:] == b"\xff" * 9


def test_canvas_when_a_polygon_is_thinner_than_a_pixel_then_it_still_shows():
    canvas = Canvas(4, (0, 0, 0), (0, 0, 0))
    canvas.polygon([(0.3, 0), (0.35, 0), (0.35, 1), (0.3, 1)], (200, 0, 0), (200, 0, 0))
    assert pixels(canvas.png())[2][1:13][3] == 40


def test_canvas_when_drawn_outside_then_nothing_breaks():
    canvas = Canvas(4, (1, 2, 3), (1, 2, 3))
    canvas.ellipse((2.0, 2.0), (0.1, 0.1), (9, 9, 9), (9, 9, 9))
    assert pixels(canvas.png())[2].count(b"\x01\x02\x03") == 16

"""The image server: pictures made from the id, so that every id has one of its own."""

from __future__ import annotations

import colorsys
import hashlib
from functools import lru_cache

from srp_portal.sandbox.drawing import Canvas, Colour, Point, mix
from srp_portal.sandbox.loading import Atlas, atlas
from srp_portal.sandbox.messages import Request, Response, json_response, text_response

SIZES = (32, 64, 128, 256, 512, 1024)
_NATIVE = {"portrait": 512, "render": 512, "logo": 128, "icon": 64, "bp": 64, "bpc": 64}
# Categories of types: ships, blueprints, structures.
_SHIPS, _BLUEPRINTS, _STRUCTURES = 6, 9, 65
_NIGHT: Colour = (13, 17, 26)
# Side of a cell of the glyph on a logo.
_CELL = 0.09


def answer(request: Request) -> Response:
    """Answers below `/images`: a picture, or without a variation the list of those there are."""
    if request.method not in {"GET", "HEAD"}:
        return text_response("method not allowed", 405)
    segments = request.segments()
    if not 2 <= len(segments) <= 3 or not segments[1].isdecimal() or len(segments[1]) > 18:
        return text_response("not found", 404)
    offered = variations(segments[0], int(segments[1]), atlas())
    if len(segments) == 2:
        return json_response(offered) if offered else text_response("not found", 404)
    if segments[2] not in offered:
        return text_response("bad category or variation", 404)
    wanted = request.parameters.get("size", str(_NATIVE[segments[2]]))
    if wanted not in {str(size) for size in SIZES}:
        return text_response(f"size must be one of {', '.join(map(str, SIZES))}", 400)
    picture = draw(segments[2], int(segments[1]), int(wanted))
    headers = {
        "Content-Type": "image/png",
        "Cache-Control": "public, max-age=86400",
        "Access-Control-Allow-Origin": "*",
        "ETag": f'"{hashlib.sha256(picture).hexdigest()[:32]}"',
    }
    if headers["ETag"] == request.headers.get("If-None-Match"):
        return Response(304, b"", headers)
    return Response(200, picture, headers)


def variations(category: str, number: int, known: Atlas) -> list[str]:
    """The pictures that an id has; an empty list for a category that does not exist."""
    if category == "characters":
        return ["portrait"]
    if category in {"corporations", "alliances"}:
        return ["logo"]
    if category != "types":
        return []
    kind = known.group_of(number).category_id if number in known.types else _SHIPS
    if kind == _BLUEPRINTS:
        return ["bp", "bpc"]
    return ["render", "icon"] if kind in {_SHIPS, _STRUCTURES} else ["icon"]


@lru_cache(maxsize=256)
def draw(variation: str, number: int, size: int) -> bytes:
    """A PNG, the same for the same arguments."""
    seed = hashlib.sha256(
        f"{'logo' if variation == 'logo' else 'thing'} {number}".encode()
    ).digest()
    canvas = Canvas(size, mix(_NIGHT, _hue(seed[0], 0.7, 0.6), 0.35), _NIGHT)
    if variation == "portrait":
        _portrait(canvas, seed)
    elif variation == "logo":
        _logo(canvas, seed)
    else:
        if variation in {"bp", "bpc"}:
            blue = (24, 66, 120) if variation == "bp" else (58, 104, 150)
            canvas = Canvas(size, blue, mix(blue, _NIGHT, 0.5))
        _ship(canvas, seed)
    return canvas.png()


def _ship(canvas: Canvas, seed: bytes) -> None:
    """A hull from above: wings, a body and a bridge, mirrored about its axis."""
    for index in range(12):
        x, y = seed[index] / 255, seed[index + 12] / 255
        canvas.ellipse((x, y), (0.006, 0.006), (200, 210, 230), (200, 210, 230))
    light, dark = _hue(seed[1], 0.35, 0.85), _hue(seed[1], 0.5, 0.35)
    span = 0.2 + seed[2] / 255 * 0.22
    sweep = 0.42 + seed[3] / 255 * 0.3
    width = 0.06 + seed[4] / 255 * 0.06
    tail = 0.78 + seed[5] / 255 * 0.1
    wing = [(width, 0.4), (span, sweep), (span, sweep + 0.14), (width, sweep + 0.12)]
    fin = [
        (width, tail - 0.12),
        (span * 0.6, tail - 0.02),
        (span * 0.6, tail + 0.05),
        (width, tail),
    ]
    body = [(0.01, 0.1), (width * 0.7, 0.24), (width, 0.45), (width * 0.9, tail), (0.02, tail)]
    for half in (wing, fin, body):
        canvas.polygon(_mirrored(half), light, dark)
    glow = _hue(seed[6], 0.6, 1.0)
    for side in (-1, 1):
        canvas.ellipse((0.5 + side * width * 0.5, tail), (0.022, 0.05), glow, _NIGHT)
    canvas.ellipse((0.5, 0.32), (width * 0.35, 0.07), mix(glow, (255, 255, 255), 0.6), dark)


def _portrait(canvas: Canvas, seed: bytes) -> None:
    """A head and shoulders against the light."""
    skin, coat = _hue(seed[1] // 8, 0.35, 0.75), _hue(seed[2], 0.55, 0.5)
    hair = _hue(seed[3], 0.4, 0.15 + seed[4] / 255 * 0.45)
    wide = 0.15 + seed[5] / 255 * 0.05
    glow = _hue(seed[0], 0.6, 0.55)
    canvas.ellipse((0.5, 0.42), (0.4, 0.4), glow, _NIGHT)
    canvas.ellipse((0.5, 1.04), (0.4, 0.36), coat, mix(coat, _NIGHT, 0.7))
    canvas.ellipse((0.5, 0.37), (wide + 0.05, 0.25), hair, mix(hair, _NIGHT, 0.4))
    dark = mix(skin, _NIGHT, 0.45)
    canvas.polygon([(0.43, 0.55), (0.57, 0.55), (0.6, 0.75), (0.4, 0.75)], dark, dark)
    canvas.ellipse((0.5, 0.43), (wide, 0.2), skin, dark)
    fringe = 0.24 + seed[6] / 255 * 0.06
    canvas.ellipse((0.5, fringe), (wide, 0.07), hair, hair)


def _logo(canvas: Canvas, seed: bytes) -> None:
    """A shield with a mirrored glyph on it."""
    rim, face = _hue(seed[1], 0.5, 0.85), _hue(seed[2], 0.6, 0.3)
    outline = [(0.0, 0.06), (0.4, 0.16), (0.4, 0.5), (0.26, 0.8), (0.0, 0.95)]
    if seed[3] % 2:
        outline = [(0.0, 0.05), (0.3, 0.15), (0.44, 0.5), (0.3, 0.85), (0.0, 0.95)]
    canvas.polygon(_mirrored(outline), rim, mix(rim, _NIGHT, 0.5))
    inner = [(x * 0.86, 0.5 + (y - 0.5) * 0.86) for x, y in outline]
    canvas.polygon(_mirrored(inner), face, mix(face, _NIGHT, 0.6))
    mark = mix(rim, (255, 255, 255), 0.5)
    for row in range(5):
        for column in range(3):
            # Every other cell of the middle column is always there, or the glyph falls apart.
            if seed[8 + row * 3 + column] % 2 or (column == 0 and row % 2):
                y = 0.25 + row * _CELL
                for left in {0.5 + (column - 0.5) * _CELL, 0.5 - (column + 0.5) * _CELL}:
                    # A little larger than the cell, or seams show between neighbours.
                    right, bottom = left + _CELL + 0.004, y + _CELL + 0.004
                    corners = [(left, y), (right, y), (right, bottom), (left, bottom)]
                    canvas.polygon(corners, mark, mark)


def _mirrored(half: list[Point]) -> list[Point]:
    """A whole outline from its right half, which is given relative to the axis."""
    return [(0.5 + x, y) for x, y in half] + [(0.5 - x, y) for x, y in reversed(half)]


def _hue(number: int, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(number % 256 / 256, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)

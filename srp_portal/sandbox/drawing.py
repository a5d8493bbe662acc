"""Draws small pictures and packs them as PNG, with the standard library alone."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Sequence

Colour = tuple[int, int, int]
Point = tuple[float, float]


class Canvas:
    """A square picture; places are fractions of its side, (0, 0) is its upper left corner."""

    def __init__(self, size: int, top: Colour, bottom: Colour) -> None:
        self.size = size
        self._rows = [
            bytearray(bytes(mix(top, bottom, y / max(size - 1, 1))) * size) for y in range(size)
        ]

    def polygon(self, points: Sequence[Point], top: Colour, bottom: Colour) -> None:
        """Fills a polygon with a gradient between its uppermost and its lowest point."""
        scaled = [(x * self.size, y * self.size) for x, y in points]
        first = min(y for _, y in scaled)
        last = max(y for _, y in scaled)
        for y in range(max(0, math.floor(first)), min(self.size, math.ceil(last))):
            colour = mix(top, bottom, (y - first) / max(last - first, 1))
            crossings = _crossings(scaled, y + 0.5)
            for start, end in zip(crossings[::2], crossings[1::2], strict=False):
                self._span(y, start, end, colour)

    def ellipse(self, centre: Point, radii: Point, top: Colour, bottom: Colour) -> None:
        """Fills an ellipse, likewise."""
        (x, y), (width, height) = centre, radii
        steps = [math.tau * step / 72 for step in range(72)]
        points = [(x + width * math.cos(a), y + height * math.sin(a)) for a in steps]
        self.polygon(points, top, bottom)

    def png(self) -> bytes:
        """The picture as a PNG file."""
        raw = b"".join(b"\0" + row for row in self._rows)
        header = struct.pack(">IIBBBBB", self.size, self.size, 8, 2, 0, 0, 0)
        return (
            b"\x89PNG\r\n\x1a\n"
            + _chunk(b"IHDR", header)
            + _chunk(b"IDAT", zlib.compress(raw, 6))
            + _chunk(b"IEND", b"")
        )

    def _span(self, y: int, start: float, end: float, colour: Colour) -> None:
        """Colours part of a row; pixels that are covered in part are mixed, against jaggies."""
        start, end = max(start, 0.0), min(end, float(self.size))
        if end <= start:
            return
        row = self._rows[y]
        first, last = math.ceil(start), math.floor(end)
        if first > last:
            self._blend(row, int(start), colour, end - start)
            return
        row[first * 3 : last * 3] = bytes(colour) * (last - first)
        self._blend(row, first - 1, colour, first - start)
        self._blend(row, last, colour, end - last)

    def _blend(self, row: bytearray, x: int, colour: Colour, share: float) -> None:
        if share > 0 and 0 <= x < self.size:
            old = (row[x * 3], row[x * 3 + 1], row[x * 3 + 2])
            row[x * 3 : x * 3 + 3] = bytes(mix(old, colour, share))


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """A colour between two; `share` of the second, 0 to 1."""
    share = min(max(share, 0.0), 1.0)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _crossings(points: Sequence[Point], y: float) -> list[float]:
    found = []
    for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
        if (y1 <= y) != (y2 <= y):
            found.append(x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    return sorted(found)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

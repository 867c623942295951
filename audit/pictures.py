"""Makes a browser's PNG smaller: at most 256 colours, which is what a page has but for the edges of its letters."""

from __future__ import annotations

import struct
import zlib
from collections import Counter

SIGNATURE = b"\x89PNG\r\n\x1a\n"
ROUND = 8  # colours that differ by less count as one
MOST = 256


def shrink(picture: bytes) -> bytes:
    """The same picture with a palette. ``picture``: 8 bits a channel, RGB or RGBA, as Chromium writes it."""
    width, height, channels, packed = _open(picture)
    rows = _rows(zlib.decompress(packed), width * channels, height, channels)
    pixels = [row[at : at + 3] for row in rows for at in range(0, width * channels, channels)]
    counts = Counter(pixels)
    palette = _palette(counts)
    index = {colour: _nearest(colour, palette) for colour in counts}
    lines = bytearray()
    for y in range(height):
        lines.append(0)
        lines += bytes(index[colour] for colour in pixels[y * width : (y + 1) * width])
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(bytes(lines), 9)), (b"IEND", b"")]
    return SIGNATURE + b"".join(_chunk(*part) for part in parts)


def _open(picture: bytes) -> tuple[int, int, int, bytes]:
    """Width, height, channels and the packed rows."""
    at, packed = len(SIGNATURE), b""
    width = height = channels = 0
    while at < len(picture):
        (length,), kind = struct.unpack(">I", picture[at : at + 4]), picture[at + 4 : at + 8]
        body = picture[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _packing, _filter, interlaced = struct.unpack(">IIBBBBB", body)
            if depth != 8 or colour not in (2, 6) or interlaced:
                raise ValueError("not a picture as Chromium writes it")
            channels = 3 if colour == 2 else 4
        elif kind == b"IDAT":
            packed += body
        at += length + 12
    return width, height, channels, packed


def _rows(data: bytes, stride: int, height: int, step: int) -> list[bytes]:
    """The rows without PNG's filters."""
    rows: list[bytes] = []
    above = bytearray(stride)
    for y in range(height):
        start = y * (stride + 1)
        row = bytearray(data[start + 1 : start + 1 + stride])
        _unfilter(data[start], row, above, step)
        rows.append(bytes(row))
        above = row
    return rows


def _unfilter(kind: int, row: bytearray, above: bytearray, step: int) -> None:
    """Undo one row's filter in place."""
    for at in range(len(row)) if kind else ():
        left = row[at - step] if at >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[at]
        elif kind == 3:
            guess = (left + above[at]) // 2
        else:
            guess = _paeth(left, above[at], above[at - step] if at >= step else 0)
        row[at] = (row[at] + guess) & 255


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    away = (abs(guess - left), abs(guess - up), abs(guess - corner))
    return (left, up, corner)[away.index(min(away))]


def _palette(counts: Counter[bytes]) -> list[bytes]:
    """The most frequent colours, none of them close to one that is more frequent."""
    kept: dict[bytes, bytes] = {}
    for colour, _count in counts.most_common():
        kept.setdefault(bytes(value // ROUND for value in colour), colour)
        if len(kept) == MOST:
            break
    return list(kept.values())


def _nearest(colour: bytes, palette: list[bytes]) -> int:
    return min(range(len(palette)), key=lambda at: sum((a - b) ** 2 for a, b in zip(colour, palette[at], strict=True)))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

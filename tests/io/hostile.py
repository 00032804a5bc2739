"""Files as chance and malice make them: a good export with one thing in it changed."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as PilImage

Random = np.random.Generator

NUMBERS: tuple[object, ...] = (
    None, True, -1, 0, 1, 255, 65536, 2**31, 2**63, 10**30, -(10**30), 0.5, 1e308, float("nan"),
    float("inf"), float("-inf"),
)  # fmt: skip
TEXTS = (
    "", "x", "\0", "../../../../etc/passwd", "/etc/passwd", "C:\\Windows\\win.ini", "NaN", "-1",
    "1e999", "99999999999999999999", "\ud83d\ude00", "%s%n", "a" * 200_000, "0" * 5000,
)  # fmt: skip
_DEEP = "@deep@"
_LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
_EXTERNAL = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'


def pick(random: Random, of: Any) -> Any:
    return of[int(random.integers(0, len(of)))]


def mutate(folder: Path, random: Random) -> str:
    """Change one file below `folder`, or which files there are; says how."""
    if random.random() < 0.08:
        return _files(folder, random)
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    file = pick(random, files)
    kinds: dict[str, Callable[[bytes, Random], bytes]] = {
        ".json": _json, ".xml": _xml, ".txt": _text, ".yaml": _text, ".png": _png, ".npz": _npz,
    }  # fmt: skip
    data = file.read_bytes()
    by_kind = kinds.get(file.suffix.lower(), _bytes)
    how = _bytes if random.random() < 0.3 else by_kind
    try:
        changed = how(data, random)
    except (ValueError, OSError, zipfile.BadZipFile):
        how, changed = _bytes, _bytes(data, random)
    file.write_bytes(changed)
    return f"{file.name}: {how.__name__}"


def _files(folder: Path, random: Random) -> str:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    file = pick(random, files)
    kind = pick(random, ("gone", "folder", "pipe", "loop", "twin", "many", "dangling"))
    if kind == "twin":
        shutil.copy(file, file.with_name(f"{file.stem}_1{file.suffix}"))
        return kind
    if kind == "many":
        for n in range(300):
            shutil.copy(file, file.with_name(f"{n:07d}{file.suffix}"))
        return kind
    file.unlink()
    if kind == "folder":
        file.mkdir()
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "loop":
        file.symlink_to(file.name)
    elif kind == "dangling":
        file.symlink_to("/nowhere/at/all")
    return kind


def _bytes(data: bytes, random: Random) -> bytes:
    """Cut, overwritten, doubled, emptied, or with something put in."""
    at = int(random.integers(0, max(1, len(data))))
    to = at + int(random.integers(1, 64))
    return pick(
        random,
        (
            lambda: data[:at],
            lambda: b"",
            lambda: data[:at] + data[at // 2 :],
            lambda: data[:at] + bytes([int(random.integers(0, 256))]) + data[at + 1 :],
            lambda: data[:at] + bytes(to - at) + data[to:],
            lambda: data[:at] + random.bytes(to - at) + data[to:],
            lambda: data[:at] + data[to:],
            lambda: data + data,
            lambda: data + bytes(1 << 20),
            lambda: random.bytes(1000),
            lambda: data[:at] + pick(random, TEXTS).encode("utf-8", "replace") + data[at:],
        ),
    )()


def _json(data: bytes, random: Random) -> bytes:
    """One value of another kind, or far too large, or nested without end."""
    document = json.loads(data)
    places = list(_places(document))
    holder, key = pick(random, places)
    value = holder[key]
    kind = int(random.integers(0, 7))
    if kind == 0:
        holder[key] = pick(random, NUMBERS)
    elif kind == 1:
        holder[key] = pick(random, TEXTS)
    elif kind == 2:
        holder[key] = pick(random, ([], {}, [[]], [None] * 100_000, _DEEP))
    elif kind == 3 and isinstance(holder, dict):
        del holder[key]
    elif kind == 4 and isinstance(value, list) and value:
        holder[key] = value * min(5000, 200_000 // len(value) + 1)
    elif kind == 5 and isinstance(value, str):
        holder[key] = "".join(chr(int(c)) for c in random.integers(33, 127, max(1, len(value))))
    elif kind == 6:
        huge = random.uniform(-1e9, 1e9, 50_000)
        holder[key] = pick(random, (huge.tolist(), [huge.tolist()], [float("nan")] * 6))
    else:
        holder[key] = [value]
    text = json.dumps(document)
    return text.replace(f'"{_DEEP}"', "[" * 100_000 + "]" * 100_000).encode()


def _places(value: Any) -> Any:
    """Every (holder, key) in a document."""
    if not isinstance(value, dict | list):
        return
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        yield from _places(value[key])


def _xml(data: bytes, random: Random) -> bytes:
    """Entities, elements without end or thousands of times, attributes and texts of all kinds."""
    text = data.decode("utf-8")
    body = text[re.search(r"<annotations?>", text).start() :]  # type: ignore[union-attr]
    kind = int(random.integers(0, 8))
    if kind < 2:
        head = (_LAUGHS, _EXTERNAL)[kind]
        return (head + re.sub(r">([^<>]*)</", ">&i;</", body, count=1)).encode()
    if kind == 2:
        return ("<annotations>" + "<a>" * 100_000).encode()
    if kind == 3:
        tags = r"<(mask|track|image|object|polygon|pt)\b[^>]*>"
        found = pick(random, list(re.finditer(tags, text)))
        return (text[: found.start()] + found.group() * 2000 + text[found.end() :]).encode()
    values = [*re.finditer(r'="([^"]*)"', text), *re.finditer(r">([^<>]*)</", text)]
    found = pick(random, values)
    word = pick(random, (*TEXTS, *map(str, NUMBERS), ", ".join(["1"] * 50_000), "1," * 9))
    word = word.replace("\0", "")
    return (text[: found.start(1)] + word + text[found.end(1) :]).encode("utf-8", "replace")


def _text(data: bytes, random: Random) -> bytes:
    words = list(re.finditer(rb"[^\s]+", data))
    if not words:
        return _bytes(data, random)
    found = pick(random, words)
    kind = int(random.integers(0, 4))
    word = str(pick(random, (*TEXTS, *NUMBERS))).encode("utf-8", "replace")
    if kind == 0:
        word = (word[:20] + b" ") * 50_000
    elif kind == 1:
        return data * min(2000, 2_000_000 // len(data) + 1)
    return data[: found.start()] + word + data[found.end() :]


def _png(data: bytes, random: Random) -> bytes:
    """Headers that promise too much, chunks that are gone or explode, pictures of other kinds."""
    kind = int(random.integers(0, 6))
    if kind == 0:
        width, height = (int(pick(random, (0, 1, 64, 48, 7, 30_000, 2**31 - 1))) for _ in "ab")
        rest = bytes([int(pick(random, (1, 2, 4, 8, 16, 99))), int(random.integers(0, 7)), 0, 0, 0])
        return _chunks(data, {b"IHDR": struct.pack(">II", width, height) + rest})
    if kind == 1:
        side = int(pick(random, (8_000, 30_000)))
        bomb = _bomb(min(side * (side + 1), 100 << 20))
        header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
        return _chunks(data, {b"IHDR": header, b"IDAT": bomb})
    if kind == 2:
        text = b"k\0\0" + _bomb(100 << 20)
        return _chunks(data, {b"IEND": b""}, before_end=(b"zTXt", text))
    if kind == 3:
        return _chunks(data, {pick(random, (b"PLTE", b"IDAT", b"IHDR")): random.bytes(9)})
    out = io.BytesIO()
    with PilImage.open(io.BytesIO(data)) as image:
        if kind == 4:
            image.convert(pick(random, ("RGB", "RGBA", "1", "L", "I", "LA"))).save(out, "PNG")
        else:
            how = pick(random, ("GIF", "TIFF", "BMP", "JPEG", "WEBP", "PPM"))
            image.convert("RGB").save(out, how)
    return out.getvalue()


@cache
def _bomb(length: int) -> bytes:
    """A few kilobytes that become `length` zeros."""
    return zlib.compress(bytes(length), 1)


def _chunks(
    data: bytes, changed: dict[bytes, bytes], before_end: tuple[bytes, bytes] | None = None
) -> bytes:
    """The PNG with other contents of some chunks and right checksums."""
    out, at = data[:8], 8
    while at + 8 <= len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        body = changed.get(name, data[at + 8 : at + 8 + length])
        at += 12 + length
        if name == b"IEND" and before_end is not None:
            out += _chunk(*before_end)
        out += _chunk(name, body)
    return out


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _npz(data: bytes, random: Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = pick(random, list(members))
    kind = int(random.integers(0, 6))
    method = zipfile.ZIP_DEFLATED
    if kind == 0:
        members[name] = _bytes(members[name], random)
    elif kind == 1:
        shape = pick(random, ("(4, 6000, 6000)", "(99999999, 48, 64)", "(4, 48, 64, 1)", "()"))
        head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
        body = bytes(144 << 20) if "6000" in shape else bytes(100)
        magic = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head))
        members["labels.npy"] = magic + head.encode() + body
    elif kind == 2:
        out = io.BytesIO()
        np.save(out, np.array([{"a": 1}], object), allow_pickle=True)
        members[name] = out.getvalue()
    elif kind == 3:
        members[pick(random, ("../../evil.npy", "/etc/evil.npy", "a\\..\\b.npy"))] = members[name]
    elif kind == 4:
        head = members[name][:128]
        members[name] = (
            head.replace(
                pick(random, (b"|u1", b"<i8", b"<f8", b"(4,", b"48", b"False", b"'shape'")),
                pick(random, (b"|O", b"<f8", b"-4", b"1e9", b"[" * 50, b"__import__('os')")),
            )
            + members[name][128:]
        )
    else:
        method = pick(random, (zipfile.ZIP_STORED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    made = out.getvalue()
    return _bytes(made, random) if random.random() < 0.2 else made

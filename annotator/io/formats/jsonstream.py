"""Reading large JSON documents item by item, in memory that does not grow with the file.

The text is cut at the borders of items by a scan that knows strings and brackets only; each item is
then decoded and checked by msgspec. A file whose borders cannot be found is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from annotator.core.errors import FormatError
from annotator.io.formats.base import IoControl

T = TypeVar("T")
_CHUNK = 1 << 20
_MAX_ITEM = 1 << 26
"""Bytes of one item; a mask has some thousand."""
_MAX_BYTES = 1 << 36
_DEEPEST = 64
# A string that ends in the buffer, or a sign on its own. Possessive, so that a string without an
# end costs one pass and not a tree of them.
_BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{}]', re.DOTALL)
_SIGN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{},:]', re.DOTALL)
# Up to the next bracket, strings on the way passed over: one step where `_BRACKET` takes many.
_TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+[\[\]{}]', re.DOTALL)
_SPACES = re.compile(rb"[ \t\r\n]*+")
_SPACE = b" \t\r\n"


def stream_json(
    src: Path,
    shapes: Mapping[str, Any],
    what: str,
    hint: str,
    control: IoControl,
    needed: tuple[str, ...] = (),
) -> Iterator[tuple[str, Any]]:
    """Pairs (key, value) of a JSON document, as they come in the file.

    Args:
        src: the file.
        shapes: for each key of the top object the type of its value; `list[T]` for arrays, of
            which every item is given on its own, decoded as T. Other keys are passed over. The key
            "" stands for the top itself where that is an array.
        what: names the contents for messages.
        hint: what to do where they are something else.
        control: asked now and then whether to go on.
        needed: keys that the file must have.

    Raises FormatError.
    """
    try:
        length = src.stat().st_size
        if length == 0:
            raise FormatError(f"{src} is empty (0 bytes).", "Choose another file.")
        if length > _MAX_BYTES:
            raise FormatError(
                f"{src} is larger than {_MAX_BYTES >> 30} GB.", "Split it into several files."
            )
        with src.open("rb") as file:
            scanner = _Scanner(file, shapes, control)
            yield from scanner.items()
        missing = [key for key in needed if key not in scanner.seen]
        if missing:
            raise ValueError(f"it has no {missing[0]!r}")
    except OSError as error:
        raise FormatError(f"Cannot read {src}: {error.strerror or error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise FormatError(f"{src} does not hold {what}: {error}.", hint) from error


class _Scanner:
    """The part of the file that is in memory, and how far it was understood."""

    def __init__(self, file: Any, shapes: Mapping[str, Any], control: IoControl) -> None:
        self._file = file
        self._control = control
        self._decoders = {
            key: msgspec.json.Decoder(_item_type(shape) or shape) for key, shape in shapes.items()
        }
        self._arrays = {key for key, shape in shapes.items() if _item_type(shape) is not None}
        self.seen: set[str] = set()
        self._data = b""
        self._at = 0

    def items(self) -> Iterator[tuple[str, Any]]:
        sign = self._peek()
        if sign == b"[" and "" in self._arrays:
            yield from self._array("")
        elif sign == b"{" and set(self._decoders) != {""}:
            yield from self._object()
        else:
            raise ValueError("it begins in another way")
        if self._peek():
            raise ValueError("there is something after its end")

    def _object(self) -> Iterator[tuple[str, Any]]:
        self._at += 1
        if self._peek() == b"}":
            self._at += 1
            return
        while True:
            if self._peek() != b'"':
                raise ValueError("a key is missing")
            key = msgspec.json.decode(self._value(), type=str)
            if self._peek() != b":":
                raise ValueError(f"the value of {key!r:.40} is missing")
            self._at += 1
            self.seen.add(key)
            if key in self._arrays and self._peek() == b"[":
                yield from self._array(key)
            elif key in self._arrays:
                raise ValueError(f"{key!r} is not a list")
            elif key in self._decoders:
                yield key, self._decoders[key].decode(self._value())
            else:
                self._skip()
            if self._next_sign(b"}"):
                return

    def _array(self, key: str) -> Iterator[tuple[str, Any]]:
        decode = self._decoders[key].decode
        self._at += 1
        if self._peek() == b"]":
            self._at += 1
            return
        while True:
            yield key, decode(self._value())
            if self._next_sign(b"]"):
                return

    def _next_sign(self, end: bytes) -> bool:
        """True behind the last item, False behind a comma."""
        sign = self._peek()
        self._at += 1
        if sign not in (end, b","):
            raise ValueError("a comma is missing" if sign else "it ends too early")
        return sign == end

    def _skip(self) -> None:
        """Pass over a value of any length; lists and tables are not kept in memory for it."""
        if self._peek() not in (b"[", b"{"):
            self._value()
            return
        depth = 0
        while True:
            found = _BRACKET.search(self._data, self._at)
            if found is None or found.group() == b'"':
                self._at = len(self._data) if found is None else found.start()
                self._read(self._at)
                continue
            self._at = found.end()
            depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(found.group(), 0)
            if depth == 0:
                return
            if self._at > _CHUNK:
                self._forget(self._at)

    def _value(self) -> bytes:
        """The text of the value that begins here."""
        return self._container() if self._peek() in (b"[", b"{") else self._scalar()

    def _container(self) -> bytes:
        """A list or a table, to the bracket that closes it."""
        depth, at = 0, self._at
        while True:
            found = _TO_BRACKET.match(self._data, at)
            if found is None:
                # Reading as much again keeps the cost of long items linear.
                at -= self._at
                if not self._read(self._at):
                    raise ValueError("it ends too early")
                continue
            at = found.end()
            depth += 1 if self._data[at - 1] in b"[{" else -1
            if depth > _DEEPEST:
                raise ValueError("it is nested too deeply")
            if depth == 0:
                start, self._at = self._at, at
                return self._data[start:at]

    def _scalar(self) -> bytes:
        """A text, to its end; anything else to the sign that follows it."""
        while True:
            found = _SIGN.search(self._data, self._at)
            if found is not None and found.group() != b'"':
                start = self._at
                self._at = found.end() if found.group()[:1] == b'"' else found.start()
                return self._data[start : self._at]
            if not self._read(self._at):
                if found is not None:
                    raise ValueError("a text has no end")
                self._at = len(self._data)
                return self._data

    def _peek(self) -> bytes:
        """The next sign that is no space; b"" at the end."""
        while True:
            spaces = _SPACES.match(self._data, self._at)
            self._at = spaces.end() if spaces else self._at
            if self._at < len(self._data):
                return self._data[self._at : self._at + 1]
            if not self._read(self._at, must=False):
                return b""

    def _forget(self, upto: int) -> None:
        if upto:
            self._data, self._at = self._data[upto:], self._at - upto

    def _read(self, keep: int, must: bool = True) -> bool:
        """Append what comes next; what lies before `keep` is let go. False at the end of the file,
        which is an error if an item is not complete."""
        self._control.checkpoint()
        self._forget(keep)
        if len(self._data) > _MAX_ITEM:
            raise ValueError("an item of it is far too large")
        more = self._file.read(max(_CHUNK, len(self._data)))
        if not more and must and self._data.lstrip(_SPACE)[:1] in (b"[", b"{", b'"', b""):
            raise ValueError("it ends too early")
        self._data += more
        return bool(more)


def _item_type(shape: Any) -> Any:
    """T of `list[T]`, else None."""
    return shape.__args__[0] if getattr(shape, "__origin__", None) is list else None

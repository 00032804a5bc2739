"""Reading XML piece by piece, in memory that does not grow with the file.

Documents that declare a type are refused: declarations are how XML is made to explode (entities
within entities) or to read other files, and no label tool writes any.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from xml.parsers import expat

from annotator.core.errors import FormatError
from annotator.io.formats.base import IoControl

_CHUNK = 1 << 20
_MAX_ELEMENT = 1 << 26
"""Bytes of one element: the parser keeps it until it is complete."""
_MAX_DEPTH = 32


class XmlHandler(Protocol):
    """What is done with elements; `path` holds the open tags, the innermost last."""

    def start(self, path: list[str], values: dict[str, str]) -> None: ...

    def end(self, path: list[str]) -> None: ...

    def data(self, path: list[str], text: str) -> None: ...


def stream_xml(src: Path, handler: XmlHandler, what: str, control: IoControl) -> None:
    """Walk through `src`; `what` names the contents for messages.

    Raises FormatError, also for a ValueError or KeyError of the handler; Cancelled.
    """
    path: list[str] = []

    def start(tag: str, values: dict[str, str]) -> None:
        path.append(tag)
        if len(path) > _MAX_DEPTH:
            raise ValueError("its elements are nested too deeply")
        handler.start(path, values)

    def end(_tag: str) -> None:
        handler.end(path)
        path.pop()

    def refuse(*_: object) -> None:
        raise ValueError("it declares a document type, which label files do not")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda text: handler.data(path, text)
    parser.StartDoctypeDeclHandler = refuse
    given = 0
    try:
        with src.open("rb") as file:
            while chunk := file.read(_CHUNK):
                control.checkpoint()
                parser.Parse(chunk, False)
                given += len(chunk)
                if given - max(parser.CurrentByteIndex, 0) > _MAX_ELEMENT:
                    raise ValueError("one of its elements is far too long")
            parser.Parse(b"", True)
    except OSError as error:
        raise FormatError(f"Cannot read {src}: {error.strerror or error}.") from error
    except (expat.ExpatError, ValueError, LookupError) as error:
        # An encoding that nobody knows is a LookupError.
        raise FormatError(f"{src} does not hold {what}: {error}.", "Export it again.") from error

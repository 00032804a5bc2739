"""Reading a JSON document of a known shape, with errors that name the file."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from annotator.core.errors import FormatError
from annotator.io.formats.reading import images_in

T = TypeVar("T")


def the_json_file(src: Path) -> Path:
    """`src`, or the only JSON file in it if it is a folder. Raises FormatError."""
    if src.is_file():
        return src
    files = images_in(src, (".json",))
    if len(files) != 1:
        raise FormatError(
            f"{src} holds {len(files)} JSON files, one is needed.", "Choose the file itself."
        )
    return files[0]


def load_json(src: Path, shape: type[T], max_bytes: int, what: str, hint: str) -> T:
    """Decode `src` into `shape`; `what` names the contents for messages. Raises FormatError."""
    try:
        length = src.stat().st_size
        if length == 0:
            raise FormatError(f"{src} is empty (0 bytes).", "Choose another file.")
        if length > max_bytes:
            raise FormatError(
                f"{src} is larger than {max_bytes >> 20} MB.", "Split it into several files."
            )
        return msgspec.json.decode(src.read_bytes(), type=shape)
    except OSError as error:
        raise FormatError(f"Cannot read {src}: {error.strerror or error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"{src} does not hold {what}: {error}.", hint) from error

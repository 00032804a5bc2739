"""Who works on a project: a name, not an account."""

from __future__ import annotations

import getpass

from annotator.core.errors import RequestError

MAX_NAME = 80


def login_name() -> str:
    """Who is logged in, "" where the system does not tell."""
    try:
        return getpass.getuser()[:MAX_NAME]
    except (KeyError, OSError, ImportError):  # a container may run a user whom nobody named
        return ""


def clean_name(text: str) -> str:
    """A name on one line, without blanks around it; "" stays "".

    Raises RequestError beyond `MAX_NAME` characters.
    """
    name = " ".join(text.split())
    if len(name) > MAX_NAME:
        raise RequestError(
            f"The name is {len(name)} characters long.", f"Keep it to {MAX_NAME} characters."
        )
    return name

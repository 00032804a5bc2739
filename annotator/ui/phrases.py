"""Sentences of the rooms below the window, in the language of the person.

Services speak English: titles of undo steps are stored in the project, errors also go to the
command line. Here stands what they may say, as templates; a sentence that fits one is translated,
and its parts are put into the translation.
"""

from __future__ import annotations

import re
from functools import lru_cache

from annotator.ui.i18n import QT_TR_NOOP, tr

PHRASES = (QT_TR_NOOP("Scribble"),)


def localized(text: str) -> str:
    """A sentence of the services in the person's language; as it is where no template fits."""
    for pattern, template in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            return tr(template).format(**found.groupdict())
    return text


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(_pattern(template), template) for template in PHRASES]


def _pattern(template: str) -> re.Pattern[str]:
    """A template as a regular expression: every {name} is a group of that name."""
    parts = re.split(r"\{(\w+)\}", template)
    made = "".join(
        f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)
    )
    return re.compile(made, re.DOTALL)

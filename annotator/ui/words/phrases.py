"""Sentences of the rooms below the window, in the language of the person.

Services speak English: titles of undo steps are stored in the project, errors also go to the
command line. A sentence that fits a template of the phrasebook is translated, and its parts are put
into the translation.
"""

from __future__ import annotations

import re
from functools import lru_cache

from annotator.core.errors import StrokeflowError
from annotator.ui.i18n import tr
from annotator.ui.words.format_refusals import REFUSALS
from annotator.ui.words.format_words import FORMATS
from annotator.ui.words.model_words import MODELS
from annotator.ui.words.pack_words import PACKING
from annotator.ui.words.phrasebook import PROGRESS, SENTENCES, TITLES
from annotator.ui.words.prelabel_words import PRELABEL

_PLACE = re.compile(r"\{(\w+)\}")


def localized(text: str) -> str:
    """A sentence of the services in the person's language; as it is where no template fits."""
    whole, templates = _book()
    if text in whole:
        return tr(text)
    for pattern, template in templates:
        found = pattern.fullmatch(text)
        if found is not None:
            return tr(template).format(**found.groupdict())
    return text


def localized_error(error: StrokeflowError) -> str:
    """What went wrong, and what to do about it, in the person's language."""
    return f"{localized(error.message)} {localized(error.hint)}".strip()


@lru_cache(maxsize=1)
def _book() -> tuple[frozenset[str], list[tuple[re.Pattern[str], str]]]:
    """Fixed sentences, and templates: those that say the most themselves come first."""
    every = {*TITLES, *PROGRESS, *SENTENCES, *FORMATS, *REFUSALS, *PRELABEL, *MODELS, *PACKING}
    whole = frozenset(text for text in every if not _PLACE.search(text))
    templates = sorted(every - whole, key=lambda text: (-len(_PLACE.sub("", text)), text))
    return whole, [(_pattern(template), template) for template in templates]


def _pattern(template: str) -> re.Pattern[str]:
    """A template as a regular expression: every {name} is a group of that name."""
    parts = _PLACE.split(template)
    made = "".join(
        f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)
    )
    return re.compile(made, re.DOTALL)

"""`formats`, `backends`, `models`: what there is."""

from __future__ import annotations

from dataclasses import asdict

from annotator.backends.cards import default_registry as default_backends
from annotator.cli.output import print_json, print_table
from annotator.io.formats import registry as format_registry


def formats(as_json: bool) -> None:
    cards = format_registry.cards()
    if as_json:
        print_json({"formats": [asdict(card) for card in cards]})
        return
    rows = [
        (
            card.id,
            " + ".join(
                word for word, can in (("in", card.can_import), ("out", card.can_export)) if can
            ),
            "lossless" if card.lossless else f"loses {card.loses}",
            card.title,
        )
        for card in cards
    ]
    print_table(("format", "way", "keeps", "what it is"), rows)


def backends(as_json: bool) -> None:
    cards = default_backends().cards()
    if as_json:
        print_json(
            {
                "backends": [
                    {**asdict(card), "factories": dict(card.factories), "tasks": card.tasks}
                    for card in cards
                ]
            }
        )
        return
    rows = [(c.id, ", ".join(c.tasks), c.needs or "nothing", c.licence, c.summary) for c in cards]
    print_table(("backend", "tasks", "needs", "licence", "what it is"), rows)

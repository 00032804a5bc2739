"""`formats`, `backends`, `models`: what there is."""

from __future__ import annotations

from dataclasses import asdict

from annotator.backends.cards import default_registry as default_backends
from annotator.cli.output import print_json, print_table
from annotator.core.errors import RequestError
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


def models(action: str, as_json: bool) -> None:
    if action != "list":
        raise RequestError(
            f"'models {action}' has nothing to act on: no backend here needs weights.",
            "Use 'strokeflow models list'.",
        )
    weighty = [card for card in default_backends().cards() if card.needs]
    if as_json:
        print_json({"models": [asdict(card) for card in weighty]})
    elif not weighty:
        print("No backend needs weights; the embedded ones work as they are.")
    else:
        print_table(("backend", "needs"), [(c.id, c.needs) for c in weighty])

"""Write resources/flows.toml: the networks of the installed ptlflow and their checkpoints."""

from __future__ import annotations

from pathlib import Path

import ptlflow

from models.flow.ptl import checkpoint_urls

FILE = Path(__file__).parents[1] / "resources" / "flows.toml"
_GENERAL = ("things", "mixed", "sintel")
"""Training sets in the order in which they serve as a default: general motion first."""


def flows_toml() -> str:
    """The text of the file."""
    lines = ["# Written by tools/flow_networks.py; the first checkpoint is the default."]
    for name in sorted(ptlflow.get_model_names()):
        urls = checkpoint_urls(name)
        first = [key for key in _GENERAL if key in urls][:1]
        lines.append(f'\n["{name}".checkpoints]')
        lines += [f'"{key}" = "{urls[key]}"' for key in [*first, *sorted(urls.keys() - set(first))]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(flows_toml(), encoding="utf-8")

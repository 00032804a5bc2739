"""`bench --networks`: seconds per forward pass, beside the authors' structure."""

from __future__ import annotations

import importlib
from typing import Any

from annotator.cli.output import print_json, print_table
from annotator.cli.verbs.bench import machine
from annotator.core.errors import RequestError

_MODULE = "models.benchmark"
"""Imported by name: the command line itself stays free of PyTorch."""


def bench_networks(as_json: bool) -> None:
    try:
        benchmark: Any = importlib.import_module(_MODULE)
    except ModuleNotFoundError as missing:
        raise RequestError(
            f"The networks' libraries are not installed ({missing.name} is missing).",
            "Install them with 'make networks' or pip install 'strokeflow[networks]'.",
        ) from missing
    rows: list[dict[str, object]] = []
    for timing in benchmark.measure():
        row = {
            "network": timing.method,
            "input": "x".join(map(str, timing.shape)),
            "plain_s": round(timing.plain, 3),
            "fast_s": round(timing.fast, 3),
            "ratio": round(timing.ratio, 2),
        }
        if timing.reused is not None:
            row["reuse_alone_s"] = round(timing.reused, 3)
            row["reuse_alone_ratio"] = round(timing.plain / timing.reused, 2)
        rows.append(row)
        if not as_json:
            print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)
    if as_json:
        print_json({"machine": machine(), "networks": rows})
    else:
        print()
        print_table(("machine", ""), list(machine().items()))

"""A training as a process of its own, to be killed or to be one of several; its order as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch

from models.training.run import Order, Progress, train


def main() -> None:
    torch.set_num_threads(1)
    told = json.loads(sys.argv[1])
    told["out"] = Path(told["out"])
    told["data"] = tuple(told["data"])

    def report(progress: Progress) -> None:
        print(progress.step, flush=True)

    train(Order(**told), report)


if __name__ == "__main__":
    main()

"""`batch`: the same steps for many media."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from pathlib import Path

from annotator.cli.batch.crew import Cluster, Crew, Local
from annotator.cli.batch.orders import Advance, Order, Outcome, order_for
from annotator.cli.batch.steps import parse_steps
from annotator.cli.output import print_json, print_table, progress_text
from annotator.core.errors import RequestError, StrokeflowError
from annotator.core.review import STAGES
from annotator.services.exchange.batch import known_fingerprint, read_list, stage_of
from annotator.services.exchange.batch_record import load_record

_NOT_YET = Outcome("stopped", "not done yet")
_NAME_CHARS = 40
"""Of a name in the table."""
_STATES = ("done", "skipped", "failed", "stopped")


def batch(
    place: Path,
    steps: str,
    projects: Path | None,
    jobs: int,
    scheduler: str | None,
    stages: str | None,
    as_json: bool,
) -> int:
    """Exit code: 0 if every medium is done or skipped. Raises RequestError at the start.

    Args:
        stages: of `core.review.STAGES`, with commas between; projects in others are skipped.
    """
    if scheduler is not None and jobs != 1:
        raise RequestError(
            "--jobs and --scheduler exclude each other.",
            "The workers of the cluster say how much each does at once.",
        )
    wanted = _parse_stages(stages)
    media = read_list(place, projects)
    asked = parse_steps(steps, several=len(media) > 1, elsewhere=scheduler is not None)
    crew: Crew = Local(jobs) if scheduler is None else Cluster(scheduler)
    began = time.monotonic()
    rounds = Round([order_for(medium, asked) for medium in media], wanted)
    whole = rounds.go(crew)
    rounds.report(time.monotonic() - began, as_json)
    if not whole:
        done = rounds.count("done") + rounds.count("skipped")
        print(
            f"strokeflow: stopped; {done} of {len(media)} are done, finished frames of the others "
            "are kept.\n  The same command goes on from here.",
            file=sys.stderr,
        )
    return 0 if whole and not rounds.count("failed") else 1


def _parse_stages(text: str | None) -> frozenset[str]:
    if text is None:
        return frozenset(STAGES)
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in STAGES:
            raise RequestError(f"There is no stage '{name}'.", f"There are: {', '.join(STAGES)}.")
    return frozenset(names)


class Round:
    """What became of each medium in this round."""

    def __init__(self, orders: list[Order], stages: frozenset[str]) -> None:
        self._orders = orders
        self._stages = stages
        self._outcomes: dict[str, Outcome] = {}
        self._lines = Lines()

    def go(self, crew: Crew) -> bool:
        """Work until all is over; False if a person stopped it."""
        try:
            left = []
            for order in self._orders:
                known = self._known(order)
                if known is None:
                    left.append(order)
                else:
                    self._note(order, known)
            for order, outcome in crew.work(left, self._lines.tell):
                self._note(order, outcome)
            return True
        except KeyboardInterrupt:
            return False
        finally:
            crew.stop()
            self._lines.close()

    def count(self, state: str) -> int:
        return sum(outcome.state == state for outcome in self._outcomes.values())

    def report(self, seconds: float, as_json: bool) -> None:
        """The table, or one JSON object, in the order of the list."""
        rows = [
            (order.medium, self._outcomes.get(order.medium.name, _NOT_YET))
            for order in self._orders
        ]
        if not as_json:
            print_table(
                ("name", "state", "seconds", "message"),
                [(_short(m.name), o.state, f"{o.seconds:.1f}", o.message) for m, o in rows],
            )
            return
        facts = [
            {"name": m.name, "project": m.project, "state": o.state, "seconds": o.seconds,
             "message": o.message}
            for m, o in rows
        ]  # fmt: skip
        counts = {state: sum(o.state == state for _, o in rows) for state in _STATES}
        print_json({"media": facts, **counts, "seconds": round(seconds, 3)})

    def _known(self, order: Order) -> Outcome | None:
        """What becomes of an order that needs no work; None for others."""
        if self._stages < frozenset(STAGES):
            try:
                stage = stage_of(order.medium)
            except StrokeflowError as error:
                return Outcome("failed", error.message)
            if stage not in self._stages:
                return Outcome("skipped", f"its stage is {stage}")
        return Outcome("skipped", "done before") if _is_done(order) else None

    def _note(self, order: Order, outcome: Outcome) -> None:
        self._outcomes[order.medium.name] = outcome
        text = f"{outcome.state}, {outcome.message}" if outcome.message else outcome.state
        where = f"{len(self._outcomes)}/{len(self._orders)}"
        self._lines.ended(order, f"[{where}] {order.medium.name}: {text}")


class Lines:
    """What happens, a line each on stderr; on a terminal the last line says how far the steps are
    that are going on."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._lock = threading.Lock()
        self._going: dict[str, str] = {}

    def tell(self, order: Order, told: str | Advance) -> None:
        """A step begins, or gets on. From any thread."""
        name = order.medium.name
        if isinstance(told, str):
            self._print(name, f"{name}: {told}")
        elif self._live:
            with self._lock:
                self._going[name] = progress_text(told.done, told.total, told.eta_s)
                self._draw()

    def ended(self, order: Order, line: str) -> None:
        """Nothing more comes of this order."""
        self._print(order.medium.name, line)

    def close(self) -> None:
        """Nothing goes on any more."""
        with self._lock:
            if self._live and self._going:
                sys.stderr.write("\r\x1b[K")
            self._going.clear()

    def _print(self, name: str, line: str) -> None:
        with self._lock:
            self._going.pop(name, None)  # how far its last step was
            sys.stderr.write(f"\r{line}\x1b[K\n" if self._live else f"{line}\n")
            self._draw()

    def _draw(self) -> None:
        if self._live and self._going:
            shown = "  ".join(f"{name} {far}" for name, far in self._going.items())
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write(f"\r{shown[:width]}\x1b[K")
        sys.stderr.flush()


def _short(name: str) -> str:
    """A name for a column: both of its ends tell more than one of them. `--json` has all of it."""
    if len(name) <= _NAME_CHARS:
        return name
    half = (_NAME_CHARS - 1) // 2
    return f"{name[: _NAME_CHARS - 1 - half]}…{name[-half:]}"


def _is_done(order: Order) -> bool:
    fingerprint = known_fingerprint(order.medium)
    if fingerprint is None:
        return False
    keys = order.keys(fingerprint)
    return load_record(Path(order.medium.project)).reached(keys) == len(keys)

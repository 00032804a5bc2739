"""Steps of a batch: how they are written, and that what is wrong is told before anything begins."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.cli.batch.orders import order_for
from annotator.cli.batch.steps import Step, parse_steps, split_words
from annotator.core.errors import RequestError
from annotator.services.exchange.batch import Medium

LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\"'{}")


NAMED = parse_steps(
    "import davis M/{name}; export coco OUT/{name}.json", several=True, elsewhere=False
)


def parsed(text: str, *, several: bool = True) -> tuple[Step, ...]:
    return parse_steps(text, several=several, elsewhere=False)


def test_the_three_ways_to_write_a_step() -> None:
    steps = parsed("import davis M/{name} --every 5; propagate; export coco 'a; b/{name}.json'")
    assert [step.title for step in steps] == ["import davis", "propagate", "export coco"]
    spelled = "import M/{name} --format davis; run propagate; export --format coco --out {name}"
    assert [step.title for step in parsed(spelled)] == [step.title for step in steps]
    assert steps[0].words == ("import", "--format", "davis", "M/{name}", "--every", "5")
    assert steps[1].words == ("run", "propagate")
    assert steps[2].place == "a; b/{name}.json"


@given(st.lists(st.text(LETTERS, min_size=1).filter(lambda w: ";" not in w)))
def test_words_without_quotes_come_back_as_they_are(words: list[str]) -> None:
    assert split_words("  ".join(words)) == words


@settings(max_examples=20, deadline=None)
@given(st.text(LETTERS | st.sampled_from(" ;\\#"), min_size=1))
def test_any_place_can_be_quoted(place: str) -> None:
    (step,) = parsed(f'export coco "{place}"', several=False)
    assert step.place == str(Path(place)), "but for a slash at its end"


@given(st.text(LETTERS | st.sampled_from(" ;"), min_size=1))
def test_a_name_never_changes_how_a_step_is_split(name: str) -> None:
    order = order_for(Medium(name, "/m", "/p"), NAMED)
    assert order.steps[0].words == ("import", "--format", "davis", f"M/{name}")
    assert order.steps[1].words[-1] == f"OUT/{name}.json"


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=40))
def test_what_is_no_step_is_refused_in_words(text: str) -> None:
    with pytest.raises(RequestError):
        parsed(f"{text}; magic")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" ; ", "names no step"),
        ("propagate; magic", "Step 2 (magic): There is no step 'magic'"),
        ("new", "no step 'new'"),
        ("run magic", "no run 'magic'"),
        ("run suggest", "no run 'suggest'"),
        ("propagate --colour red", "No such option: --colour"),
        ("propagate --backend magic", "no backend 'magic'"),
        ("interpolate --backend npmca", "cannot do 'interpolate'"),
        ("propagate --backend embedded --option x=1", "no option 'x'"),
        ("propagate --backend embedded --device cuda", "does not run on 'cuda'"),
        ("propagate --backend embedded --fit 5", "cannot be fitted"),
        ("propagate --direction up", "no direction"),
        ("propagate --frames 5", "no frame range"),
        ("auto --frames x", "no list of frames"),
        ("propagate --objects a", "no list of objects"),
        ("propagate --resume", "goes on by itself"),
        ("propagate --help", "not for steps"),
        ("import davis", "Missing argument"),
        ("import davis M --overwrite", "never changes what a person made"),
        ("import davis M --look", "not for steps"),
        ("import davis M --frames 1 --every 2", "exclude each other"),
        ("import magic M", "no format 'magic'"),
        ("import overlay M", "only be written"),
        ("import cvat M --option keep=perhaps", "'keep'"),
        ("export cvat {name} --option layout=circle", "'layout'"),
        ("export coco {name} --json", "--json is not for steps"),
        ("export coco {nmae}.json", "{nmae}"),
        ("export coco all.json", "Every project would be exported to 'all.json'"),
        ("export coco 'x", "quote is not closed"),
    ],
)
def test_bad_steps_are_told_with_their_place(text: str, words: str) -> None:
    with pytest.raises(RequestError) as told:
        parsed(text)
    assert words in told.value.message
    assert told.value.exit_code == 2


def test_what_another_machine_has_is_not_asked_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.services.runs.equipment.Equipment.weights_for", lambda *_: None)
    text = "interpolate --backend refined"
    with pytest.raises(RequestError, match=r"no weights here|not installed"):
        parse_steps(text, several=True, elsewhere=False)
    assert parse_steps(text, several=True, elsewhere=True)
    assert parsed("export coco all.json", several=False)

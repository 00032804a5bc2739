"""FGPLG's pipeline from sparse labels to a judged network, at toy scale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.training import protocol
from models.training.data import read_mask, read_specs
from models.training.errors import TrainingError
from models.training.protocol import Plan, Study, conduct, read_plan
from tests.models.training.tiny import NETWORKS

SIZE = [48, 64]


def study(videos: str, out: Path, *plans: str) -> Study:
    changes = {"steps": 2, "epochs": 0, "batch": 2, "size": SIZE, "network": NETWORKS["ner"]}
    return Study(
        videos, videos, out, tuple(map(read_plan, plans)), changes=changes, accelerator="cpu"
    )


@pytest.mark.filterwarnings("ignore:.*does not have many workers")
def test_the_pipeline_goes_on_stage_by_stage(
    specs: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages: list[str] = []
    done = conduct(study(specs[0], tmp_path, "3:2", "7:0"), lambda s, _: stages.append(s))
    one, other = done
    assert list(dict.fromkeys(stages)) == [
        *("every-3: rcrnet", "every-3: fgplg", "every-3-pseudo-2: ner"),
        *("every-7: rcrnet", "every-7-pseudo-0: ner"),
    ]
    # Two clips of 8 frames: labels at 0, 3, 6 and two pseudo-labels in each gap.
    assert (one.frames, one.labels, one.pseudo) == (16, 6, 8)
    assert (other.labels, other.pseudo) == (4, 0)
    assert all(0 <= v <= 1 for o in done for v in (o.max_f, o.s, o.mae))
    place = tmp_path / "every-3-pseudo-2"
    mixed = read_specs([f"{specs[0]}?every=3&pseudo={place / 'pseudo'}"]).videos[0]
    assert sorted(mixed.masks) == [0, 1, 2, 3, 4, 5, 6]
    assert mixed.pseudo == {1, 2, 4, 5}
    assert read_mask(mixed.masks[1]).max() <= 1
    # FGPLG and NER go on from the RCRNet of the same labels.
    shared = tmp_path / "every-3"
    for folder in (shared / "fgplg", place / "ner"):
        card = (folder / "CARD.md").read_text()
        assert str(shared / "rcrnet" / "model.safetensors") in card
    assert "| every-3-pseudo-2 | 6 (38%) | 8 |" in (tmp_path / "table.md").read_text()

    # What is there is not made again; what is gone is.
    (place / "result.json").unlink()
    monkeypatch.setattr(protocol.run, "train", lambda *_: pytest.fail("trained again"))
    assert conduct(study(specs[0], tmp_path, "3:2")) == [one]
    assert json.loads((place / "result.json").read_text())["labels"] == 6


def test_plans() -> None:
    assert read_plan("20:7") == Plan(20, 7)
    for wrong in ("20", "5:5", "x:1", "0:0"):
        with pytest.raises(TrainingError, match="no plan"):
            read_plan(wrong)

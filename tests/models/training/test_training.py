"""Every preset trains; a killed training goes on exactly; two processes are as good as one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from annotator.io.weights import read_weights
from models.loading import load
from models.training import data as sources
from models.training import motion, run
from models.training.curve import load_curve
from models.training.errors import TrainingError
from models.training.recipe import load_recipe, presets
from models.training.run import Order, train
from models.training.setup import network, optimiser, rate_factor
from models.training.state import read
from models.training.tasks import TASKS
from tests.models.training.tiny import NETWORKS, SIZE, shrunk
from tools import ship_weights

ROOT = Path(__file__).resolve().parents[3]
Specs = tuple[str, str]

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*does not have many workers"),
    pytest.mark.filterwarnings("ignore:.*Mean of empty slice"),
]


def order(specs: Specs, out: Path, preset: str, **changes: Any) -> Order:
    return Order(specs, out, preset, accelerator="cpu", changes=shrunk(preset, **changes))


@pytest.mark.parametrize("preset", presets())
def test_one_epoch_of_every_preset(
    preset: str, specs: Specs, samples: dict[str, str], tmp_path: Path
) -> None:
    data = (samples[preset],) if preset in samples else specs
    facts = train(order(data, tmp_path, preset))
    method = facts["model"]
    network = shrunk(preset)["network"]
    net = load(method, load_file(tmp_path / "model.safetensors"), network)
    assert all(bool(p.isfinite().all()) for p in net.parameters())
    assert len([p for p in load_curve(tmp_path) if "loss" in p]) == facts["steps"] > 0
    assert read(tmp_path / "model.safetensors")[1]["model"] == method
    text = (tmp_path / "CARD.md").read_text()
    for fact in ("recipe", "data", "commit", "licence", "loss", "steps"):
        assert f"**{fact}**" in text
    assert "<polyline" in (tmp_path / "loss.svg").read_text()
    assert list((tmp_path / "tensorboard").iterdir())


@pytest.mark.parametrize("preset", ["npmca", "scwssod", "dcfm", "rcrnet", "fgplg", "ner"])
def test_mixed_precision(preset: str, specs: Specs, tmp_path: Path) -> None:
    plain = order(specs, tmp_path, preset, steps=2, epochs=0)
    facts = train(Order(**{**_fields(plain), "precision": "bf16-mixed"}))
    assert np.isfinite(facts["loss"])
    assert facts["precision"] == "bf16-mixed"
    weights = load_file(tmp_path / "model.safetensors").values()
    assert {w.dtype for w in weights} <= {torch.float32, torch.int64}


@pytest.mark.parametrize("preset", presets())
def test_presets_name_parameters_that_exist(preset: str) -> None:
    recipe = load_recipe(preset)
    with torch.device("meta"):
        net = network(recipe, "")
    groups = optimiser(net, recipe).param_groups
    trained = sum(p.numel() for group in groups for p in group["params"])
    assert trained > 0
    for start in recipe.train_only:
        assert any(name.startswith(start) for name, _ in net.named_parameters())
    if recipe.backbone_rate != 1:
        assert {g["lr"] for g in groups} == {recipe.rate, recipe.rate * recipe.backbone_rate}


def spawn(told: dict[str, Any]) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.models.training.child", json.dumps(told)],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told(specs: Specs, out: Path, **more: Any) -> dict[str, Any]:
    changes = shrunk("npmca", steps=8, epochs=0, ema=0.9)
    base = {"data": specs, "out": str(out), "recipe": "npmca", "accelerator": "cpu"}
    return {**base, "save_seconds": 0.0, "changes": changes, **more}


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_killed_training_goes_on_exactly(specs: Specs, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    done = spawn(told(specs, whole))
    assert done.communicate()[1] is not None
    assert done.returncode == 0
    child = spawn(told(specs, broken))
    assert child.stdout is not None
    for line in child.stdout:
        if int(line) == 4:
            os.kill(child.pid, signal.SIGKILL)
            break
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    assert not (broken / "model.safetensors").exists()
    again = spawn(told(specs, broken, resume=True))
    steps, _ = again.communicate()
    assert again.returncode == 0
    assert 4 <= int(steps.split()[0]) <= 6, "it began anew"
    assert load_curve(broken) == load_curve(whole)
    one, other = load_file(whole / "model.safetensors"), load_file(broken / "model.safetensors")
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.skipif(sys.platform == "win32", reason="gloo processes are started differently there")
def test_two_processes_give_the_gradients_of_one(specs: Specs, tmp_path: Path) -> None:
    """Plain SGD: after a step the weights differ by the gradients, if they do."""
    for devices in (1, 2):
        changes = shrunk(
            "npmca",
            steps=2,
            epochs=0,
            batch=4,
            ema=0.0,
            clip=0.0,
            optimiser="sgd",
            rate=0.1,
            freeze_statistics=True,
            schedule="constant",
        )
        child = spawn(told(specs, tmp_path / str(devices), devices=devices, changes=changes))
        _, errors = child.communicate()
        assert child.returncode == 0, errors[-2000:]
    one, two = (load_file(tmp_path / f"{n}" / "model.safetensors") for n in (1, 2))
    moved = 0.0
    torch.manual_seed(0)
    for name in one:
        torch.testing.assert_close(one[name], two[name], atol=1e-6, rtol=1e-5)
    start = network(load_recipe("npmca", network=NETWORKS["npmca"]), "").state_dict()
    moved = max(float((one[n] - start[n]).abs().max()) for n in one if n.endswith("weight"))
    assert moved > 1e-4
    losses = [[p["loss"] for p in load_curve(tmp_path / f"{n}")] for n in (1, 2)]
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)


def test_parts_of_a_batch_give_the_gradients_of_the_whole(specs: Specs, tmp_path: Path) -> None:
    fixed = {"steps": 2, "epochs": 0, "batch": 4, "freeze_statistics": True, "ema": 0.0}
    for parts in (1, 2):
        train(order(specs, tmp_path / str(parts), "npmca", accumulate=parts, **fixed))
    one, two = (load_file(tmp_path / f"{n}" / "model.safetensors") for n in (1, 2))
    for name in one:
        torch.testing.assert_close(one[name], two[name], atol=1e-4, rtol=1e-3)


def test_overfit_npmca(specs: Specs, tmp_path: Path) -> None:
    """The loss is 1 - J of soft masks, and J has to reach 0.9 on the clips it learns."""
    sampling = {"static_share": 0.0, "skip": 2}
    facts = train(
        order(
            (specs[0],),
            tmp_path,
            "npmca",
            steps=250,
            epochs=0,
            batch=2,
            ema=0.0,
            rate=5e-3,
            sampling=sampling,
        )
    )
    assert facts["loss"] < 0.1


@pytest.mark.parametrize("preset", ["rcrnet-compact", "fgplg-compact"])
def test_overfit_saliency(preset: str, specs: Specs, tmp_path: Path) -> None:
    source = specs[1] if preset.startswith("rcrnet") else specs[0]
    facts = train(
        order((source,), tmp_path, preset, steps=120, epochs=0, batch=2, rate=3e-3, sampling={})
    )
    losses = [p["loss"] for p in load_curve(tmp_path)]
    assert facts["loss"] < 0.25 * np.mean(losses[:3])


@pytest.mark.parametrize(
    ("preset", "steps", "rate"),
    [
        ("scwssod-compact", 60, 5e-3),
        ("dcfm-compact", 40, 5e-3),
        ("ner-compact", 60, 3e-3),
        ("motion-compact", 60, 3e-3),
        ("npmca-guided", 40, 5e-3),
    ],
)
def test_losses_fall(preset: str, steps: int, rate: float, specs: Specs, tmp_path: Path) -> None:
    source = specs[1] if preset.startswith(("scwssod", "dcfm")) else specs[0]
    plain = {"crop": 0, "flip": False, "tone": 0, "group": 4}
    changes: dict[str, Any] = {"steps": steps, "epochs": 0, "rate": rate, "ema": 0.0, "clip": 5.0}
    whole = order((source,), tmp_path, preset, **changes)
    whole.changes["sampling"] |= plain
    train(whole)
    losses = [p["loss"] for p in load_curve(tmp_path)]
    begun, ended = np.mean(losses[:5]), np.mean(losses[-5:])
    assert ended < 0.7 * begun


def test_starts_from_weights(specs: Specs, tmp_path: Path) -> None:
    train(order((specs[1],), tmp_path / "image", "rcrnet-compact"))
    start = str(tmp_path / "image" / "model.safetensors")
    frozen = {"steps": 1, "epochs": 0, "rate": 0.0, "freeze_statistics": True}
    told_order = Order(
        (specs[0],),
        tmp_path / "pair",
        "fgplg-compact",
        start=start,
        accelerator="cpu",
        changes=shrunk("fgplg-compact", **frozen),
    )
    train(told_order)
    image = load_file(start)
    pair = load_file(tmp_path / "pair" / "model.safetensors")
    assert torch.equal(pair["rcrnet.head.mix.conv.weight"], image["head.mix.conv.weight"])
    assert torch.equal(pair["rcrnet.backbone.conv1.weight"][:, :3], image["backbone.conv1.weight"])
    wrong = Order(specs, tmp_path / "x", "npmca", start=start, changes=shrunk("npmca"))
    with pytest.raises(TrainingError, match="cannot be made"):
        train(wrong)


def test_weights_on_the_way_are_kept_and_their_mean_is_shipped(
    samples: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = order((samples["refiner"],), tmp_path / "out", "refiner", steps=4, epochs=0)
    train(Order(**{**_fields(plain), "keep_every": 2}))
    files = [tmp_path / "out" / name for name in ("step-2.safetensors", "model.safetensors")]
    assert not (tmp_path / "out/step-1.safetensors").exists()
    early, late = (load_file(file) for file in files)
    name = "predict.weight"
    assert not torch.equal(early[name], late[name])
    load("refiner", early, shrunk("refiner")["network"])
    monkeypatch.setattr(ship_weights, "shipped_weights", lambda: tmp_path / "shipped")
    shipped = load_file(ship_weights.ship(files, "refiner", "of nobody"))
    mean = (early[name] + late[name]) / 2
    torch.testing.assert_close(shipped[name].float(), mean, atol=1e-3, rtol=1e-3)
    assert read_weights(tmp_path / "shipped/refiner.safetensors").metadata["steps"] == "4"


def test_validation_is_noted(specs: Specs, tmp_path: Path) -> None:
    plain = order(specs, tmp_path, "rcrnet-compact", steps=3, epochs=0)
    checked = Order(**{**_fields(plain), "validation": (specs[0],)})
    facts = train(checked)
    assert facts["validation_loss"] > 0
    looks = [p for p in load_curve(tmp_path) if "validation" in p]
    assert len(looks) == 3
    assert all(0 <= p["J"] <= 1 and 0 <= p["mae"] <= 1 for p in looks)
    assert facts["validation_J"] == looks[-1]["J"]
    pictures = sorted((tmp_path / "validation").iterdir())
    assert [p.name for p in pictures] == [f"{n:07}.png" for n in (1, 2, 3)]
    assert np.asarray(Image.open(pictures[0])).std() > 5
    assert "<circle" in (tmp_path / "loss.svg").read_text()


@pytest.mark.parametrize("preset", presets())
def test_every_method_is_looked_at_while_it_learns(
    preset: str, specs: Specs, samples: dict[str, str], tmp_path: Path
) -> None:
    data = (samples[preset],) if preset in samples else specs
    plain = order(data, tmp_path, preset, steps=1, epochs=0)
    facts = train(Order(**{**_fields(plain), "validation": data}))
    assert 0 <= facts["validation_J"] <= 1
    assert len(list((tmp_path / "validation").iterdir())) == 1


def _fields(plain: Order) -> dict[str, Any]:
    return {name: getattr(plain, name) for name in Order.__slots__}


# -- what is refused


def test_wrong_orders_are_told(specs: Specs, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no recipe"):
        load_recipe("unet")
    own = tmp_path / "own.toml"
    own.write_text('method = "npmca"\nabout = "x"\nsamples = "video"\nsize = [64, 64]\nmagic = 1\n')
    with pytest.raises(TrainingError, match="magic"):
        load_recipe(str(own))
    own.write_text("method = ")
    with pytest.raises(TrainingError, match="cannot be used"):
        load_recipe(str(own))
    for spec, words in (
        ("films:x", "no data spec"),
        ("images:/no/such/folder", "no folder"),
        (f"images:{tmp_path}", "nothing that can be used"),
        (f"{specs[0]}?colour=red", "option 'colour'"),
    ):
        with pytest.raises(TrainingError, match=words):
            sources.read_specs([spec])
    with pytest.raises(TrainingError, match="no sample"):
        train(order((specs[1],), tmp_path / "a", "fgplg"))
    uneven = Order(specs, tmp_path / "b", "npmca", changes={"batch": 3, "accumulate": 3})
    with pytest.raises(TrainingError, match="equal parts"):
        train(Order(**{**_fields(uneven), "devices": 2, "accelerator": "cpu"}))


def test_a_folder_is_not_trained_into_twice(specs: Specs, tmp_path: Path) -> None:
    first = order(specs, tmp_path, "rcrnet-compact", steps=1, epochs=0)
    train(first)
    with pytest.raises(TrainingError, match="holds a training"):
        train(first)
    other = order(specs, tmp_path, "rcrnet-compact", steps=2, epochs=0)
    with pytest.raises(TrainingError, match="another recipe"):
        train(Order(**{**_fields(other), "resume": True}))
    (tmp_path / "state.safetensors").write_bytes(b"broken")
    with pytest.raises(TrainingError, match="cannot be read"):
        train(Order(**{**_fields(first), "resume": True}))


# -- data and samples


def test_specs_choose(specs: Specs, tmp_path: Path) -> None:
    videos = sources.read_specs([f"{specs[0]}?except=clip0&every=3"]).videos
    assert [v.name for v in videos] == ["clip1"]
    assert sorted(videos[0].masks) == [0, 3, 6]
    (tmp_path / "clip1").mkdir()
    (tmp_path / "clip1" / "00001.png").write_bytes(videos[0].masks[0].read_bytes())
    mixed = sources.read_specs([f"{specs[0]}?only=clip1&every=3&pseudo={tmp_path}"]).videos[0]
    assert sorted(mixed.masks) == [0, 1, 3, 6]
    assert mixed.pseudo == {1}


@pytest.mark.parametrize(
    "preset", ["npmca", "npmca-static", "npmca-guided", "scwssod", "dcfm", "fgplg", "ner"]
)
def test_a_sample_depends_on_its_number_alone(preset: str, specs: Specs) -> None:
    recipe = load_recipe(preset, **shrunk(preset))
    task = TASKS[recipe.samples](network(recipe, ""), recipe, sources.read_specs(specs))
    samples = run._Samples(task, 5)
    one, again, other = samples[3], samples[3], samples[4]
    assert all(torch.equal(one[k], again[k]) for k in one)
    assert any(not torch.equal(one[k], other[k]) for k in one)


def test_made_clips_move_object_and_ground(specs: Specs) -> None:
    recipe = load_recipe("npmca-static", **shrunk("npmca-static"))
    task = TASKS["static"](network(recipe, ""), recipe, sources.read_specs(specs))
    batch = task.sample(np.random.default_rng(1))
    assert batch["frames"].shape == (3, 3, *SIZE)
    assert batch["masks"].shape == (3, 1, *SIZE)
    assert set(batch["masks"].unique().tolist()) == {0.0, 1.0}
    assert not torch.equal(batch["masks"][0], batch["masks"][1])
    outside = (batch["masks"][0] + batch["masks"][1]) == 0
    assert float((batch["frames"][0] - batch["frames"][1]).abs()[:, outside[0]].mean()) > 0.01


def test_thin_plate_moves_its_points_and_little_else() -> None:
    still = motion.thin_plate((40, 60), np.random.default_rng(0), 0.0)
    grid = np.meshgrid(np.arange(60), np.arange(40))
    assert np.abs(still[0] - grid[0]).max() < 1e-3
    assert np.abs(still[1] - grid[1]).max() < 1e-3
    bent = motion.thin_plate((40, 60), np.random.default_rng(0), 0.1)
    assert 0.5 < np.abs(bent[0] - grid[0]).max() < 12


def test_simulated_scribbles_lie_inside_their_regions() -> None:
    mask = np.zeros((80, 100), np.uint8)
    mask[20:60, 30:70] = 1
    drawn = motion.simulate_scribbles(mask, np.random.default_rng(2))
    assert (drawn == 1).any()
    assert (drawn == 2).any()
    assert (mask[drawn == 1] == 1).all()
    assert (mask[drawn == 2] == 0).all()
    assert (drawn > 0).mean() < 0.15


def test_schedules() -> None:
    assert rate_factor("constant", 7, 10) == 1
    assert rate_factor("triangle", 50, 100) == pytest.approx(1)
    assert rate_factor("triangle", 0, 100) == pytest.approx(0.001)
    assert rate_factor("one-cycle", 20, 100) == pytest.approx(1)
    assert rate_factor("one-cycle", 99, 100) < 0.01

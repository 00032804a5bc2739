"""Losses and schedules against the values of the authors' code, and where ours differ."""

from __future__ import annotations

import json
import math

import pytest
import torch
from torch import Tensor

from models.dcfm.losses import iou_loss, multi_level_iou, self_contrastive_loss
from models.rcrnet.clips import clips, training_clips
from models.rcrnet.losses import clip_loss
from models.scwssod.losses import (
    CoherenceKernel,
    local_saliency_coherence,
    partial_cross_entropy,
    published_kernels,
    scribble_target,
    ssim,
    structure_consistency,
)
from models.scwssod.recipe import learning_rate
from tests.models.parity import Fixture, gap, relative_gap
from tests.shared import shared

TOLERANCE = 1e-5


def _gradient(loss: Tensor, *inputs: Tensor) -> list[Tensor]:
    return list(torch.autograd.grad(loss, inputs))


def test_coherence() -> None:
    z = Fixture("losses_scwssod.npz")
    rgb, maps = z["lsc/rgb"], z["lsc/y"]
    first = maps[0].requires_grad_()
    single = local_saliency_coherence(first, rgb)
    assert gap(single.detach(), z["lsc/single_loss"]) <= TOLERANCE
    assert gap(_gradient(single, first)[0], z["lsc/single_grad"]) <= TOLERANCE
    kernels = (CoherenceKernel(3, 0.5, 0.7), CoherenceKernel(2, None, 0.3))
    two = local_saliency_coherence(first, rgb, kernels, radius=2)
    assert gap(two.detach(), z["lsc/two_loss"]) <= TOLERANCE
    assert gap(_gradient(two, first)[0], z["lsc/two_grad"]) <= TOLERANCE
    for y, expected in zip(maps, z["lsc/fresh_losses"], strict=True):
        assert gap(local_saliency_coherence(y, rgb).detach(), expected) <= TOLERANCE


def test_coherence_with_the_shrinking_bandwidth_of_the_code() -> None:
    z = Fixture("losses_scwssod.npz")
    for call in range(4):
        y = z["lsc/y"][call].requires_grad_()
        loss = local_saliency_coherence(y, z["lsc/rgb"], published_kernels(call))
        assert gap(loss.detach(), z["lsc/seq_losses"][call]) <= TOLERANCE
        assert gap(_gradient(loss, y)[0], z["lsc/seq_grads"][call]) <= TOLERANCE


def test_structure_consistency() -> None:
    z = Fixture("losses_scwssod.npz")
    x, y = z["ssc/x"].requires_grad_(), z["ssc/y"].requires_grad_()
    loss = structure_consistency(x, y)
    assert gap(loss.detach(), z["ssc/loss"]) <= TOLERANCE
    dissimilarity = ((1 - ssim(x, y)) / 2).clamp(0, 1).detach()
    assert gap(dissimilarity, z["ssc/ssim_map"]) <= TOLERANCE
    grad_x, grad_y = _gradient(loss, x, y)
    assert gap(grad_x, z["ssc/grad_x"]) <= TOLERANCE
    assert gap(grad_y, z["ssc/grad_y"]) <= TOLERANCE


def test_partial_cross_entropy() -> None:
    z = Fixture("losses_scwssod.npz")
    target = scribble_target(z["pce/raw_mask"])
    assert torch.equal(target[:, 0], z["pce/gt"].long())
    p = z["pce/p"].requires_grad_()
    fg, bg = partial_cross_entropy(p, target, as_published=True)
    assert gap(fg.detach(), z["pce/fg_loss"]) <= TOLERANCE
    assert gap(bg.detach(), z["pce/bg_loss"]) <= TOLERANCE
    assert gap(_gradient(fg + bg, p)[0], z["pce/grad_p"]) <= TOLERANCE


@pytest.mark.parametrize("as_published", [False, True])
def test_partial_cross_entropy_without_an_object_is_zero(as_published: bool) -> None:
    p = torch.full((1, 1, 4, 4), 0.25, requires_grad=True)
    target = torch.full((1, 1, 4, 4), 255)
    target[..., 0] = 0
    fg, bg = partial_cross_entropy(p, target, as_published)
    assert fg.item() == 0
    expected = math.log1p(math.exp(-0.5)) if as_published else -math.log(0.75)
    assert bg.item() == pytest.approx(expected, rel=1e-5)
    assert bool(torch.isfinite(_gradient(fg + bg, p)[0]).all())


def test_plain_cross_entropy_of_saturated_pixels_is_finite() -> None:
    p = torch.tensor([0.0, 1.0, 1.0, 0.0]).view(1, 1, 2, 2).requires_grad_()
    target = torch.tensor([1, 0, 255, 255]).view(1, 1, 2, 2)
    fg, bg = partial_cross_entropy(p, target)
    assert math.isfinite(float(fg.detach()))
    assert math.isfinite(float(bg.detach()))
    perfect = partial_cross_entropy(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2).long())
    assert float(perfect[0]) == 0


def test_learning_rate() -> None:
    schedule = json.loads(shared("parity", "scwssod_lr.json").read_text())
    for step, expected, _ in schedule["rows"]:
        assert learning_rate(step, schedule["total_steps"]) == pytest.approx(expected, rel=1e-9)


def test_iou_loss() -> None:
    z = Fixture("losses_dcfm.npz")
    p, target = z["iou/pred"].requires_grad_(), z["iou/target"]
    loss = iou_loss(p, target)
    assert gap(loss.detach(), z["iou/loss"]) <= TOLERANCE
    assert gap(_gradient(loss, p)[0], z["iou/grad"]) <= TOLERANCE
    nothing = iou_loss(p.detach(), torch.zeros_like(target))
    assert gap(nothing, z["iou/loss_empty_target"]) <= TOLERANCE
    assert gap(iou_loss(target, target), z["iou/loss_perfect"]) <= TOLERANCE


def test_loss_over_the_levels() -> None:
    z = Fixture("losses_dcfm.npz")
    logits = z["scale/logits"].requires_grad_()
    loss = multi_level_iou(list(logits), z["scale/target"])
    assert gap(loss.detach(), z["scale/loss"]) <= TOLERANCE
    assert gap(_gradient(loss, logits)[0], z["scale/grads"]) <= TOLERANCE


def test_self_contrast() -> None:
    z = Fixture("losses_dcfm.npz")
    prototypes = [z[f"scl/{name}"].requires_grad_() for name in ("proto", "proto_pos", "proto_neg")]
    loss = self_contrastive_loss(*prototypes)
    assert gap(loss.detach(), z["scl/loss"]) <= TOLERANCE
    for ours, theirs in zip(_gradient(loss, *prototypes), z["scl/grads"], strict=True):
        assert relative_gap(ours, theirs) <= TOLERANCE


def test_clip_loss_sums_over_the_frames() -> None:
    logits, labels = torch.zeros(1, 3, 1, 4, 4), torch.ones(1, 3, 1, 4, 4)
    assert float(clip_loss(logits, labels)) == pytest.approx(3 * math.log(2))


def test_clips() -> None:
    cases = json.loads(shared("parity", "rcrnet_clips.json").read_text())
    assert len(cases) > 10
    for case in cases:
        length = case["clip_len"]
        if case["training"]:
            between = case["frame_between_label_num"]
            found = training_clips(case["label_frames"], length, case["label_interval"], between)
        else:
            found = clips(case["label_frames"], length)
        assert found == case["clips"]


def test_no_frames_are_no_clips() -> None:
    assert clips([]) == []

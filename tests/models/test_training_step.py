"""One training step of SCWSSOD and DCFM: losses, gradients and statistics of the authors' code."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from models.dcfm.losses import group_loss, multi_level_iou, self_contrastive_loss
from models.loading import METHODS, build
from models.scwssod.losses import ScribbleLoss, scribble_loss
from tests.models.parity import Fixture, gap, relative_gap

Networks = dict[str, nn.Module]


def _named(method: str, net: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers by their official name."""
    naming = METHODS[method].naming
    assert naming is not None
    pairs = [*net.named_parameters(), *net.named_buffers()]
    return {naming.official(name): value for name, value in pairs}


def _scwssod_terms(loss: ScribbleLoss) -> dict[str, Tensor]:
    terms = {"ssc": loss.ssc, "total": loss.total}
    for level, head in zip((2, 3, 4, 5), loss.heads, strict=True):
        terms |= {
            f"lsc{level}": head.lsc,
            f"fg{level}": head.object,
            f"bg{level}": head.background,
            f"loss{level}": head.total,
        }
    return terms


@pytest.mark.parametrize("precise", [False, True], ids=["float32", "float64"])
def test_scwssod(published: Networks, precise: bool) -> None:
    z = Fixture("scwssod_train.npz")
    net = copy.deepcopy(published["scwssod"]).train()
    image, target = z["x"], z["mask"].long()
    if precise:
        net, image = net.double(), image.double()
    loss = scribble_loss(net, image, target, as_published=True)
    terms = _scwssod_terms(loss)
    if not precise:
        for name, value in z.under("loss/"):
            assert gap(terms[name].detach(), value) <= 1e-4, name
        assert gap(loss.saliency.detach(), z["out2"]) <= 1e-4
        assert gap(loss.saliency_small.detach(), z["out2_s"]) <= 1e-4
        values = _named("scwssod", net)
        for name, value in z.under("buf/"):
            assert relative_gap(values[name], value) <= 1e-4, name
        return
    for name, value in z.under("loss64/"):
        assert gap(terms[name].detach(), value) <= 1e-6, name
    loss.total.backward()
    values = _named("scwssod", net)
    gradients = dict(z.under("grad64/"))
    assert len(gradients) > 5
    for name, value in gradients.items():
        grad = values[name].grad
        assert grad is not None
        assert relative_gap(grad, value) <= 1e-6, name


def test_thesis_form_has_coherence_in_every_level(published: Networks) -> None:
    z = Fixture("scwssod_train.npz")
    net = copy.deepcopy(published["scwssod"]).train()
    with torch.no_grad():
        loss = scribble_loss(net, z["x"], z["mask"].long())
    assert all(float(head.lsc) > 1e-3 for head in loss.heads)


@pytest.mark.parametrize("precise", [False, True], ids=["float32", "float64"])
def test_dcfm(published: Networks, precise: bool) -> None:
    z = Fixture("dcfm_train.npz")
    net = copy.deepcopy(published["dcfm"]).train()
    images, target = z["x"], z.image("gt")
    if precise:
        net, images, target = net.double(), images.double(), target.double()
    features = net.backbone(images)
    result = net.complete(images, features)
    positive, negative = net.contrast(features[-1], target)
    prototype = result.democracy.prototype
    terms = {
        "iou": multi_level_iou(result.logits, target),
        "scl": self_contrastive_loss(prototype, positive, negative),
        "total": group_loss(result.logits, target, prototype, positive, negative),
    }
    if not precise:
        for name, value in z.under("loss/"):
            assert gap(terms[name].detach(), value) <= (5e-4 if name == "scl" else 1e-4), name
        for number, logits in enumerate(result.logits):
            assert gap(logits.detach(), z[f"pred{number}"]) <= 1e-4
        for name, value in (("proto", prototype), ("proto_pos", positive), ("proto_neg", negative)):
            assert gap(value.detach(), z[name]) <= 1e-4, name
        assert torch.equal(result.democracy.seeds, z["seed_mask_all"].bool())
        return
    for name, value in z.under("loss64/"):
        assert gap(terms[name].detach(), value) <= 1e-6, name
    terms["total"].backward()
    values = _named("dcfm", net)
    for name, value in z.under("grad64/"):
        grad = values[name].grad
        assert grad is not None
        assert relative_gap(grad, value) <= 1e-6, name
    # The seeds come from a comparison, so their projections get no gradient, as published.
    assert values["fusion.query_transform.weight"].grad is None


@pytest.mark.parametrize("normalised", [False, True])
def test_dcfm_begins_where_a_sigmoid_has_a_slope(normalised: bool) -> None:
    """From random weights; the published network is meant for an ImageNet backbone."""
    torch.manual_seed(0)
    net = build("dcfm", {"convs": (2, 2, 2, 2, 2), "width": 16, "normalised": normalised}).train()
    logits = torch.cat([level.flatten() for level in net(torch.randn(8, 3, 64, 64)).logits])
    steep = (logits.abs() < 4).float().mean()
    assert steep > 0.5 if normalised else steep < 0.3

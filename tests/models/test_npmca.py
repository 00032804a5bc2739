"""NPMCA-net: the thesis' equations, invariances, and the steps of a propagation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from models.benchmark import Reusing
from models.inference import optimise
from models.loading import build, from_official
from models.npmca.losses import iou_loss
from models.npmca.matching import ChannelAttention, match
from models.npmca.net import COMPACT, STRIDE, Npmca, NpmcaConfig, state_from_image_model
from models.npmca.propagate import Propagator, Setting, anchor, expected_overlap
from models.ops.multi_object import soft_aggregate
from models.ops.resize import pad_to_multiple, unpad
from tests.models.parity import gap, relative_gap
from tests.models.small import small_network

# -- equations 3.1 to 3.8, loops in float64


def slow_match(reference: Tensor, target: Tensor) -> Tensor:
    """[C, N], [C, M] -> [C, M], eqs. 3.1 to 3.3 entry by entry."""
    c, n = reference.shape
    out = torch.zeros_like(target)
    for j in range(target.shape[1]):
        s = [sum(float(reference[k, i] * target[k, j]) for k in range(c)) for i in range(n)]
        total = sum(math.exp(value) for value in s)
        for k in range(c):
            out[k, j] = sum(float(reference[k, i]) * math.exp(s[i]) / total for i in range(n))
    return out


def slow_attention(f: Tensor, gamma: float) -> Tensor:
    """Features [N, C] in rows as in the thesis, eqs. 3.4 to 3.7."""
    n, c = f.shape
    a = [[sum(float(f[p, i] * f[p, j]) for p in range(n)) for j in range(c)] for i in range(c)]
    totals = [sum(math.exp(a[i][j]) for i in range(c)) for j in range(c)]
    out = torch.zeros_like(f)
    for p in range(n):
        for j in range(c):
            strengthened = sum(float(f[p, i]) * math.exp(a[i][j]) / totals[j] for i in range(c))
            out[p, j] = gamma * strengthened + f[p, j]
    return out


def test_matching_is_equations_3_1_to_3_3() -> None:
    torch.manual_seed(0)
    reference, target = torch.randn(2, 5, 12).double(), torch.randn(2, 5, 3, 4).double()
    found = match(reference, target)
    for r, t, m in zip(reference, target, found, strict=True):
        assert gap(m.flatten(1), slow_match(r, t.flatten(1))) <= 1e-12


def test_channel_attention_is_equations_3_4_to_3_7() -> None:
    torch.manual_seed(1)
    attention = ChannelAttention().double()
    x = 0.5 * torch.randn(2, 4, 3, 5).double()
    assert torch.equal(attention(x), x), "gamma begins at 0"
    with torch.no_grad():
        attention.gamma.fill_(0.7)
    for one, found in zip(x, attention(x), strict=True):
        expected = slow_attention(one.flatten(1).T, 0.7).T
        assert gap(found.flatten(1).detach(), expected) <= 1e-12


def test_gamma_is_never_negative_but_can_come_back() -> None:
    attention = ChannelAttention()
    with torch.no_grad():
        attention.gamma.fill_(-0.5)
    x = torch.rand(1, 3, 2, 2)
    assert gap(attention(x).detach(), x) == 0
    attention(x).sum().backward()
    assert attention.gamma.grad is not None
    assert float(attention.gamma.grad) != 0


def test_aggregation_is_equation_3_8() -> None:
    p = torch.rand(3, 4, 5).double().clamp(0.05, 0.95)
    background = (1 - p[0]) * (1 - p[1]) * (1 - p[2])
    odds = [q / (1 - q) for q in (background, *p)]
    expected = torch.stack([o / sum(odds) for o in odds])
    assert gap(soft_aggregate(p), expected) <= 1e-12


def test_loss_by_hand() -> None:
    p = torch.tensor([[[0.5, 1.0], [0.0, 0.25]]])
    y = torch.tensor([[[1.0, 1.0], [0.0, 0.0]]])
    assert float(iou_loss(p, y)) == pytest.approx(1 - 1.5 / 2.25, abs=1e-6)
    assert float(iou_loss(y, y)) == pytest.approx(0, abs=1e-6)


# -- the network


def example(size: tuple[int, int], count: int = 1, seed: int = 2) -> tuple[Tensor, ...]:
    """frame, mask before, frame before, first frame, first mask."""
    torch.manual_seed(seed)
    frames = torch.rand(3, count, 3, *size)
    masks = (torch.rand(2, count, 1, *size) > 0.5).float()
    return frames[0], masks[0], frames[1], frames[2], masks[1]


@pytest.fixture
def net() -> Any:
    return small_network("npmca", seed=4)


def test_the_network_can_be_written_down_in_one_piece(net: Npmca) -> None:
    """The parts are wired as section 3.2 says: two encoders, reference masked before it is read."""
    frame, mask, before, first, first_mask = example((32, 48))
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])

    def norm(x: Tensor) -> Tensor:
        return ((x.permute(0, 2, 3, 1) - mean) / std).permute(0, 3, 1, 2)

    with torch.inference_mode():
        r2, r3, r4 = net.target_encoder(torch.cat([norm(frame), mask], 1))
        assert [r2.shape[-1], r3.shape[-1], r4.shape[-1]] == [12, 6, 3]
        key = net.reduce_target(r4)
        parts = []
        for image, inside in ((first, first_mask), (before, mask)):
            features = net.reduce_reference(net.reference_encoder(norm(image * inside))[-1])
            weights = (features.flatten(2).transpose(1, 2) @ key.flatten(2)).softmax(1)
            matched = features.flatten(2) @ weights
            attention = (matched @ matched.transpose(1, 2)).softmax(1)
            parts.append(0.3 * attention.transpose(1, 2) @ matched + matched)
        x = net.coarse(net.fuse(torch.cat(parts, 1).unflatten(2, key.shape[-2:])))
        x = net.predict(net.refine2(r2, net.refine3(r3, x)))
        expected = torch.nn.functional.interpolate(x, scale_factor=4, mode="bilinear")
        assert relative_gap(net(frame, mask, before, first, first_mask), expected) <= 1e-5


@pytest.mark.parametrize("size", [(32, 48), (33, 47)])
def test_objects_together_or_one_by_one_in_any_order(net: Npmca, size: tuple[int, int]) -> None:
    inputs = example(size, 3)
    with torch.inference_mode():
        together = net(*inputs)
        assert together.shape == (3, 1, *size)
        order = [2, 0, 1]
        assert gap(net(*(x[order] for x in inputs)), together[order]) <= 1e-4
        for i in range(3):
            assert gap(net(*(x[i : i + 1] for x in inputs)), together[i : i + 1]) <= 1e-4


def test_padding_by_hand_changes_nothing(net: Npmca) -> None:
    inputs = example((35, 50))
    padded = [pad_to_multiple(x, STRIDE)[0] for x in inputs]
    pad = pad_to_multiple(inputs[0], STRIDE)[1]
    with torch.inference_mode():
        assert gap(unpad(net(*padded), pad), net(*inputs)) <= 1e-5


def test_what_lies_outside_the_mask_of_a_reference_is_not_seen(net: Npmca) -> None:
    frame, mask, before, first, first_mask = example((32, 32))
    other = torch.where(first_mask > 0, first, torch.rand_like(first))
    with torch.inference_mode():
        assert torch.equal(net.reference(first, first_mask), net.reference(other, first_mask))
        assert not torch.equal(net.target(frame, mask).key, net.target(before, mask).key)


def test_chunks_give_the_whole() -> None:
    torch.manual_seed(3)
    reference, target = torch.randn(2, 8, 35), torch.randn(2, 8, 5, 7)
    whole = match(reference, target)
    for most in (1, 2 * 35 * 4, 2 * 35 * 34):
        assert gap(match(reference, target, most), whole) <= 1e-6


def test_chunks_bound_what_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    from models.npmca import matching

    seen = []
    plain = matching.similarity

    def watched(reference: Tensor, target: Tensor) -> Tensor:
        out = plain(reference, target)
        seen.append(out.numel())
        return out

    monkeypatch.setattr(matching, "similarity", watched)
    match(torch.randn(3, 4, 100), torch.randn(3, 4, 20, 20), most_pairs=3000)
    assert len(seen) == 40
    assert max(seen) <= 3000


def test_gradients() -> None:
    torch.manual_seed(5)
    attention = ChannelAttention().double()
    with torch.no_grad():
        attention.gamma.fill_(0.4)

    def step(reference: Tensor, target: Tensor) -> Tensor:
        return attention(match(reference, target, 30))

    inputs = [torch.randn(2, 3, 6), torch.randn(2, 3, 2, 4)]
    assert torch.autograd.gradcheck(step, [x.double().requires_grad_() for x in inputs])
    net = small_network("npmca").double()
    frame, mask, *rest = (x.double() for x in example((16, 16)))
    mask = (0.5 * mask + 0.2).requires_grad_()
    assert torch.autograd.gradcheck(
        lambda m: net(frame, m, *rest).sigmoid(), (mask,), eps=1e-6, fast_mode=True
    )
    net(frame, mask, *rest).sum().backward()
    assert all(p.grad is not None and bool(p.grad.isfinite().all()) for p in net.parameters())


def test_matching_keeps_full_precision(net: Npmca) -> None:
    reference, target = 40 * torch.randn(1, 8, 20), 40 * torch.randn(1, 8, 4, 5)
    with torch.autocast("cpu", torch.bfloat16):
        found = net.attention(match(reference, target))
    assert torch.equal(found, net.attention(match(reference, target)))


def test_sizes() -> None:
    with torch.device("meta"):
        millions = [
            sum(p.numel() for p in build("npmca", config).parameters()) / 1e6
            for config in ({}, dict(COMPACT))
        ]
    assert millions[0] == pytest.approx(30.7, abs=0.1)
    assert millions[1] < 4


def test_encoders_begin_with_an_image_model(net: Npmca) -> None:
    from models.backbones.resnet import ResNet, ResNetConfig

    torch.manual_seed(6)
    image = ResNet(ResNetConfig(net.config.blocks, net.config.width)).eval()
    before = net.target_encoder.conv1.weight[:, 3:].clone()
    net.load_state_dict(state_from_image_model(net, image.state_dict()))
    assert torch.equal(net.target_encoder.conv1.weight[:, 3:], before)
    x = torch.randn(1, 3, 32, 32)
    with torch.inference_mode():
        blank = torch.cat([x, torch.zeros(1, 1, 32, 32)], 1)
        assert gap(net.target_encoder(blank)[-1], image(x)[-1]) <= 1e-5
        assert gap(net.reference_encoder(x)[-1], image(x)[-1]) <= 1e-5
    wide = ResNet(ResNetConfig(net.config.blocks, 16)).state_dict()
    with pytest.raises(ValueError, match="conv1"):
        state_from_image_model(net, wide)


def test_no_official_file_exists() -> None:
    with pytest.raises(ValueError, match="published no weights"):
        from_official("npmca", {})


# -- propagation


def clip(count: int = 5, size: tuple[int, int] = (40, 56)) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (count, *size, 3), dtype=np.uint8)


def masks(objects: int, size: tuple[int, int] = (40, 56)) -> np.ndarray:
    found = np.zeros((objects, *size), np.float32)
    for i in range(objects):
        found[i, 4 + 9 * i : 16 + 9 * i, 6 : 30 + 6 * i] = 1
    return found


def run(net: Npmca, frames: np.ndarray, known: np.ndarray, setting: Setting) -> list[np.ndarray]:
    begin = anchor(net, frames[0], known, setting)
    propagator = Propagator(net, frames[0], known, [begin], setting)
    return [propagator.step(frame) for frame in frames[1:]]


@pytest.mark.parametrize("objects", [1, 3])
def test_reuse_of_features_equals_plain_propagation(net: Npmca, objects: int) -> None:
    frames, known = clip(), masks(objects)
    found = run(net, frames, known, Setting((40, 56), trusted=0.0))
    tensors = [torch.from_numpy(f).permute(2, 0, 1)[None].float() / 255 for f in frames]
    mask = torch.from_numpy(known)[:, None]
    first = tensors[0].expand(objects, -1, -1, -1), mask
    with torch.inference_mode():
        for t in range(1, len(frames)):
            now, before = (tensors[i].expand(objects, -1, -1, -1) for i in (t, t - 1))
            alone = net(now, mask, before, *first).sigmoid()
            assert gap(torch.from_numpy(found[t - 1]), alone[:, 0]) <= 1e-4
            mask = alone if objects == 1 else soft_aggregate(alone[:, 0])[1:, None]


def test_order_of_objects_and_optimised_copy(net: Npmca) -> None:
    frames, known = clip(3), masks(3)
    setting = Setting((40, 56), scales=(0.5, 1.0))
    straight = run(net, frames, known, setting)
    turned = run(net, frames, known[[2, 1, 0]], setting)
    fast = run(optimise(net), frames, known, setting)  # type: ignore[arg-type]
    for a, b, c in zip(straight, turned, fast, strict=True):
        assert np.abs(a - b[[2, 1, 0]]).max() <= 1e-4
        assert np.abs(a - c).max() <= 1e-4
        assert a.shape == (3, 40, 56)


def test_scales_are_averaged(net: Npmca) -> None:
    frames, known = clip(2), masks(1)
    single = [run(net, frames, known, Setting((40, 56), (s,)))[0] for s in (0.5, 1.0)]
    both = run(net, frames, known, Setting((40, 56), (0.5, 1.0)))[0]
    assert np.abs(both - (single[0] + single[1]) / 2).max() <= 1e-5


def test_references_are_encoded_once(net: Npmca, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    plain = Npmca.reference

    def counted(self: Npmca, frame: Tensor, mask: Tensor) -> Tensor:
        calls.append(frame.shape)
        return plain(self, frame, mask)

    monkeypatch.setattr(Npmca, "reference", counted)
    run(net, clip(6), masks(1), Setting((40, 56), trusted=0.0))
    assert len(calls) == 1 + 5


def test_a_bad_prediction_is_no_reference(net: Npmca) -> None:
    frames, known = clip(3), masks(1)
    with torch.no_grad():
        net.predict[1].weight.zero_()
        net.predict[1].bias.fill_(-0.1)  # nothing is found, everywhere nearly undecided
    begin = anchor(net, frames[0], known, Setting((40, 56)))
    propagator = Propagator(net, frames[0], known, [begin], Setting((40, 56)))
    propagator.step(frames[1])
    kept = propagator._previous[0]
    propagator.step(frames[2])
    assert torch.equal(propagator._previous[0], kept)
    trusting = Propagator(net, frames[0], known, [begin], Setting((40, 56), trusted=0.0))
    trusting.step(frames[1])
    trusting.step(frames[2])
    assert not torch.equal(trusting._previous[0], kept)


def test_expected_overlap() -> None:
    p = torch.tensor([[[[0.9, 0.8], [0.1, 0.0]]], [[[0.0, 0.0], [0.0, 0.0]]]])
    found = expected_overlap(p)
    assert float(found[0]) == pytest.approx(1.7 / 2.1)
    assert float(found[1]) == 0


def test_two_anchors_are_matched_together(net: Npmca) -> None:
    """An anchor given twice changes nothing: the softmax runs over all positions of both."""
    frames, known = clip(2), masks(2)
    setting = Setting((40, 56))
    begin = anchor(net, frames[0], known, setting)
    once = Propagator(net, frames[0], known, [begin], setting).step(frames[1])
    twice = Propagator(net, frames[0], known, [begin, begin], setting).step(frames[1])
    assert np.abs(once - twice).max() <= 1e-5


def test_benchmark_form_is_the_network(net: Npmca) -> None:
    inputs = example((32, 48), 2)
    form = Reusing(net)
    with torch.inference_mode():
        for _ in range(2):
            assert gap(form(*inputs), net(*inputs)) <= 1e-5
        other = example((32, 48), 2, seed=9)
        assert gap(form(*other), net(*other)) <= 1e-5


def test_configs_are_frozen() -> None:
    with pytest.raises(AttributeError):
        NpmcaConfig().width = 3  # type: ignore[misc]

"""The faster forms give the values of the plain ones, at every size and for every network."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from models.benchmark import FramewiseNER, FullNonLocal, Timing, forms, measure, settle
from models.fast.blocks import PooledVote, SharedConvGRU
from models.fast.head import FusedHead
from models.fast.packed import PackedConv, can_pack
from models.inference import autocast, choose_device, optimise
from models.layers.conv_gru import ConvGRU
from models.layers.non_local import NonLocalBlock
from models.loading import METHODS, build
from models.rcrnet.net import Head
from tests.models.parity import gap, relative_gap
from tests.models.small import SMALL, small_network


def _example(method: str, height: int, width: int) -> tuple[torch.Tensor, ...]:
    if method == "ner":
        return (torch.randn(2, 3, 3, height, width),)
    if method == "fgplg":
        flows = torch.randn(2, 2, 2, height, width)
        return torch.randn(2, 3, height, width), torch.rand(2, 2, height, width), flows
    if method == "npmca":
        frames, masks = torch.rand(3, 2, 3, height, width), torch.rand(2, 2, 1, height, width)
        return frames[0], masks[0], frames[1], frames[2], masks[1]
    if method in ("refiner", "strokes"):
        maps = METHODS[method].config.maps
        return torch.rand(2, 3, height, width), torch.rand(2, maps, height, width) * 2 - 1
    return (torch.randn(2, 3, height, width),)


def _last(output: object) -> torch.Tensor:
    """The prediction among what a network returns."""
    if isinstance(output, torch.Tensor):
        return output
    assert isinstance(output, tuple)
    return output[0] if isinstance(output[0], torch.Tensor) else output[0][-1]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [(64, 96), (80, 64)])
def test_fast_and_plain_networks_agree(method: str, size: tuple[int, int]) -> None:
    net = small_network(method, seed=3)
    example = _example(method, *size)
    settle(net, example)
    before = copy.deepcopy(net.state_dict())
    with torch.inference_mode():
        plain, fast = forms(net)
        expected, found = _last(plain(*example)), _last(fast(*example))
    assert relative_gap(found, expected) <= 1e-4
    after = net.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())


def test_batch_normalisation_of_dcfm_is_folded() -> None:
    torch.manual_seed(0)
    net = build("dcfm", {**SMALL["dcfm"], "normalised": True})
    example = _example("dcfm", 64, 96)
    settle(net, example)
    fast = optimise(net)
    assert not any(isinstance(m, nn.BatchNorm2d) for m in fast.modules())
    with torch.inference_mode():
        assert relative_gap(_last(fast(*example)), _last(net(*example))) <= 1e-4


@pytest.mark.parametrize("shape", [(5, 7), (8, 8), (9, 4), (17, 1), (1, 1)])
@pytest.mark.parametrize("factor", [2, 4, 5])
def test_fused_head(shape: tuple[int, int], factor: int) -> None:
    torch.manual_seed(4)
    head = optimise(nn.Sequential(Head(6, 10)))[0]
    assert isinstance(head, FusedHead)
    x = torch.randn(2, 6, *shape)
    size = (shape[0] * factor, shape[1] * factor)
    with torch.inference_mode():
        assert gap(head(x, size), head.plain(x, size)) <= 1e-5
        odd = (size[0] + 1, size[1])
        assert torch.equal(head(x, odd), head.plain(x, odd))


@pytest.mark.parametrize("shape", [(5, 7), (1, 4), (1, 1)])
def test_pooled_vote(shape: tuple[int, int]) -> None:
    torch.manual_seed(5)
    conv = nn.Conv2d(6, 1, 3, padding=1)
    z = torch.randn(2, 6, *shape)
    with torch.inference_mode():
        assert gap(PooledVote(conv)(z), conv(z).mean((2, 3), keepdim=True)) <= 1e-5


def test_shared_gru() -> None:
    torch.manual_seed(6)
    gru = ConvGRU(6)
    inputs, state = [torch.randn(2, 6, 5, 4) for _ in range(3)], torch.randn(2, 6, 5, 4)
    with torch.inference_mode():
        for ours, plain in zip(SharedConvGRU(gru)(inputs, state), gru(inputs, state), strict=True):
            assert gap(ours, plain) <= 1e-5


@pytest.mark.skipif(not can_pack(), reason="this build of PyTorch cannot pack convolutions")
def test_packed_weights_fit_each_size_and_few_layouts_are_kept() -> None:
    conv = nn.Conv2d(8, 16, 3, padding=1)
    packed = PackedConv(conv, relu=False)
    sizes = [(64, 96), (20, 30), (64, 96), (33, 7), (128, 128), (20, 30)]
    with torch.no_grad():
        for height, width in sizes:
            x = torch.rand(1, 8, height, width).contiguous(memory_format=torch.channels_last)
            torch.testing.assert_close(packed(x), conv(x), atol=1e-5, rtol=1e-5)
    assert list(packed._packed) == [(1, 8, 128, 128), (1, 8, 20, 30)], "the last ones, no more"


def test_non_local_block_starts_as_identity_and_may_be_reordered() -> None:
    torch.manual_seed(7)
    block = NonLocalBlock(8).double()
    x = torch.randn(2, 8, 3, 4, 5).double()
    assert torch.equal(block(x), x)
    nn.init.normal_(block.project.weight)
    full = copy.deepcopy(block)
    full.__class__ = FullNonLocal
    ours, theirs = block(x), full(x)
    assert gap(ours.detach(), theirs.detach()) <= 1e-12
    ours.sum().backward()
    theirs.sum().backward()
    assert relative_gap(block.theta.weight.grad, full.theta.weight.grad) <= 1e-9


def test_framewise_form_of_the_benchmark_is_the_network() -> None:
    net = small_network("ner", seed=8)
    example = _example("ner", 64, 64)
    settle(net, example)
    with torch.inference_mode():
        assert relative_gap(FramewiseNER(net)(*example), net(*example)) <= 1e-5


def test_devices() -> None:
    assert choose_device("cpu").type == "cpu"
    assert choose_device("auto").type in ("cpu", "cuda", "mps")
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match="cuda"):
            choose_device("cuda")
    with autocast(torch.device("cpu")):
        assert (torch.randn(2, 2) @ torch.randn(2, 2)).dtype == torch.float32


def test_attention_of_dcfm_keeps_full_precision() -> None:
    net = small_network("dcfm", seed=9)
    features = 50 * torch.randn(3, 64, 6, 6)
    with torch.inference_mode():
        expected = net.enhancement(net.prototype(features).features)
        with torch.autocast("cpu", torch.bfloat16):
            found = net.enhancement(net.prototype(features).features)
    assert found.dtype == torch.float32
    assert torch.equal(found, expected)


@pytest.mark.parametrize("method", METHODS)
def test_networks_run_in_half_precision(method: str) -> None:
    net = small_network(method, seed=10)
    example = _example(method, 64, 64)
    settle(net, example)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        assert bool(_last(net(*example)).isfinite().all())


def test_benchmark_reports_both_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.benchmark.build", lambda method: build(method, SMALL[method]))
    threads = torch.get_num_threads()
    timings = list(measure(["rcrnet"], repeats=1, threads=1))
    assert torch.get_num_threads() == threads
    (timing,) = timings
    assert timing.plain > 0
    assert timing.fast > 0
    assert timing.shape == (1, 3, 448, 448)
    assert timing.reused is None
    assert Timing("rcrnet", (1, 3, 448, 448), 3.0, 1.5).ratio == 2


def test_benchmark_tells_what_reuse_alone_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.benchmark.build", lambda method: build(method, SMALL[method]))
    monkeypatch.setattr("models.benchmark.OBJECTS", (2,))
    (timing,) = measure(["npmca"], repeats=1)
    assert timing.shape == (2, 3, 480, 854)
    assert timing.reused is not None
    assert timing.reused > 0


def test_benchmark_refuses_an_unknown_network() -> None:
    with pytest.raises(ValueError, match="no network"):
        list(measure(["unet"]))

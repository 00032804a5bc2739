"""From frames to maps: pre- and post-processing of the authors, groups and videos of any length."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from models.dcfm import predict as dcfm
from models.dcfm.prototype import democratic_response, group_agreement
from models.ops.images import imagenet_input
from models.rcrnet import predict as rcrnet
from models.scwssod import predict as scwssod
from tests.models.parity import Fixture, gap
from tests.models.small import small_network

SIZE = (48, 48)
FULL = (37, 53)
RNG = np.random.default_rng(5)
FRAMES = RNG.integers(0, 256, (5, 40, 56, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def fixture() -> Fixture:
    return Fixture("preproc.npz")


def _steps(ours: NDArray[np.uint8], theirs: NDArray[np.uint8]) -> int:
    assert ours.shape == theirs.shape
    return int(np.abs(ours.astype(int) - theirs).max())


@pytest.mark.parametrize("name", ["duts", "ecssd", "other"])
def test_scwssod_input(fixture: Fixture, name: str) -> None:
    statistics = scwssod.STATISTICS[name]
    expected = fixture.arrays[f"scwssod/{name}/mean_std"]
    assert (*statistics.mean, *statistics.std) == pytest.approx(tuple(expected))
    x = scwssod.prepare(fixture.arrays["image_rgb"][None], SIZE, statistics)
    assert gap(x[0], fixture[f"scwssod/{name}/x"]) <= 1e-5


@pytest.mark.parametrize("method", ["dcfm", "rcrnet"])
def test_imagenet_input(fixture: Fixture, method: str) -> None:
    x = imagenet_input(fixture.arrays["image_rgb"][None], SIZE)
    assert gap(x[0], fixture[f"{method}/x"]) <= 1e-5


def test_targets(fixture: Fixture) -> None:
    mask = fixture.arrays["gt"]
    for ours, name in (
        (scwssod.prepare_mask(mask, SIZE), "scwssod/mask"),
        (dcfm.prepare_mask(mask, SIZE), "dcfm/gt"),
        (rcrnet.prepare_labels(mask[None, None] / np.float32(255), SIZE)[0, 0], "rcrnet/label"),
    ):
        assert np.abs(np.asarray(ours) - fixture.arrays[name][0]).max() <= 1e-5, name


def test_saved_maps(fixture: Fixture) -> None:
    logits = fixture["post/logits"]
    p = scwssod.enlarge(logits, FULL)[0, 0].numpy()
    assert np.abs(scwssod.stretch(p) - fixture.arrays["post/scwssod_float"]).max() <= 1e-5
    assert _steps(scwssod.published_uint8(p), fixture.arrays["post/scwssod_u8"]) <= 1
    p = dcfm.enlarge(logits.sigmoid(), FULL)[0, 0].numpy()
    assert np.abs(p - fixture.arrays["post/dcfm_float"]).max() <= 1e-5
    assert _steps(dcfm.published_uint8(p), fixture.arrays["post/dcfm_u8"]) <= 1
    small = logits.sigmoid()[0, 0].numpy()
    nearest = rcrnet.published_uint8(small, FULL)
    assert _steps(nearest, fixture.arrays["post/rcrnet_u8_nearest"]) <= 1
    bicubic = rcrnet.published_uint8(small, FULL, Image.Resampling.BICUBIC)
    assert _steps(bicubic, fixture.arrays["post/rcrnet_u8_bicubic"]) <= 1


def test_a_constant_map_is_empty_when_stretched() -> None:
    assert not scwssod.published_uint8(np.full((3, 3), 0.7, np.float32)).any()


def _check_maps(maps: NDArray[np.float32], count: int) -> None:
    assert maps.shape == (count, *FRAMES.shape[1:3])
    assert maps.dtype == np.float32
    assert maps.min() >= 0
    assert maps.max() <= 1
    assert np.isfinite(maps).all()
    assert maps.std() > 0


def test_maps_have_the_size_of_the_frames() -> None:
    _check_maps(scwssod.predict(small_network("scwssod"), FRAMES, (64, 64)), 5)
    _check_maps(rcrnet.predict(small_network("rcrnet"), FRAMES, (64, 64)), 5)
    _check_maps(rcrnet.predict_clip(small_network("ner"), FRAMES, (64, 64)), 5)
    _check_maps(dcfm.predict(small_network("dcfm"), FRAMES, (64, 64)), 5)


def test_between_two_labels() -> None:
    net = small_network("fgplg")
    labels = np.zeros((5, 2, 40, 56), np.float32)
    labels[..., 10:20, 10:20] = 1
    flows = RNG.normal(size=(5, 2, 2, 40, 56)).astype(np.float32)
    maps = rcrnet.predict_between(net, FRAMES, labels, flows, (64, 64))
    _check_maps(maps, 5)
    # Flow of another resolution is scaled, so a constant field gives the same map.
    constant = np.full((1, 2, 2, 40, 56), 4, np.float32)
    half = np.full((1, 2, 2, 20, 28), 2, np.float32)
    one = rcrnet.predict_between(net, FRAMES[:1], labels[:1], constant, (64, 64))
    two = rcrnet.predict_between(net, FRAMES[:1], labels[:1], half, (64, 64))
    assert np.abs(one - two).max() <= 1e-5
    with pytest.raises(ValueError, match="labels are"):
        rcrnet.predict_between(net, FRAMES, labels[:, :1], flows)
    with pytest.raises(ValueError, match="flows are"):
        rcrnet.predict_between(net, FRAMES, labels, flows[:, :, :1])


def test_other_arrays_than_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="uint8"):
        scwssod.predict(small_network("scwssod"), FRAMES.astype(np.float32))
    with pytest.raises(ValueError, match="overlap"):
        next(rcrnet.predict_video(small_network("ner"), FRAMES, 4, 4))


class _Numbered(nn.Module):
    """Stands for a network: the map of a frame is a constant made of its colour and its clip."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.lengths: list[int] = []

    def forward(self, clip: Tensor) -> Tensor:
        self.lengths.append(clip.shape[1])
        return clip[:, :, :1]


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 6, 7, 8, 9, 11, 14])
@pytest.mark.parametrize(("length", "overlap"), [(4, 0), (4, 1), (4, 2), (4, 3), (3, 1)])
def test_a_video_gives_one_map_per_frame_in_order(count: int, length: int, overlap: int) -> None:
    video = np.zeros((count, 4, 6, 3), np.uint8)
    video += (np.arange(count, dtype=np.uint8) * 10)[:, None, None, None]
    net: Any = _Numbered()
    found = list(rcrnet.predict_video(net, iter(video), length, overlap, size=(4, 4)))
    assert len(found) == count
    expected = imagenet_input(video, (4, 4))[:, 0, 0, 0].sigmoid() if count else []
    for map_, value in zip(found, expected, strict=True):
        assert map_.shape == (4, 6)
        assert np.abs(map_ - float(value)).max() <= 1e-6
    assert all(n == min(length, count) for n in net.lengths)


def test_neighbouring_clips_fade_into_each_other() -> None:
    class Clips(_Numbered):
        def forward(self, clip: Tensor) -> Tensor:
            super().forward(clip)
            level = 0.25 if len(self.lengths) == 1 else 0.75
            return torch.full_like(clip[:, :, :1], level).logit()

    net: Any = Clips()
    video = np.zeros((6, 4, 4, 3), np.uint8)
    levels = [float(m.mean()) for m in rcrnet.predict_video(net, video, 4, 2, (4, 4))]
    third = 0.5 / 3
    assert levels == pytest.approx([0.25, 0.25, 0.25 + third, 0.75 - third, 0.75, 0.75])


def test_a_group_in_parts_equals_the_group_at_once() -> None:
    net = small_network("dcfm")
    images = [RNG.integers(0, 256, (30 + 3 * i, 41, 3), dtype=np.uint8) for i in range(5)]
    whole = list(dcfm.predict_group(net, images, (64, 64), at_once=5))
    parts = list(dcfm.predict_group(net, images, (64, 64), at_once=2))
    for image, a, b in zip(images, whole, parts, strict=True):
        assert a.shape == image.shape[:2]
        assert np.abs(a - b).max() <= 1e-4
    with torch.inference_mode():
        logits = net(imagenet_input(images, (64, 64))).logits[3]
    first = dcfm.enlarge(logits[:1].sigmoid(), images[0].shape[:2])[0, 0].numpy()
    assert np.abs(whole[0] - first).max() <= 1e-4
    assert list(dcfm.predict_group(net, [])) == []


@pytest.mark.parametrize("chunk_bytes", [1, 5000, 10**9])
def test_similarity_in_blocks_equals_the_full_matrix(chunk_bytes: int) -> None:
    torch.manual_seed(2)
    q, k = torch.randn(4, 8, 9), torch.randn(4, 8, 9)
    full = q.transpose(1, 2).reshape(36, 8) @ k.transpose(0, 1).reshape(8, 36)
    expected = full.view(36, 4, 9).amax(2).mean(1).view(4, 9)
    assert gap(group_agreement(q, k, chunk_bytes), expected) <= 1e-5
    n = nn.functional.normalize(q, dim=1)
    seeds = n[:, :, 0]
    mean = torch.einsum("sc,bcn->bsn", seeds, n).relu().mean(1)
    low, high = mean.amin(1, keepdim=True), mean.amax(1, keepdim=True)
    response = democratic_response(n, seeds, True, chunk_bytes)
    assert gap(response, (mean - low) / (high - low)) <= 1e-5

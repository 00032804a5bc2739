"""The guided NPMCA-net: its windows, what it is told, its steps, and the matching as a picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from models.flow import create
from models.inference import optimise
from models.npmca import evidence as ev
from models.npmca.guided import GuidedPropagator, GuidedSetting, anchor
from models.npmca.matching import similarity
from models.npmca.net import STRIDE, Npmca, NpmcaConfig
from models.npmca.propagate import Setting, image_tensor
from models.npmca.view import Seen, matched

SIZE = (96, 128)
SMALL = {"blocks": (1, 1, 1), "width": 8, "channels": 16, "decoder": 16}


@pytest.fixture
def net() -> Npmca:
    torch.manual_seed(0)
    return Npmca(NpmcaConfig(**SMALL, guide="flow")).eval()


def texture(seed: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 255, (*size, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2)


def scene(t: int, n: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Squares that move over a still ground, and their masks [n, H, W]."""
    frame = texture(1)
    masks = np.zeros((n, *SIZE), np.float32)
    for k in range(n):
        y, x = 10 + 45 * k, 20 + 3 * t
        frame[y : y + 32, x : x + 32] = texture(5 + k)[:32, :32] // 2 + 120
        masks[k, y : y + 32, x : x + 32] = 1
    return frame, masks


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a > 0.5, b > 0.5
    return float((a & b).sum() / max((a | b).sum(), 1))


def begin(net: Npmca, n: int = 1, keep: slice = slice(None)) -> GuidedPropagator:
    setting = GuidedSetting(SIZE, 64, 0.0)
    frame, masks = scene(0, n)
    masks = masks[keep]
    return GuidedPropagator(
        net, frame, masks, [anchor(net, frame, masks, setting)], setting, create("dis")
    )


def test_a_new_network_gives_the_guide_back(net: Npmca) -> None:
    course = begin(net)
    for t in range(1, 6):
        frame, truth = scene(t)
        found = course.step(frame)
    assert found.shape == (1, *SIZE)
    assert overlap(found[0], truth[0]) > 0.85
    shift, (_, start) = 15, scene(0)
    assert overlap(start[0], truth[0]) < 0.5, f"the object did not move {shift} px"


def test_objects_together_or_alone(net: Npmca) -> None:
    with torch.no_grad():  # not the guide alone
        net.predict[-1].weight.normal_(0, 0.1)
    together = begin(net, 2).step(scene(1, 2)[0])
    for k in range(2):
        alone = begin(net, 2, slice(k, k + 1)).step(scene(1, 2)[0])
        np.testing.assert_allclose(together[k], alone[0], atol=1e-4)


def test_the_optimised_copy(net: Npmca) -> None:
    with torch.no_grad():
        net.predict[-1].weight.normal_(0, 0.1)
    fast = optimise(net)
    assert isinstance(fast, Npmca)
    one, other = begin(net), begin(fast)
    for t in range(1, 3):
        np.testing.assert_allclose(one.step(scene(t)[0]), other.step(scene(t)[0]), atol=1e-3)


def test_what_is_lost_is_looked_for_in_a_wider_window(net: Npmca) -> None:
    frame, _ = scene(0)
    setting = GuidedSetting(SIZE, 64)
    nothing = np.zeros((1, *SIZE), np.float32)
    known = [anchor(net, frame, nothing, setting)]
    course = GuidedPropagator(net, frame, nothing, known, setting, create("dis"))
    assert float(course.step(scene(1)[0]).max()) < 0.5
    course = begin(net)
    narrow = course._followed[0].window
    course._masks[:] = 0
    course.step(scene(1)[0])
    wide = course._followed[0].window
    assert wide.size > narrow.size
    assert wide.y0 <= narrow.y0
    assert wide.y1 >= narrow.y1


def test_windows() -> None:
    mask = np.zeros((60, 200), np.float32)
    mask[20:30, 90:130] = 1
    window = ev.around(mask, 0.5)
    assert window is not None
    assert (window.x0, window.x1) == (70, 150)
    # Its extent rules the short side: a third of the long one, and no less than `LEAST`.
    assert window.y1 - window.y0 == ev.LEAST
    assert ev.around(np.zeros((60, 200), np.float32)) is None
    points = window.grid(64)
    np.testing.assert_allclose(
        window.place(points, 64), ev.pixels(64, 64), atol=1e-3, err_msg="place undoes grid"
    )
    image = np.random.default_rng(0).random((60, 200)).astype(np.float32)
    whole = ev.Window(0, 0, 60, 200)
    assert ev.cut(image, whole, 32).shape == (32, 32)


def test_evidence_speaks_for_the_object() -> None:
    (before, masks), (now, truth) = scene(0), scene(2)
    flow = create("dis")(now, before)
    labs = ev.lab_of(before), ev.lab_of(now)
    reference = ev.Reference(labs[0], masks[0])
    reference.follow(flow)
    guide = ev.look_up(masks[0], ev.pixels(*SIZE) + flow)
    window = ev.around(guide)
    assert window is not None
    maps = ev.evidence(labs[1], labs[0], flow, guide, reference, window, 64)
    assert maps.shape == (len(ev.NAMES), 64, 64)
    assert maps.dtype == np.float32
    assert float(np.abs(maps).max()) <= 1
    inside = cv2.erode(ev.cut(truth[0], window, 64), np.ones((7, 7))) > 0.5
    outside = cv2.dilate(ev.cut(truth[0], window, 64), np.ones((7, 7))) < 0.5
    named = dict(zip(ev.NAMES, maps, strict=True))
    for name in ("colour", "shape", "apart"):
        assert named[name][inside].mean() > named[name][outside].mean() + 0.3, name
    assert named["match"][inside].mean() > 0.5
    assert named["same"][outside].mean() > 0.5


def test_the_motion_of_the_ground_is_told_from_the_object_s() -> None:
    y, x = np.mgrid[:96, :128].astype(np.float32)
    ground = np.stack([2 + 0.02 * x, 0.01 * y - 1], -1)
    guide = np.zeros(SIZE, np.float32)
    guide[30:60, 40:80] = 1
    flow = ground + 6 * guide[..., None]
    np.testing.assert_allclose(ev.surroundings(flow, guide), ground, atol=0.05)
    found = ev.apart(flow, guide)
    assert found[guide > 0].min() > 0.8
    assert found[guide == 0].max() < -0.8
    assert not ev.apart(ground, guide)[guide == 0].any() or abs(ev.apart(ground, guide)).max() < 0.1


def test_a_guide_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="guide is"):
        Npmca(NpmcaConfig(**SMALL, guide="star"))


# -- the matching as a picture


def test_heat_of_a_point_is_its_column_of_the_similarities() -> None:
    torch.manual_seed(0)
    net = Npmca(NpmcaConfig(**SMALL)).eval()
    (frame, masks), (now, _) = scene(0), scene(1)
    query = np.zeros(SIZE, np.float32)
    query[2 * STRIDE : 3 * STRIDE, 3 * STRIDE : 4 * STRIDE] = 1
    setting = Setting(SIZE)
    (found,) = matched(
        net, now, Seen(frame, masks[0]), [Seen(frame, masks[0])], query, setting, create("dis")
    )
    with torch.inference_mode():
        mask = torch.from_numpy(masks[0])[None, None]
        device = torch.device("cpu")
        key = net.target(image_tensor(now, SIZE, device), mask).key.flatten(2)
        reference = net.reference(image_tensor(frame, SIZE, device), mask)
        column = 2 * (SIZE[1] // STRIDE) + 3
        expected = similarity(reference, key)[0, :, column].view(
            SIZE[0] // STRIDE, SIZE[1] // STRIDE
        )
    assert found.shape == SIZE
    assert float(found.max()) == pytest.approx(1)
    centres = found[STRIDE // 2 :: STRIDE, STRIDE // 2 :: STRIDE]
    assert np.corrcoef(centres.ravel(), expected.numpy().ravel())[0, 1] > 0.99


def test_heat_of_the_guided_network_lies_in_the_reference_s_window(net: Npmca) -> None:
    (frame, masks), (now, truth) = scene(0), scene(1)
    seen = Seen(frame, masks[0])
    setting = GuidedSetting(SIZE, 64)
    for query in (truth[0], np.zeros(SIZE, np.float32)):
        found = matched(net, now, seen, [seen, seen], query, setting, create("dis"))
        assert len(found) == 2
        np.testing.assert_array_equal(found[0], found[1])
        window = ev.around(masks[0])
        assert window is not None
        outside = found[0].copy()
        outside[window.slices] = 0
        assert not outside.any()
        assert float(found[0].max()) == pytest.approx(1)

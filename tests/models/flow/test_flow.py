"""The colour code against the authors' fixture; flow estimators on pictures that moved."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.flow import colour_wheel, create, flow_to_colour
from tests.shared import shared

pytestmark = pytest.mark.filterwarnings("ignore")  # ptlflow's own libraries warn at import


def textured(height: int, width: int) -> NDArray[np.uint8]:
    noise = np.random.default_rng(5).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2)


def moved(image: NDArray[np.uint8], dx: float, dy: float) -> NDArray[np.uint8]:
    shift = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    height, width = image.shape[:2]
    return cv2.warpAffine(image, shift, (width, height), borderMode=cv2.BORDER_REFLECT)


def test_the_colour_code_is_the_published_one() -> None:
    given = np.load(shared("parity", "flow_color.npz"))
    assert np.array_equal(colour_wheel(), given["wheel_rgb"])
    grid = flow_to_colour(given["grid_flow"], max_radius=1.0)
    assert np.abs(grid.astype(int) - given["grid_rgb"]).max() <= 1
    field = flow_to_colour(given["field_flow"], max_radius=float(given["field_maxrad"]))
    assert np.abs(field.astype(int) - given["field_rgb"]).max() <= 1
    assert np.array_equal(field, flow_to_colour(given["field_flow"]))


def test_unknown_flow_is_black_and_no_flow_is_white() -> None:
    flow = np.zeros((1, 4, 2), np.float32)
    flow[0, 1] = np.nan
    flow[0, 2, 0] = 2e9
    flow[0, 3] = (3, 4)
    colour = flow_to_colour(flow)
    assert colour[0, 0].tolist() == [255, 255, 255]
    assert colour[0, 1].tolist() == colour[0, 2].tolist() == [0, 0, 0]
    assert colour[0, 3].min() < 255


@pytest.mark.parametrize("size", [(96, 160), (20, 25), (97, 131)])
def test_dis_finds_a_shift(size: tuple[int, int]) -> None:
    image = textured(*size)
    flow = create("dis")(image, moved(image, 3, -2))
    assert flow.shape == (*size, 2)
    assert flow.dtype == np.float32
    inner = flow[6:-6, 6:-6]
    assert np.median(np.abs(inner - (3, -2))) < 0.5


def test_a_ptlflow_model_runs_and_its_stored_weights_give_the_same(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    from models.flow.ptl import PtlFlow, checkpoint_urls

    torch.manual_seed(0)
    estimator = PtlFlow("raft_small", None, "cpu")
    image = textured(136, 200)
    first = estimator(image, moved(image, 2, 1))
    assert first.shape == (136, 200, 2)
    assert first.dtype == np.float32
    weights = tmp_path / "raft.safetensors"
    save_file({k: v.contiguous() for k, v in estimator.network.state_dict().items()}, weights)
    again = create("ptlflow:raft_small", weights)(image, moved(image, 2, 1))
    np.testing.assert_allclose(again, first, atol=1e-4)
    assert checkpoint_urls("raft_small")["things"].startswith("https://")


def test_unknown_flows_and_wrong_weights_are_refused(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    with pytest.raises(ValueError, match="there is no flow"):
        create("farneback")
    with pytest.raises(ValueError, match="ptlflow has no model"):
        create("ptlflow:nosuch")
    weights = tmp_path / "wrong.safetensors"
    save_file({"a": torch.zeros(2)}, weights)
    with pytest.raises(ValueError, match="Missing key"):
        create("ptlflow:raft_small", weights)

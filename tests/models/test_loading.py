"""How official state dicts come in, and what is said where they do not fit."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from models.loading import METHODS, KeyMismatchError, build, configure, from_official, load
from models.rcrnet.fgplg import state_from_image_model
from tests.models.parity import gap, official_state
from tests.models.small import SMALL, small_network


@pytest.fixture(scope="module")
def official() -> dict[str, Tensor]:
    return official_state("rcrnet")


def test_every_way_an_official_file_may_look(official: dict[str, Tensor]) -> None:
    expected = from_official("rcrnet", official)
    extras = {
        "backbone.resnet.fc.weight": torch.zeros(1000, 2048),
        "flownet.conv.weight": torch.zeros(3),
    }
    wrapped = {"epoch": 3, "state_dict": {f"module.{k}": v for k, v in (official | extras).items()}}
    no_counters = {k: v for k, v in official.items() if not k.endswith("num_batches_tracked")}
    for state in (wrapped, no_counters):
        found = from_official("rcrnet", state)
        assert list(found) == list(expected)
        assert all(torch.equal(value, expected[name]) for name, value in found.items())


def test_a_mismatch_names_what_differs(official: dict[str, Tensor]) -> None:
    state = dict(official)
    del state["backbone.aspp.fire.conv.conv.weight"]
    state["backbone.extra"] = torch.zeros(1)
    state["backbone.decoder.conv2.bias"] = torch.zeros(2)
    with pytest.raises(KeyMismatchError) as caught:
        from_official("rcrnet", state)
    error = caught.value
    assert error.missing == ["backbone.aspp.fire.conv.conv.weight"]
    assert error.unexpected == ["backbone.extra"]
    assert error.wrong_shape == {"backbone.decoder.conv2.bias": ((1,), (2,))}
    for part in ("rcrnet", *error.missing, *error.unexpected, "expected [1], found [2]"):
        assert part in str(error)


def test_weights_of_another_method_are_refused(official: dict[str, Tensor]) -> None:
    with pytest.raises(KeyMismatchError) as caught:
        from_official("scwssod", official)
    assert len(caught.value.missing) > 400
    assert len(str(caught.value)) < 1000


def test_entries_that_are_not_tensors_are_refused(official: dict[str, Tensor]) -> None:
    with pytest.raises(ValueError, match="not a tensor"):
        from_official("rcrnet", official | {"backbone.decoder.conv2.bias": [1.0]})
    with pytest.raises(ValueError, match="state_dict"):
        from_official("rcrnet", {"state_dict": 3})


@pytest.mark.parametrize("method", METHODS)
def test_our_own_weights_come_back(method: str) -> None:
    net = build(method, SMALL[method])
    state = net.state_dict()
    again = load(method, state, SMALL[method])
    for name, value in again.state_dict().items():
        assert torch.equal(value, state[name])
        assert value.dim() == 0 or value.data_ptr() != state[name].data_ptr()
    assert all(p.requires_grad and p.device.type == "cpu" for p in again.parameters())
    with pytest.raises(KeyMismatchError, match="expected"):
        load(method, state)


@pytest.mark.parametrize("method", METHODS)
def test_initial_weights_are_finite(method: str) -> None:
    torch.manual_seed(0)
    assert all(bool(p.isfinite().all()) for p in build(method, SMALL[method]).parameters())


def test_names_and_settings_that_do_not_exist() -> None:
    with pytest.raises(ValueError, match="no network 'unet'"):
        build("unet")
    with pytest.raises(ValueError, match="no setting depth"):
        configure("dcfm", {"depth": 3})


def test_number_of_parameters_of_the_papers_networks() -> None:
    counts = {"scwssod": 63.6, "dcfm": 142.3 - 123.6}  # less the unused classifier
    with torch.device("meta"):
        for method, expected in counts.items():
            millions = sum(p.numel() for p in build(method).parameters()) / 1e6
            assert millions == pytest.approx(expected, abs=0.15)


def test_fgplg_starts_from_the_image_model() -> None:
    image = small_network("rcrnet")
    net = load("fgplg", state_from_image_model(image.state_dict()), SMALL["fgplg"]).eval()
    frame = torch.randn(1, 3, 64, 64)
    nothing = torch.zeros(1, 2, 64, 64), torch.zeros(1, 2, 2, 64, 64)
    with torch.inference_mode():
        assert gap(net(frame, *nothing), image(frame)) <= 1e-6

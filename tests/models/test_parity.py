"""Every network gives the outputs of its authors' code, plain and optimised."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from models.dcfm.net import CoSaliency
from models.rcrnet.fgplg import assemble_input
from tests.models.parity import Fixture, gap

TOLERANCE = 1e-4

Networks = dict[str, nn.Module]
FORMS = pytest.mark.parametrize("form", ["", "/fast"], ids=["plain", "fast"])


@FORMS
@pytest.mark.parametrize("case", ["sq", "rect", "odd"])
def test_scwssod(published: Networks, case: str, form: str) -> None:
    z = Fixture("scwssod.npz")
    net = published["scwssod" + form]
    with torch.inference_mode():
        levels = net(z[f"{case}/x"])
        alone = net.saliency(z[f"{case}/x"])
    for number, logits in zip((2, 3, 4, 5), levels, strict=True):
        assert gap(logits, z[f"{case}/out{number}"]) <= TOLERANCE
    assert gap(alone, z[f"{case}/out2"]) <= TOLERANCE


def test_scwssod_training_branch(published: Networks) -> None:
    z = Fixture("scwssod.npz")
    with torch.inference_mode():
        p = published["scwssod"](z["odd/x"]).level2.sigmoid()
    assert gap(torch.cat([1 - p, p], dim=1), z["odd/train_out2"]) <= TOLERANCE


@FORMS
@pytest.mark.parametrize("case", ["sq", "rect", "odd"])
def test_rcrnet(published: Networks, case: str, form: str) -> None:
    z = Fixture("rcrnet_image.npz")
    with torch.inference_mode():
        logits = published["rcrnet" + form](z[f"{case}/x"])
    assert gap(logits, z[f"{case}/logits"]) <= TOLERANCE


@FORMS
@pytest.mark.parametrize("case", ["sq", "rect"])
def test_fgplg(published: Networks, case: str, form: str) -> None:
    z = Fixture("rcrnet_fgplg.npz")
    frame = z[f"{case}/frames"][1:2]
    labels = z.image(f"{case}/labels").transpose(0, 1)
    flows = z[f"{case}/flows"][None]
    assert gap(assemble_input(frame, labels, flows)[:, 3:], z[f"{case}/input7_aux"]) <= TOLERANCE
    with torch.inference_mode():
        logits = published["fgplg" + form](frame, labels, flows)
    assert gap(logits, z[f"{case}/logits"]) <= TOLERANCE


@FORMS
@pytest.mark.parametrize("case", ["sq", "rect"])
def test_ner(published: Networks, case: str, form: str) -> None:
    z = Fixture("rcrnet_video.npz")
    with torch.inference_mode():
        logits = published["ner" + form](z[f"{case}/clip"][None])[0]
    assert gap(logits, z[f"{case}/logits"]) <= TOLERANCE


@FORMS
@pytest.mark.parametrize("case", ["sq", "rect"])
def test_dcfm(published: Networks, case: str, form: str) -> None:
    z = Fixture("dcfm.npz")
    net = published["dcfm" + form]
    with torch.inference_mode():
        result = net(z[f"{case}/x"])
        alone = net.saliency(z[f"{case}/x"])
    assert isinstance(result, CoSaliency)
    for number, logits in enumerate(result.logits):
        assert gap(logits, z[f"{case}/pred{number}"]) <= TOLERANCE
    assert gap(alone, z[f"{case}/pred3"]) <= TOLERANCE
    assert gap(result.democracy.prototype, z[f"{case}/proto"]) <= TOLERANCE
    assert torch.equal(result.democracy.seeds, z[f"{case}/seed_mask"].bool())


def test_dcfm_at_its_full_size(published: Networks) -> None:
    z = Fixture("dcfm_full.npz")
    with torch.inference_mode():
        result = published["dcfm"](z["full/x"])
    assert gap(result.logits[3], z["full/pred3"]) <= TOLERANCE
    assert gap(result.democracy.prototype, z["full/proto"]) <= TOLERANCE
    assert torch.equal(result.democracy.seeds, z["full/seed_mask"].bool())


@pytest.mark.parametrize("mode", ["eval", "train"])
def test_dcfm_prototype_on_signed_features(published: Networks, mode: str) -> None:
    z = Fixture("dcfm_modules.npz")
    module = published["dcfm"].prototype
    try:
        module.train(mode == "train")
        with torch.inference_mode():
            result = module(z["fusion/x"])
    finally:
        module.eval()
    assert gap(result.prototype, z[f"fusion/{mode}/proto"]) <= TOLERANCE
    assert gap(result.features, z[f"fusion/{mode}/weighted"]) <= TOLERANCE
    assert gap(result.response, z[f"fusion/{mode}/response"]) <= TOLERANCE
    assert torch.equal(result.seeds, z[f"fusion/{mode}/seed_mask"].bool())


def test_dcfm_enhancement_on_signed_features(published: Networks) -> None:
    z = Fixture("dcfm_modules.npz")
    with torch.inference_mode():
        y = published["dcfm"].enhancement(z["aug/x"])
    assert gap(y, z["aug/y"]) <= TOLERANCE

"""Checkpoint files in, safetensors with their origin out. Nothing is ever unpickled freely.

PyTorch's own files are read with `weights_only=True`: its unpickler knows tensors and plain
containers and refuses everything else before it runs.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from annotator.core.errors import RequestError
from annotator.io.atomic import atomic_file, disk_errors
from annotator.io.weights import CONFIG, CONTENT_SUM, LICENCE, ContentSum, read_weights
from models import loading
from models.adapt.networks import IMAGE_NETWORKS

FLOW_PREFIX = "ptlflow:"
METHOD = "method"
MOTION = "motion"
"""The model that may be any image saliency network: one that was fine-tuned on coded flow."""
INPUT_SIDE = "input_side"
"""Shorter side of a frame that looks to the network as those it was trained on."""
_DTYPES = {
    torch.float32: "F32",
    torch.float64: "F64",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}
_BIGGEST_FILE = 8 << 30
_MISFITS = (ValueError, TypeError, RuntimeError, ArithmeticError, SafetensorError)
"""What networks raise whose settings or weights are not of this world."""


def convert(file: Path, model: str, out: Path, source: str) -> tuple[str, ...]:
    """Check a checkpoint of a model and store it under our names.

    Args:
        file: the authors' file (PyTorch or safetensors), or a stored model of this application.
        model: method id, or "ptlflow:NAME/CHECKPOINT".
        out: safetensors file to write.
        source: where the file came from, for its metadata.

    Returns what was noticed. Raises RequestError where the file cannot be used; then `out` is as
    it was.
    """
    content, metadata = _read(file)
    if model.startswith(FLOW_PREFIX):
        state, more = _flow_state(content, model, file)
    else:
        method = _method(model, metadata)
        if model == MOTION and method not in IMAGE_NETWORKS:
            raise _misfit(file, model, ValueError(f"{method} is no image saliency network"))
        state, more = _network_state(content, method, file, metadata)
        more = {**more, METHOD: method}
    _refuse_no_numbers(state, file, model)
    metadata = {
        "model": model,
        "source": source,
        "source_sha256": _sum(file),
        "added": date.today().isoformat(),
        **more,
    }
    store(state, out, metadata)
    used = sum(t.numel() for t in state.values())
    given = sum(t.numel() for t in _tensors(content))
    left = given - used
    notes = [f"{left:,} numbers of the file are not used by this network."] if left > 0 else []
    return tuple(notes)


def check(file: Path, model: str) -> None:
    """Load a stored model into its network. Raises RequestError where it does not fit."""
    if model.startswith(FLOW_PREFIX):
        from models.flow import ptl  # ptlflow takes seconds to import

        try:
            ptl.load_parameters(ptl.build(_flow_name(model)), file)
        except ValueError as error:
            raise _misfit(file, model, error) from error
    else:
        load_network(file, method_of(file))


def method_of(file: Path) -> str:
    """The network that a stored model is for. Raises RequestError where it cannot be read."""
    metadata = read_weights(file).metadata
    return _method(metadata.get("model", ""), metadata)


def _method(model: str, metadata: Mapping[str, str]) -> str:
    """The network of a model; of a motion branch, that which it was trained as."""
    if model != MOTION:
        return model
    return metadata.get(METHOD) or metadata.get("model", "rcrnet")


def load_network(file: Path, method: str) -> nn.Module:
    """The network of a stored model, in training mode on the CPU. Raises RequestError."""
    metadata = read_weights(file).metadata
    try:
        config = json.loads(metadata.get(CONFIG, "{}"))
        return loading.load(method, load_file(file), config)
    except _MISFITS as error:
        raise _misfit(file, method, error) from error


def store(
    state: Mapping[str, Tensor], out: Path, metadata: Mapping[str, str], within: Path | None = None
) -> None:
    """Write tensors as safetensors with their content's sum; atomic. `within`: a folder that must
    be there. Raises DiskError."""
    # Tensors that share memory are not allowed in the format, and may be views of larger ones.
    tensors = {name: t.detach().cpu().contiguous().clone() for name, t in sorted(state.items())}
    digest = ContentSum()
    for name, tensor in tensors.items():
        digest.begin(name, _DTYPES[tensor.dtype], tensor.shape)
        flat = tensor.reshape(-1)
        if flat.numel():
            digest.add(flat.view(torch.uint8).numpy().tobytes())
    with atomic_file(out, within) as part, disk_errors(out):
        save_file(tensors, part, {**metadata, CONTENT_SUM: digest.hex()})


def _read(file: Path) -> tuple[Any, Mapping[str, str]]:
    """What a checkpoint holds, and the metadata of a safetensors file."""
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            head = stream.read(16)
    except OSError as error:
        raise RequestError(
            f"{file} cannot be read: {error.strerror or error}.", "Check the path and its rights."
        ) from error
    if size > _BIGGEST_FILE:
        raise RequestError(f"{file} is too large to be a checkpoint.", "Choose another file.")
    if head[8:9] == b"{":
        metadata = read_weights(file).metadata
        try:
            return load_file(file), metadata
        except SafetensorError as error:
            raise RequestError(f"{file} is damaged: {error}.", "Get the file again.") from error
    try:
        return torch.load(file, map_location="cpu", weights_only=True), {}
    except pickle.UnpicklingError as error:
        raise RequestError(
            f"{file} holds more than tensors, or is no checkpoint; nothing of it was run.",
            "Ask its authors for a file with the state dict only, or for safetensors.",
        ) from error
    except MemoryError:
        raise
    except Exception as error:  # damaged bytes make the unpickler stumble in any way
        raise RequestError(
            f"{file} is no checkpoint that can be read.",
            "Choose a PyTorch or safetensors file, and check that it is complete.",
        ) from error


def _network_state(
    content: Any, method: str, file: Path, metadata: Mapping[str, str]
) -> tuple[dict[str, Tensor], dict[str, str]]:
    if method not in loading.METHODS:
        raise RequestError(f"There is no network '{method}'.", "See 'strokeflow models list'.")
    if not isinstance(content, Mapping):
        raise _misfit(file, method, ValueError("it holds no state dict"))
    try:
        if metadata.get(CONFIG) is not None:  # stored or trained by this application
            loading.load(method, content, json.loads(metadata[CONFIG]))
            kept = {k: metadata[k] for k in (CONFIG, INPUT_SIDE, LICENCE) if k in metadata}
            return dict(content), kept
        return loading.from_official(method, content), {CONFIG: "{}"}
    except _MISFITS as error:
        raise _misfit(file, method, error) from error


def _flow_state(content: Any, model: str, file: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    state = content.get("state_dict", content) if isinstance(content, Mapping) else None
    if not isinstance(state, Mapping) or not all(
        isinstance(k, str) and isinstance(v, Tensor) for k, v in state.items()
    ):
        raise _misfit(file, model, ValueError("it holds no state dict"))
    from models.flow import ptl  # ptlflow takes seconds to import

    network: Any = ptl.build(_flow_name(model))
    hyper = content.get("hyper_parameters", {}) if "state_dict" in content else {}
    try:
        extra = dict(hyper.get("extra_params") or {})
        for name, value in extra.items():
            network.add_extra_param(name, value)
        network.load_state_dict(state)
    except (*_MISFITS, AttributeError) as error:
        raise _misfit(file, model, error) from error
    return dict(state), {ptl.HYPER_PARAMETERS: json.dumps({"extra_params": extra})}


def _refuse_no_numbers(state: Mapping[str, Tensor], file: Path, model: str) -> None:
    """Raises RequestError for values that no network computes with."""
    for name, tensor in state.items():
        if tensor.dtype not in _DTYPES:
            raise _misfit(file, model, ValueError(f"{name} holds values of {tensor.dtype}."))
        if tensor.is_floating_point() and bool(tensor.isnan().any()):
            raise _misfit(
                file, model, ValueError(f"{name} holds values that are no numbers (NaN).")
            )


def _flow_name(model: str) -> str:
    return model.removeprefix(FLOW_PREFIX).partition("/")[0]


def _misfit(file: Path, model: str, error: Exception) -> RequestError:
    return RequestError(
        f"{file} does not fit '{model}': {error}",
        "Choose the file of this model, or import it as what it is.",
    )


def _tensors(content: Any) -> list[Tensor]:
    inner = content.get("state_dict", content) if isinstance(content, Mapping) else {}
    return [t for t in inner.values() if isinstance(t, Tensor)]


def _sum(file: Path) -> str:
    digest = hashlib.sha256()
    with disk_errors(file), file.open("rb") as stream:
        while block := stream.read(4 << 20):
            digest.update(block)
    return digest.hexdigest()

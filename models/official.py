"""Names of our parameters in the authors' state dicts.

One table per method: rules (pattern, replacement) that turn our name into the official one, applied
in order, each to the result of the one before; and a pattern of official names that the networks do
not use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Rules = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Naming:
    """How one method's published state dict is named; `unused` matches entries to leave out."""

    rules: Rules
    unused: str

    def official(self, name: str) -> str:
        """The official name of our parameter or buffer `name`."""
        for pattern, replacement in self.rules:
            name = re.sub(pattern, replacement, name)
        return name

    def is_unused(self, name: str) -> bool:
        """Whether an official entry has no place in our network and may be dropped."""
        return re.match(self.unused, name) is not None


SCWSSOD = Naming(
    (
        (r"^backbone\.", "bkbone."),
        (r"^context(\d)\.project\.conv\.", r"ca\g<1>5.conv0."),
        (r"^context(\d)\.project\.bn\.", r"ca\g<1>5.bn0."),
        (r"^context(\d)\.squeeze\.", r"ca\g<1>5.conv1."),
        (r"^context(\d)\.excite\.", r"ca\g<1>5.conv2."),
        (r"^head_attention\.project\.(conv|bn)\.", r"sa55.\g<1>0."),
        (r"^head_attention\.affine\.", "sa55.conv2."),
        (r"^refine(\d)\.project\.(conv|bn)\.", r"srm\1.\g<2>1."),
        (r"^refine(\d)\.affine\.", r"srm\1.conv2."),
        (r"^aggregate4\.", "fam45."),
        (r"^aggregate3\.", "fam34."),
        (r"^aggregate2\.", "fam23."),
        (r"^(fam\d+)\.low\.(conv|bn)\.", r"\1.\g<2>0."),
        (r"^(fam\d+)\.high\.(conv|bn)\.", r"\1.\g<2>1."),
        (r"^(fam\d+)\.context\.(conv|bn)\.", r"\1.\g<2>2."),
        (r"^(fam\d+)\.fuse\.(conv|bn)\.", r"\1.\g<2>3."),
        (r"^(fam\d+)\.low_gate\.", r"\1.conv_l."),
        (r"^(fam\d+)\.high_gate\.", r"\1.conv_d1."),
        (r"^(fam\d+)\.context_gate\.", r"\1.conv_d2."),
        (r"^(fam\d+)\.vote\.0\.", r"\1.conv_att1."),
        (r"^(fam\d+)\.vote\.1\.", r"\1.conv_att2."),
        (r"^(fam\d+)\.vote\.2\.", r"\1.conv_att3."),
        (r"^predict(\d)\.", r"linear\1."),
    ),
    unused=r"bkbone\.fc\.",
)

DCFM = Naming(
    (
        # VGG stages: the pooling in front shifts the indices of the convolutions in stages 2..5.
        (r"^backbone\.stages\.0\.0\.", "backbone.conv1.conv1_1."),
        (r"^backbone\.stages\.0\.2\.", "backbone.conv1.conv1_2."),
        (r"^backbone\.stages\.1\.", "backbone.conv2.conv2_#"),
        (r"^backbone\.stages\.2\.", "backbone.conv3.conv3_#"),
        (r"^backbone\.stages\.3\.", "backbone.conv4.conv4_#"),
        (r"^backbone\.stages\.4\.", "backbone.conv5.conv5_#"),
        (r"#1\.", "1."),
        (r"#3\.", "2."),
        (r"#5\.", "3."),
        (r"^prototype\.residual\.", "fusion.conv."),
        (r"^prototype\.(query|key)\.", r"fusion.\1_transform."),
        (r"^enhancement\.project\.", "aug.conv."),
        (r"^enhancement\.(query|key|value)\.", r"aug.\1_transform."),
        (r"^decoder\.top\.", "decoder.toplayer."),
        (r"^decoder\.levels\.0\.", "decoder.#4."),
        (r"^decoder\.levels\.1\.", "decoder.#3."),
        (r"^decoder\.levels\.2\.", "decoder.#2."),
        (r"^decoder\.levels\.3\.", "decoder.#1."),
        (r"#(\d)\.lateral\.", r"latlayer\1.convlayer."),
        (r"#(\d)\.enhance\.", r"enlayer\1.enlayer."),
        (r"#(\d)\.head\.4\.", r"dslayer\1.predlayer.0."),
        (r"#(\d)\.head\.", r"dslayer\1.enlayer."),
    ),
    unused=r"backbone\.classifier\.",
)

_RCRNET_RULES: Rules = (
    (r"^backbone\.", "resnet."),
    (r"^aspp\.pool\.", "aspp.imagepool.conv."),
    (r"^aspp\.branches\.", "aspp.stages.c"),
    (r"^aspp\.fuse\.", "aspp.fire.conv."),
    (r"^(refinement\d)\.fuse\.", r"\1.refine."),
    (r"\.skip\.reduce\.(conv|bn)\.", r".skip.\g<1>1."),
    (r"\.skip\.spatial\.(conv|bn)\.", r".skip.\g<1>2."),
    (r"\.skip\.expand\.0\.", ".skip.conv3."),
    (r"\.skip\.expand\.1\.", ".skip.bn3."),
    (r"\.skip\.shortcut\.", ".skip.downsample."),
    (r"^head\.mix\.", "decoder.conv1."),
    (r"^head\.predict\.", "decoder.conv2."),
    (r"^", "backbone."),
)
# avgpool has no parameters; fc is the ImageNet classifier, flownet a frozen FlowNet 2.
_RCRNET_UNUSED = r"backbone\.resnet\.fc\.|flownet\."

RCRNET = Naming(_RCRNET_RULES, _RCRNET_UNUSED)
FGPLG = Naming(((r"^rcrnet\.", ""), *_RCRNET_RULES), _RCRNET_UNUSED)


class _NERNaming(Naming):
    """The static part has RCRNet's rules, the rest rules of its own."""

    __slots__ = ()

    def official(self, name: str) -> str:
        if name.startswith("rcrnet."):
            return FGPLG.official(name)
        return Naming.official(self, name)


NER = _NERNaming(
    (
        (r"^non_local1\.", "non_local_block."),
        (r"^non_local2\.", "non_local_block2."),
        (r"^(non_local_block2?)\.project\.", r"\1.W."),
        (r"^recurrence\.gru_(forward|backward)\.", r"convgru_\1."),
        (r"^(convgru_\w+)\.(reset|update)\.", r"\1.\2_gate."),
        (r"^(convgru_\w+)\.candidate\.", r"\1.output_gate."),
        (r"^recurrence\.join\.", "bidirection_conv."),
    ),
    unused=_RCRNET_UNUSED,
)

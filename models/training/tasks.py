"""What one sample of each kind of training is, and the loss of a batch of them.

A task is a module that holds the network: `forward` takes a batch and gives the loss, so that a
wrapper for many devices sees one forward pass. Samples are dicts of tensors, drawn with a generator
that the caller seeds by the number of the sample; nothing else is random.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from models.dcfm.augment import varied
from models.dcfm.losses import group_loss
from models.dcfm.net import Dcfm
from models.flow import create
from models.flow.colour import flow_to_colour
from models.npmca.losses import iou_loss
from models.npmca.net import Npmca
from models.rcrnet.clips import training_clips
from models.rcrnet.losses import clip_loss, saliency_loss
from models.scwssod.losses import UNLABELLED, scribble_loss
from models.scwssod.net import Predictions, Scwssod
from models.scwssod.predict import STATISTICS, prepare
from models.training import motion
from models.training.data import VOID, Picture, Video, read_image, read_mask
from models.training.flows import scaled, scaled_size
from models.training.guided import Guided
from models.training.refined import Refined
from models.training.task import (
    Answers,
    Batch,
    Image,
    Rng,
    Task,
    binary,
    normalised,
    one_object,
    statistics_kept,
    tensor,
    visible,
)


class Images(Task):
    """RCRNet: one image and its mask."""

    def prepare(self) -> int:
        self._stills = [p for p in self.data.stills() if p.mask is not None]
        return len(self._stills)

    def sample(self, rng: Rng) -> Batch:
        picture = self._stills[int(rng.integers(self.count))]
        assert picture.mask is not None
        image, mask = self.augmented(read_image(picture.image), read_mask(picture.mask), rng)
        return {"image": normalised(image), "mask": binary(mask)}

    def forward(self, batch: Batch) -> Tensor:
        return saliency_loss(self.net(batch["image"]), batch["mask"])

    def answers(self, batch: Batch) -> Answers:
        found = self.net(batch["image"]).sigmoid()
        return Answers(visible(batch["image"]), batch["mask"], found)


class Motion(Images):
    """The motion branch of AdaptSaliency: colour-coded flow of a frame and the frame's mask.

    Flow goes to the next frame, and on the last one to the frame before, turned round.
    """

    def prepare(self) -> int:
        self._pairs = [
            (video, frame)
            for video in self.data.videos
            if len(video.frames) > 1
            for frame in sorted(video.masks)
        ]
        self._flow = create("dis")
        return len(self._pairs)

    def sample(self, rng: Rng) -> Batch:
        video, frame = self._pairs[int(rng.integers(self.count))]
        mask = read_mask(video.masks[frame])
        last = frame + 1 == len(video.frames)
        other = frame - 1 if last else frame + 1
        # Flow of a small picture is found in a tenth of the time; its colours are the same.
        lines = int(self.sampling.get("lines", 240))
        now = read_image(video.frames[frame])
        size = scaled_size(now, min(lines, *now.shape[:2]))
        flow = self._flow(scaled(now, size), scaled(read_image(video.frames[other]), size))
        coded = flow_to_colour(-flow if last else flow)
        image, mask = self.augmented(coded, motion.fit(coded, mask, size)[1], rng)
        return {"image": normalised(image), "mask": binary(mask)}


class Scribbles(Task):
    """SCWSSOD: one image with scribbles; drawn from its mask where it has none.

    `sampling`: `stroke_width` in pixels and `stroke_reach`, see `motion.simulate_scribbles`.
    """

    def prepare(self) -> int:
        self._stills = self.data.stills()
        return len(self._stills)

    def sample(self, rng: Rng) -> Batch:
        picture = self._stills[int(rng.integers(self.count))]
        image = read_image(picture.image)
        known = None
        if picture.mask is not None:
            known = read_mask(picture.mask)
            known = ((known > 0) & (known != VOID)).astype(np.uint8)
        if picture.scribble is not None:
            drawn = read_mask(picture.scribble)
        else:
            assert known is not None
            width = int(self.sampling.get("stroke_width", 2))
            reach = float(self.sampling.get("stroke_reach", 0.35))
            drawn = motion.simulate_scribbles(known, rng, width, reach)
        # Both labels in one picture, so that they are cropped and flipped together.
        both = drawn + (4 if known is None else 8 * known)
        image, both = self.augmented(image, both.astype(np.uint8), rng)
        drawn, truth = both & 3, (both >> 3).astype(np.float32)
        truth[both & 4 > 0] = -1
        target = np.full(drawn.shape, UNLABELLED, np.int64)
        target[drawn == 1], target[drawn == 2] = 1, 0
        ready = prepare(np.ascontiguousarray(image)[None], self.recipe.size)[0]
        return {
            "image": ready,
            "target": torch.from_numpy(target)[None],
            "mask": torch.from_numpy(truth)[None],
        }

    def forward(self, batch: Batch) -> Tensor:
        published = bool(self.sampling.get("as_published", False))
        image = batch["image"]
        if published:
            return scribble_loss(self.net, image, batch["target"], published).total

        def net(x: Tensor) -> Predictions:
            # The loss looks at a small copy as well, whose statistics no prediction ever needs.
            with statistics_kept(self.net, x.shape != image.shape):
                found: Predictions = self.net(x)
                return found

        return scribble_loss(net, image, batch["target"]).total

    def answers(self, batch: Batch) -> Answers:
        net = self.net
        assert isinstance(net, Scwssod)
        own = STATISTICS["duts"]
        mean, std = (batch["image"].new_tensor(v).view(3, 1, 1) for v in (own.mean, own.std))
        shown = ((batch["image"] * std + mean) / 255).clamp(0, 1)
        return Answers(shown, batch["mask"], net.saliency(batch["image"]).sigmoid())


class Groups(Task):
    """DCFM: images of one class."""

    def prepare(self) -> int:
        self._groups: dict[str, list[Picture]] = {}
        for picture in self.data.stills():
            if picture.mask is not None:
                self._groups.setdefault(picture.group, []).append(picture)
        self._names = sorted(self._groups)
        return len(self._names)

    def sample(self, rng: Rng) -> Batch:
        group = self._groups[self._names[int(rng.integers(self.count))]]
        size = int(self.sampling.get("group", 16))
        chosen = rng.choice(len(group), size, replace=len(group) < size)
        images, masks = [], []
        for index in chosen:
            picture = group[int(index)]
            assert picture.mask is not None
            image, mask = read_image(picture.image), read_mask(picture.mask)
            if self.sampling.get("as_published", False):
                image, mask = varied(image, mask, self.recipe.size, rng)
            else:
                image, mask = self.augmented(image, mask, rng)
            images.append(normalised(image))
            masks.append(binary(mask))
        return {"images": torch.stack(images), "masks": torch.stack(masks)}

    def forward(self, batch: Batch) -> Tensor:
        net = self.net
        assert isinstance(net, Dcfm)
        losses = []
        for images, masks in zip(batch["images"], batch["masks"], strict=True):
            features = net.backbone(images)
            found = net.complete(images, features)
            near, far = net.contrast(features[-1], masks)
            losses.append(group_loss(found.logits, masks, found.democracy.prototype, near, far))
        return torch.stack(losses).mean()

    def answers(self, batch: Batch) -> Answers:
        net = self.net
        assert isinstance(net, Dcfm)
        found = torch.cat([net.saliency(images) for images in batch["images"]]).sigmoid()
        return Answers(visible(batch["images"].flatten(0, 1)), batch["masks"].flatten(0, 1), found)


class Propagation(Task):
    """NPMCA-net: clips of three frames, of videos or made of single images, in a given share.

    The first mask is given, the others are predicted in turn; each prediction is the previous mask
    of the next step, without a gradient through it.
    """

    def prepare(self) -> int:
        video = self.recipe.samples == "video"
        self._videos = [v for v in self.data.videos if len(v.masks) > 1] if video else []
        self._stills = [p for p in self.data.stills() if p.mask is not None]
        default = 0.0 if self._videos else 1.0
        self._static = float(self.sampling.get("static_share", default))
        self._length = int(self.sampling.get("length", 3))
        if self._static < 1 and not self._videos:
            return 0
        return len(self._videos) if self._static < 1 else len(self._stills)

    def sample(self, rng: Rng) -> Batch:
        for _ in range(20):
            static = rng.random() < self._static
            frames, masks = self._made(rng) if static else self._filmed(rng)
            if masks[0].any():
                break
        return {"frames": tensor(frames), "masks": binary(masks)}

    def _made(self, rng: Rng) -> tuple[Image, Image]:
        """An object cut out of one image, moving over another one, which moves as well."""
        picture, behind = (self._stills[int(i)] for i in rng.integers(len(self._stills), size=2))
        assert picture.mask is not None
        mask = one_object(read_mask(picture.mask), rng)
        image, mask = self.augmented(read_image(picture.image), mask, rng)
        ground = read_image(behind.image)
        back, _ = self.augmented(ground, np.zeros(ground.shape[:2], np.uint8), rng)
        if rng.random() < float(self.sampling.get("own_ground", 0.3)):
            back = image
        frames, masks = [], []
        for _ in range(self._length):
            top, inside = motion.move(image, mask, rng, 20, 0.15, 0.06, 0.04)
            under, _ = motion.move(back, mask, rng, 5, 0.05, 0.04, 0.02)
            soft = inside[..., None].astype(np.float32)
            frames.append((soft * top + (1 - soft) * under).astype(np.uint8))
            masks.append(inside)
        return np.stack(frames), np.stack(masks)

    def _filmed(self, rng: Rng) -> tuple[Image, Image]:
        """Labelled frames of a video in order, at most `skip` labels apart; or reversed."""
        video = self._videos[int(rng.integers(len(self._videos)))]
        labelled = sorted(video.masks)
        skip = int(self.sampling.get("skip", 5))
        steps = rng.integers(1, skip + 1, self._length - 1)
        at = np.concatenate([[0], np.cumsum(steps)])
        if at[-1] >= len(labelled):
            at = np.minimum(np.arange(self._length), len(labelled) - 1)
        at = at + int(rng.integers(0, len(labelled) - at[-1]))
        if rng.random() < 0.5:
            at = at[::-1]
        chosen = [labelled[int(i)] for i in at]
        whole = [read_mask(video.masks[i]) for i in chosen]
        ids = [i for i in np.unique(whole[0]) if i not in (0, VOID)]
        one = ids[int(rng.integers(len(ids)))] if ids else 1
        seed = int(rng.integers(1 << 62))
        pairs = [
            # The same crop and flip for every frame of the clip.
            self.augmented(
                read_image(video.frames[i]),
                (m == one).astype(np.uint8),
                np.random.default_rng(seed),
            )
            for i, m in zip(chosen, whole, strict=True)
        ]
        return np.stack([p[0] for p in pairs]), np.stack([p[1] for p in pairs])

    def forward(self, batch: Batch) -> Tensor:
        return torch.stack(
            [iou_loss(found, truth) for found, truth in self._predicted(batch)]
        ).mean()

    def answers(self, batch: Batch) -> Answers:
        found, truth = zip(*self._predicted(batch), strict=True)
        shown = batch["frames"][:, 1:].transpose(0, 1).flatten(0, 1)
        return Answers(shown, torch.cat(truth), torch.cat(found))

    def _predicted(self, batch: Batch) -> Iterator[tuple[Tensor, Tensor]]:
        """Probability and truth of each frame but the first, [B, 1, H, W]."""
        net, frames, masks = self.net, batch["frames"], batch["masks"]
        assert isinstance(net, Npmca)
        before = masks[:, 0]
        first = net.reference(frames[:, 0], before)
        for t in range(1, frames.shape[1]):
            previous = first if t == 1 else net.reference(frames[:, t - 1], before)
            logits = net.segment(net.target(frames[:, t], before), first, previous)
            probability = logits.float().sigmoid()
            yield probability, masks[:, t]
            before = probability.detach()


class Triples(Task):
    """FGPLG: three labelled frames; the middle label is found from the others."""

    def prepare(self) -> int:
        self._triples: list[tuple[Video, tuple[int, int, int]]] = []
        for video in self.data.videos:
            known = sorted(video.masks)
            self._triples += [(video, t) for t in zip(known, known[1:], known[2:], strict=False)]
        self._flow = create("dis")
        return len(self._triples)

    def sample(self, rng: Rng) -> Batch:
        video, order = self._triples[int(rng.integers(self.count))]
        if rng.random() < 0.5:
            order = order[::-1]
        pairs = [
            motion.fit(read_image(video.frames[i]), read_mask(video.masks[i]), self.recipe.size)
            for i in order
        ]
        now, target = pairs[1]
        flows = [self._flow(now, pairs[i][0]).transpose(2, 0, 1) for i in (0, 2)]
        return {
            "image": normalised(now),
            "labels": torch.cat([binary(pairs[i][1]) for i in (0, 2)]),
            "flows": torch.from_numpy(np.stack(flows)),
            "mask": binary(target),
        }

    def forward(self, batch: Batch) -> Tensor:
        logits = self.net(batch["image"], batch["labels"], batch["flows"])
        return saliency_loss(logits, batch["mask"])

    def answers(self, batch: Batch) -> Answers:
        found = self.net(batch["image"], batch["labels"], batch["flows"]).sigmoid()
        return Answers(visible(batch["image"]), batch["mask"], found)


class Clips(Task):
    """RCRNet+NER: clips of labelled frames, true and pseudo-labels mixed."""

    def prepare(self) -> int:
        length = int(self.sampling.get("length", 4))
        self._clips = [
            (video, clip)
            for video in self.data.videos
            for clip in training_clips(sorted(video.masks), length)
        ]
        return len(self._clips)

    def sample(self, rng: Rng) -> Batch:
        video, clip = self._clips[int(rng.integers(self.count))]
        if rng.random() < 0.5:
            clip = clip[::-1]
        pairs = [
            motion.fit(read_image(video.frames[i]), read_mask(video.masks[i]), self.recipe.size)
            for i in clip
        ]
        return {
            "clip": torch.stack([normalised(image) for image, _ in pairs]),
            "masks": torch.stack([binary(mask) for _, mask in pairs]),
        }

    def forward(self, batch: Batch) -> Tensor:
        return clip_loss(self.net(batch["clip"]), batch["masks"])

    def answers(self, batch: Batch) -> Answers:
        found = self.net(batch["clip"]).sigmoid()
        return Answers(
            visible(batch["clip"].flatten(0, 1)),
            batch["masks"].flatten(0, 1),
            found.flatten(0, 1),
        )


TASKS: Mapping[str, type[Task]] = {
    "images": Images,
    "motion": Motion,
    "scribbles": Scribbles,
    "groups": Groups,
    "static": Propagation,
    "video": Propagation,
    "triples": Triples,
    "clips": Clips,
    "guided": Guided,
    "refined": Refined,
}

"""The simulated annotator with backends whose answers are known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from annotator.backends.base import FillRequest
from annotator.backends.embedded import interpolator, propagator, scribbler
from annotator.core.errors import RequestError
from annotator.core.types import FrameResult, Size
from annotator.evaluation.protocols import parse_protocol
from annotator.evaluation.simulate import GLANCES, Backends, simulate


class Clip:
    """A bright square that moves over noise; also its own truth."""

    size = Size(96, 64)

    def __init__(self, length=12, unknown=(), hidden=()):
        self.length, self.unknown, self.hidden = length, unknown, hidden

    def __len__(self):
        return self.length

    def shape(self, frame):
        labels = np.zeros(self.size.shape, np.uint8)
        if frame not in self.hidden:
            labels[20:44, 10 + 4 * frame : 34 + 4 * frame] = 1
        return labels

    def labels(self, frame):
        return None if frame in self.unknown else self.shape(frame)

    def read(self, frame):
        noise = np.random.default_rng(0).normal(0, 6, (*self.size.shape, 3))
        colours = np.array([[70, 110, 70], [210, 180, 60]])
        return np.clip(colours[self.shape(frame)] + noise, 0, 255).astype(np.uint8)


class Quiet:
    def checkpoint(self):
        pass

    def note(self, text):
        pass


class Copier:
    """Fills frames with the nearest key frame, and remembers what it was asked."""

    def __init__(self):
        self.requests: list[FillRequest] = []

    def fill(self, reader, request, control):
        self.requests.append(request)
        for frame in request.frames:
            key = min(request.keys, key=lambda k: abs(k.frame - frame))
            yield FrameResult(frame, key.label_map, dict.fromkeys(request.objects, 0.5))


class Genius:
    """Knows the truth of the frame that is scribbled on."""

    def __init__(self, clip):
        self.clip = clip
        self.requests = []

    def segment(self, reader, request, control):
        self.requests.append(request)
        return FrameResult(request.frame, self.clip.shape(request.frame), {1: 1.0})


class Dull(Genius):
    """Misses half of the object for good."""

    def segment(self, reader, request, control):
        self.requests.append(request)
        labels = self.clip.shape(request.frame)
        labels[32:] = 0
        return FrameResult(request.frame, labels, {1: 0.5})


def play(clip, protocol):
    one, two, genius = Copier(), Copier(), Genius(clip)
    backends = Backends("copy", genius, one, two)
    return simulate(clip, clip, protocol, backends, Quiet()), one, two, genius


def test_first_gives_the_first_frame_and_propagates():
    result, one, two, _ = play(Clip(), "first")
    assert [r.direction for r in one.requests] == ["forward"]
    assert not two.requests
    assert [f.frame for f in result.per_frame if f.given] == [0]
    counted = [f.J for f in result.per_frame if not f.given]
    assert pytest.approx(np.mean(counted)) == result.J
    assert (result.frames, result.backend, result.protocol) == (12, "copy", "first")
    assert result.rounds == ()
    assert set(json.loads(json.dumps(result.to_json()))) == {
        "protocol", "backend", "J", "F", "JF", "frames", "seconds", "frames_per_second",
        "per_frame", "rounds",
    }  # fmt: skip


def test_first_skips_frames_that_show_nothing():
    result, one, _, _ = play(Clip(hidden=(0, 1)), "first")
    assert [f.frame for f in result.per_frame if f.given] == [2]
    assert [r.direction for r in one.requests] == ["backward", "forward"]


def test_every_gives_the_last_frame_too_and_interpolates():
    result, one, two, _ = play(Clip(), "every:5")
    assert [f.frame for f in result.per_frame if f.given] == [0, 5, 10, 11]
    assert [(r.keys[0].frame, r.keys[1].frame) for r in two.requests] == [(0, 5), (5, 10)]
    assert not one.requests


def test_frames_without_truth_are_neither_given_nor_scored():
    result, _, two, _ = play(Clip(unknown=(3, 5)), "every:5")
    assert [f.frame for f in result.per_frame if f.given] == [0, 10, 11]
    assert 3 not in [f.frame for f in result.per_frame]
    assert two.requests[0].frames == tuple(range(1, 10))


def test_all_given_leaves_nothing_to_score():
    result, _, _, _ = play(Clip(), "every:1")
    assert result.J is None


def test_the_robot_starts_in_the_middle_and_goes_to_the_worst_frame():
    result, one, two, genius = play(Clip(), "robot:3")
    frames = [r.frame for r in result.rounds]
    # Copies are worst furthest from a key frame; of two that are equal, the earlier comes first.
    assert frames[0] == 5
    assert frames[1] == 11
    assert frames[2] == 0
    assert [r.J for r in result.rounds] == sorted(r.J for r in result.rounds)
    assert pytest.approx(result.rounds[-1].J) == result.J
    # Round 2 governs what lies after frame 5, and no more.
    assert [(r.frames[0], r.frames[-1]) for r in two.requests] == [(6, 10), (1, 4)]
    assert [r.direction for r in one.requests] == ["backward", "forward"]
    assert genius.requests[0].prior == frozenset()
    assert genius.requests[1].prior == {1}
    assert all(r.strokes >= 1 for r in result.rounds)


def test_strokes_add_up_on_a_frame_that_is_visited_again():
    clip = Clip(1)
    dull = Dull(clip)
    simulate(clip, clip, "robot:3", Backends("dull", dull, Copier(), Copier()), Quiet())
    counts = [len(request.strokes) for request in dull.requests]
    assert counts == sorted(set(counts))
    assert dull.requests[2].strokes[: counts[1]] == dull.requests[1].strokes


def test_the_robot_stops_when_nothing_is_wrong():
    result, _, _, _ = play(Clip(1), "robot:5")
    assert len(result.rounds) == 1
    assert result.J == 1.0


def test_embedded_backends_find_a_plain_square():
    clip = Clip(6)
    backends = Backends("embedded", scribbler(), propagator(), interpolator())
    result = simulate(clip, clip, "robot:3", backends, Quiet())
    assert result.J > 0.9
    assert result.frames_per_second > 0


@pytest.mark.parametrize(
    ("protocol", "given"),
    [("frames:2", [2]), ("frames:4+1+4", [1, 4]), ("spaced:2", [1, 4]), ("every:4", [0, 4, 5])],
)
def test_the_frames_that_are_given(protocol, given):
    result, _, _, _ = play(Clip(6), protocol)
    assert [f.frame for f in result.per_frame if f.given] == given


@pytest.mark.parametrize(
    ("protocol", "frames"), [("frames-robot:4+1+4", [4, 1]), ("suggest-robot:1", None)]
)
def test_the_robot_corrects_chosen_frames_until_they_are_right(protocol, frames):
    result, _, _, genius = play(Clip(6), protocol)
    assert frames is None or [turn.frame for turn in result.rounds] == frames
    assert all(turn.strokes > 0 for turn in result.rounds)
    assert genius.requests, "no mask was given"
    assert not any(f.given for f in result.per_frame)
    scores = {f.frame: f.J for f in result.per_frame}
    assert all(scores[turn.frame] == 1.0 for turn in result.rounds)


@pytest.mark.parametrize("protocol", ["first+frames-robot:4+1", "first+suggest-robot:2"])
def test_the_robot_corrects_what_became_of_the_first_mask(protocol):
    result, _, _, genius = play(Clip(6), protocol)
    assert [turn.round for turn in result.rounds] == list(range(len(result.rounds)))
    assert (result.rounds[0].frame, result.rounds[0].strokes) == (0, 0)
    assert [f.frame for f in result.per_frame if f.given] == [0]
    corrected = [turn.frame for turn in result.rounds[1:]]
    assert corrected == [4, 1] if "frames" in protocol else 0 not in corrected
    assert {request.frame for request in genius.requests} == set(corrected)
    assert all(request.prior for request in genius.requests), "a mask was there to be corrected"
    assert result.rounds[0].J < result.rounds[-1].J


def test_frames_may_be_suggested_after_the_first_mask():
    result, _, _, genius = play(Clip(6), "first+suggest:1")
    assert not genius.requests
    assert [f.frame for f in result.per_frame if f.given] == [0, result.rounds[1].frame]


def test_a_frame_that_stays_wrong_is_left_after_some_glances():
    clip = Clip(4)
    dull = Dull(clip)
    simulate(clip, clip, "frames-robot:2", Backends("dull", dull, Copier(), Copier()), Quiet())
    assert len(dull.requests) == GLANCES
    assert len({request.frame for request in dull.requests}) == 1


def test_frames_that_the_clip_does_not_have_are_refused():
    with pytest.raises(RequestError, match="no frame 6: the clip has 6"):
        play(Clip(6), "frames:1+6")


@pytest.mark.parametrize(
    "text",
    ["", "first:2", "every", "every:0", "every:2+3", "robot:-1", "robot:x", "best", "frames:",
     "frames:1+", "frames:a", "frames:-1", "first+", "first+first", "first+robot:2",
     "first+frames:1", "first+suggest:0"],
)  # fmt: skip
def test_unknown_protocols_are_refused(text):
    with pytest.raises(RequestError, match="protocol"):
        parse_protocol(text)


def test_a_truth_without_objects_is_refused():
    with pytest.raises(RequestError, match="no object"):
        play(Clip(2, hidden=(0, 1)), "first")


def test_measures_of_maps_are_of_all_objects_as_one():
    clip = Clip()
    two, genius = Copier(), Genius(clip)
    backends = Backends("copy", genius, Copier(), two)
    found = simulate(clip, clip, "every:4", backends, Quiet(), ("mae", "maxf", "sm"))
    errors = []
    for frame in range(12):
        if frame % 4 and frame != 11:
            key = min((0, 4, 8, 11), key=lambda k, f=frame: abs(k - f))
            errors.append(float((clip.shape(key) != clip.shape(frame)).mean()))
    assert found.saliency["mae"] == pytest.approx(np.mean(errors), abs=1e-6)
    assert set(found.saliency) == {"mae", "maxf", "sm"}
    assert found.to_json()["saliency"] == found.saliency
    nothing_left = simulate(clip, clip, "every:1", backends, Quiet(), ("mae",))
    assert nothing_left.saliency == {}

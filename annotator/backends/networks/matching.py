"""Where NPMCA-net matched a point or an object in the key frame and in the frame before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from annotator.backends.base import Control, FillRequest, KeyFrame
from annotator.backends.networks.memory import cancellable
from annotator.backends.networks.npmca import Chains
from annotator.core.types import FrameReader
from models.flow import create
from models.npmca.view import Seen, matched

Map = NDArray[np.float32]


def viewer() -> MatchingView:
    return MatchingView()


class MatchingView:
    """The matching of one step of the propagation, as maps to look at."""

    def look(
        self,
        reader: FrameReader,
        request: FillRequest,
        references: tuple[int, ...],
        query: Map,
        control: Control,
    ) -> list[Map]:
        """How much of `query` [H, W] in the request's frame was matched to each pixel of each of
        the `references`: float32 [H, W] in [0, 1].

        The request names one frame and one object; its keys hold that object's masks on the
        references and on the frame before.
        """
        with cancellable(control):
            chains = Chains(reader, request, control)
            (frame,), (object_id,) = request.frames, request.objects
            keys = {key.frame: key for key in request.keys}
            seen = {f: self._seen(reader, keys[f], object_id) for f in {*references, frame - 1}}
            return chains.ladder.attempt(
                lambda rung: matched(
                    chains.network(rung),
                    reader.read(frame),
                    seen[frame - 1],
                    [seen[f] for f in references],
                    query,
                    chains.setting(rung),
                    create("dis"),
                )
            )

    @staticmethod
    def _seen(reader: FrameReader, key: KeyFrame, object_id: int) -> Seen:
        return Seen(reader.read(key.frame), (key.label_map == object_id).astype(np.float32))

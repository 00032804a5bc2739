"""The key frame before any frame, quickly: one packet, one thread, a decoder of its own."""

from __future__ import annotations

import av
import numpy as np

from annotator.core.errors import MediaError
from annotator.core.types import Image
from annotator.io.media.picture import to_rgb
from annotator.io.media.video import VideoFile


class IntraDecoder:
    """Decodes key frames of a video while its other decoder is on the way to the exact frame.

    Frame threads, which make a stream fast, make a single picture late: this one has none.
    """

    def __init__(self, video: VideoFile) -> None:
        self._video = video
        self._container, self._stream = video.second_decoder()

    def key_frame(self, frame: int) -> int | None:
        """Number of the last key frame up to `frame`, without decoding it."""
        index = self._video.index
        key = int(np.searchsorted(index.key_frame, frame, side="right")) - 1
        return None if index.counted or key < 0 else int(index.key_frame[key])

    def before(self, frame: int) -> tuple[int, Image] | None:
        """The last key frame up to `frame`, with its picture uint8 [H, W, 3]; None if there is
        none that stands alone."""
        index = self._video.index
        key = int(np.searchsorted(index.key_frame, frame, side="right")) - 1
        if index.counted or key < 0:
            return None
        wanted = int(index.key_pts[key])
        try:
            self._container.seek(self._video.seek_target(key), stream=self._stream)
            for packet in self._container.demux(self._stream):
                if packet.pts is None or (packet.is_keyframe and packet.pts > wanted):
                    return None
                if packet.is_keyframe and packet.pts == wanted:
                    context = self._stream.codec_context
                    pictures = [*context.decode(packet), *context.decode(None)]
                    context.flush_buffers()
                    for picture in pictures:
                        if picture.pts == wanted:
                            return int(index.key_frame[key]), self._video.upright(to_rgb(picture))
                    return None
        except (av.FFmpegError, OSError, MediaError):
            return None
        return None

    def close(self) -> None:
        self._container.close()

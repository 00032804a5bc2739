"""The clip along time: states, quality, key frames, small pictures, and playback."""

"""Files and codecs: media, project store, label formats. No Qt, no torch."""

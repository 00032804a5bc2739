"""What the services of labelling without a label may say; see `phrasebook`."""

from __future__ import annotations

from annotator.ui.i18n import QT_TR_NOOP

PRELABEL = (
    QT_TR_NOOP("Label without a label: {count} frames"),
    QT_TR_NOOP("Find what is salient: {count} frames"),
    QT_TR_NOOP("Look for objects"),
    QT_TR_NOOP("Look at the clip"),
    QT_TR_NOOP("Looking at the clip …"),
    QT_TR_NOOP("Looking for what stands out …"),
    QT_TR_NOOP("Asking '{name}' …"),
    QT_TR_NOOP("Propagating …"),
    QT_TR_NOOP("Motion and colour: frame {done} of {count}"),
    QT_TR_NOOP("Motion and colour agree on no frame: nothing is learnt."),
    QT_TR_NOOP("Learning the colours of the key frames …"),
    QT_TR_NOOP("Learning the clip: step {step} of {steps}, loss {loss}"),
    QT_TR_NOOP("The time is up after {step} of {steps} steps."),
    QT_TR_NOOP("Fusing …"),
    QT_TR_NOOP("Nothing stands out in this clip, neither by motion nor by colour."),
    QT_TR_NOOP("Scribble on the object on one frame, then propagate."),
    QT_TR_NOOP("It is marked done."),
    QT_TR_NOOP("The clip was not looked at yet."),
    QT_TR_NOOP("Wait until that is done."),
    QT_TR_NOOP("The network '{name}' has no weights here."),
    QT_TR_NOOP("Fetch or import '{name}', or leave it to the application with network=auto."),
    QT_TR_NOOP("{file} holds no image saliency network."),
    QT_TR_NOOP("Import another file as 'motion'."),
    QT_TR_NOOP("Nothing is out of date: no key frame was edited after the runs."),
    QT_TR_NOOP("Contrast and motion (no weights)"),
    QT_TR_NOOP(
        "What stands out from the border of the picture and moves apart from the camera; "
        "classical, so a first guess."
    ),
    QT_TR_NOOP("Plug-and-play adaptation"),
    QT_TR_NOOP(
        "Motion and colour saliency multiplied; a twin of the colour network learns the clip's "
        "clearest frames. Classical where no network has weights here."
    ),
    QT_TR_NOOP("Colour network"),
    QT_TR_NOOP("'auto': the first one with weights here; 'none': saliency without a network."),
    QT_TR_NOOP("Steps per key frame"),
    QT_TR_NOOP("How long the twin learns."),
    QT_TR_NOOP("Time limit"),
    QT_TR_NOOP("Seconds that the twin may learn; 0 = any."),
    QT_TR_NOOP("Lines worked on"),
    QT_TR_NOOP("Height at which masks are carried along; fewer are faster and coarser."),
)

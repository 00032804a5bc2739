"""What packing, unpacking and cleaning up may say: templates for `phrases.localized`."""

from __future__ import annotations

from annotator.ui.i18n import QT_TR_NOOP

PACKING = (
    QT_TR_NOOP("'{path}' is no packed project, or it is damaged."),
    QT_TR_NOOP("Choose a NAME.strokeflowz file, or get it once more."),
    QT_TR_NOOP("'{path}' is refused: '{name}' has no place in a project."),
    QT_TR_NOOP("'{path}' is refused: '{name}' is in it twice."),
    QT_TR_NOOP("'{path}' is refused: '{name}' is no plain file."),
    QT_TR_NOOP("'{path}' is refused: '{name}' is packed in another way."),
    QT_TR_NOOP("'{path}' is refused: '{name}' is not in its list."),
    QT_TR_NOOP("'{path}' is refused: '{name}' is not what its list says."),
    QT_TR_NOOP("'{path}' is refused: '{name}' is missing."),
    QT_TR_NOOP("'{path}' is refused: its list names a file twice."),
    QT_TR_NOOP("'{path}' is refused: its list is too large."),
    QT_TR_NOOP("'{path}' is refused: its list has odd names."),
    QT_TR_NOOP("Cannot write {path}: something is there already."),
    QT_TR_NOOP("It is damaged, or not from Strokeflow; nothing was unpacked."),
    QT_TR_NOOP(
        "'{path}' was packed by a newer Strokeflow (format {written}, this one reads up to "
        "{FORMAT})."
    ),
    QT_TR_NOOP("Update Strokeflow to unpack it."),
    QT_TR_NOOP("'{path}' is a packed project."),
    QT_TR_NOOP("Unpack it first, with 'strokeflow unpack'."),
    QT_TR_NOOP("'{out}' is no name for a file."),
    QT_TR_NOOP("'{name}' has a name that cannot be packed."),
    QT_TR_NOOP("Rename it first."),
    QT_TR_NOOP("'{name}' changed while it was packed."),
    QT_TR_NOOP("Pack the project again."),
    QT_TR_NOOP("That needs {needed} MiB with room to spare, and {free} MiB are free there."),
    QT_TR_NOOP("Free some space or choose another disk."),
    QT_TR_NOOP("Clean up: {count} frames"),
    QT_TR_NOOP("There is nothing to do."),
    QT_TR_NOOP("Choose what is done to the masks."),
    QT_TR_NOOP("There is no mask in this range that may be cleaned up."),
    QT_TR_NOOP("Masks that a person drew are changed only if that is chosen, locked ones never."),
)

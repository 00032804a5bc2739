"""Commands on whole objects, on what is out of date, and on what the canvas shows beside masks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from annotator.ui.commands.actions import ActionSpec
from annotator.ui.i18n import tr
from annotator.ui.tools.tool import Tool

if TYPE_CHECKING:
    from annotator.ui.main_window import MainWindow

# fmt: off


def _attempt(w: MainWindow, action: Callable[[], object]) -> Callable[[], object]:
    """An action whose refusal becomes a notice."""
    return partial(w.workspace.attempt, action)


def object_actions(w: MainWindow) -> list[ActionSpec]:
    """For the menu of edits."""
    act = w.object_commands
    spec = partial(ActionSpec, menu=tr("&Edit"), needs="edit")
    return [
        spec("lock_object", text=tr("&Lock chosen object on all frames"), shortcut="Ctrl+Shift+L",
             call=_attempt(w, act.toggle_lock), checked=lambda: act.locked, separator=True,
             help=tr("No tool and no run changes its masks until it is unlocked."),
             icon="mdi6.lock-plus-outline"),
        spec("class_object", text=tr("Class of chosen &object …"),
             call=_attempt(w, lambda: act.ask_class(w)), icon="mdi6.tag-outline",
             help=tr("What it is: exports carry it as the category.")),
    ]


def tool_actions(w: MainWindow) -> list[ActionSpec]:
    """For the toolbar of tools."""
    spec = partial(ActionSpec, menu=tr("&Tools"), needs="edit", group="tool", toolbar="tools")
    return [
        spec("click", text=tr("&Click object or background"), shortcut="C",
             call=partial(w.workspace.choose_tool, Tool.CLICK), icon="mdi6.cursor-default-click",
             help=tr("Click on the object; with Ctrl or the right button, on what is not it. Let "
             "the pointer rest to see beforehand what a click would do."),
             label=tr("Click"), badge="+"),
        spec("hint", text=tr("Box around the &object"), shortcut="Shift+U",
             call=partial(w.workspace.choose_tool, Tool.HINT), icon="mdi6.select-drag",
             help=tr("Drag a box around the object: its mask follows, from scribbles that can be "
             "corrected. Rest while you drag to see it beforehand."),
             label=tr("Box hint"), badge="+"),
        spec("split", text=tr("Spl&it object"), shortcut="T",
             call=partial(w.workspace.choose_tool, Tool.SPLIT), icon="mdi6.call-split",
             help=tr("Click a part of the chosen object, or draw around it: it becomes an object "
             "of its own from this frame on. Ctrl: on this frame only."), label=tr("Split")),
    ]


def jump_actions(w: MainWindow) -> list[ActionSpec]:
    """For the menu of frames."""
    act = w.object_commands
    spec = partial(ActionSpec, menu=tr("Fr&ames"), needs="project")
    return [
        spec("previous_edited", text=tr("Previous edited frame"), shortcut="Ctrl+Shift+Left",
             call=_attempt(w, partial(act.go_to_edited, -1)), separator=True,
             help=tr("The last one that you drew or corrected.")),
        spec("next_edited", text=tr("Next edited frame"), shortcut="Ctrl+Shift+Right",
             call=_attempt(w, partial(act.go_to_edited, 1)),
             help=tr("The next one that you drew or corrected.")),
        spec("previous_stale", text=tr("Previous frame out of date"), shortcut="Shift+Z",
             call=_attempt(w, partial(act.go_to_stale, -1)),
             help=tr("Its mask is older than an edit of the key frames that govern it.")),
        spec("next_stale", text=tr("Next frame out of date"), shortcut="Z",
             call=_attempt(w, partial(act.go_to_stale, 1)),
             help=tr("Its mask is older than an edit of the key frames that govern it.")),
        spec("next_suggested", text=tr("Next s&uggested frame"), shortcut="Ctrl+Shift+W",
             call=_attempt(w, w.workspace.prelabel.go_to_next), separator=True,
             icon="mdi6.lightbulb-on-outline",
             help=tr("Where a mask would help most: by expected errors, distance to key frames and "
             "change of the picture. Diamonds on the timeline.")),
        spec("best_place", text=tr("Best place in the &data set"), shortcut="Ctrl+D", needs="",
             call=_attempt(w, w.survey.go_to_best), icon="mdi6.target",
             help=tr("Looks at all projects of the list and shows the frame where a mask would "
             "help the whole data set most.")),
        spec("survey", text=tr("W&here next in the data set …"), shortcut="Ctrl+Shift+D", needs="",
             call=w.dialogs.ask_survey, icon="mdi6.map-search-outline",
             help=tr("Many projects: which frames are most worth a mask, and what each project is "
             "expected to be like.")),
    ]


def remark_actions(w: MainWindow) -> list[ActionSpec]:
    """For the menu of the review. (Settings name keys by id: some are older than the word remark.)
    """
    desk, look = w.workspace.review.remarks, w.look
    spec = partial(ActionSpec, menu=tr("&Review"), needs="edit")
    return [
        spec("note", text=tr("Write a re&mark"), call=desk.begin, shortcut="Ctrl+T",
             help=tr("What is to be looked at on this frame."), icon="mdi6.comment-text-outline",
             separator=True),
        spec("remark", text=tr("Remark &here …"), shortcut="Ctrl+Shift+T", group="tool",
             call=partial(w.workspace.choose_tool, Tool.REMARK), icon="mdi6.map-marker-outline",
             help=tr("Then click on the picture: the remark points to that place.")),
        spec("resolve_remark", text=tr("Resolve or reopen &remark"), shortcut="Shift+T",
             call=_attempt(w, desk.toggle_resolved), icon="mdi6.comment-check-outline",
             help=tr("The chosen one, or the only one of this frame.")),
        spec("previous_note", text=tr("Previous remark"), shortcut="Alt+Left", needs="project",
             call=_attempt(w, partial(desk.walk, -1)),
             help=tr("The last frame with an open remark.")),
        spec("next_note", text=tr("Next remark"), shortcut="Alt+Right", needs="project",
             call=_attempt(w, partial(desk.walk, 1)),
             help=tr("The next frame with an open remark.")),
        spec("pins", text=tr("Show the &pins of remarks"), shortcut="Shift+M", needs="project",
             call=lambda: look.set_pins(not look.pins), checked=lambda: look.pins,
             help=tr("Where remarks point to; resolved ones are faint.")),
        spec("stage", text=tr("&Stage of the project …"), call=w.dialogs.ask_stage,
             icon="mdi6.flag-checkered", separator=True,
             help=tr("Annotation, review or done, who has it, and what is left.")),
    ]


def run_actions(w: MainWindow) -> list[ActionSpec]:
    """For the menu of runs."""
    act = w.object_commands
    spec = partial(ActionSpec, menu=tr("R&un"), needs="edit")
    return [
        spec("run_stale", text=tr("Make &new what is out of date"), shortcut="Shift+F",
             call=_attempt(w, act.refresh), icon="mdi6.refresh",
             help=tr("Only masks that are older than their key frames, from those key frames.")),
        spec("run_object", text=tr("Propagate the &chosen object"), shortcut="Shift+G",
             call=_attempt(w, act.propagate), help=tr("Only its masks, to all other frames.")),
        spec("carry_on", text=tr("Carry one frame &on"), shortcut=".",
             call=_attempt(w, partial(w.carry.go, 1)), icon="mdi6.debug-step-over",
             help=tr("Accepts the masks of this frame, carries them to the next one and shows it. "
             "Held down, it goes on.")),
        spec("carry_back", text=tr("Carry one frame &back"), shortcut=",",
             call=_attempt(w, partial(w.carry.go, -1)),
             help=tr("Accepts the masks of this frame, carries them to the one before and shows "
             "it.")),
        spec("auto", text=tr("Label &without a label …"), shortcut="Ctrl+Shift+G",
             call=w.dialogs.ask_proposals, icon="mdi6.auto-fix",
             help=tr("Shows objects that move or stand out; the chosen one is carried over the "
             "clip.")),
        spec("pictures", text=tr("Co-saliency of pictures …"), needs="",
             call=w.dialogs.ask_pictures,
             help=tr("What a folder of pictures has in common, as grey maps; without a project.")),
    ]


def view_actions(w: MainWindow) -> list[ActionSpec]:
    """For the menu of views."""
    spec = partial(ActionSpec, menu=tr("&View"), needs="project")
    look = w.look
    return [
        spec("solo", text=tr("&Solo: only the chosen object"), shortcut="Q",
             call=lambda: look.set_solo(not look.solo), checked=lambda: look.solo,
             help=tr("Hide the masks of all other objects while it is on.")),
        spec("compare", text=tr("Side by &side"), shortcut="Ctrl+B", call=w.compare.toggle,
             checked=lambda: not w.compare.isHidden(), icon="mdi6.compare",
             help=tr("A second view: the picture alone, the masks before the last change, or "
             "another frame.")),
        spec("match_point", text=tr("Where the &point under the pointer was matched"),
             call=w.matching.ask_point, shortcut="Shift+W", separator=True,
             help=tr("By NPMCA-net, in the key frame and in the frame before, as a heat map.")),
        spec("match_object", text=tr("Where the chosen object was &matched"),
             call=w.matching.ask_object, icon="mdi6.map-search-outline",
             help=tr("By NPMCA-net, in the key frame and in the frame before, as a heat map.")),
        spec("steps", text=tr("Steps of the &adaptation"),
             call=w.dialogs.show_steps,
             help=tr("The maps of each step of the backend 'adapt' on this frame.")),
    ]

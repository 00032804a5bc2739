"""The table of the window's commands, one function per menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWhatsThis

from annotator.services.editing.edit_masks import RESHAPES
from annotator.ui.commands.actions import ActionSpec
from annotator.ui.commands.more import (
    jump_actions,
    object_actions,
    remark_actions,
    run_actions,
    tool_actions,
    view_actions,
)
from annotator.ui.i18n import tr
from annotator.ui.tools.tool import Tool

if TYPE_CHECKING:
    from annotator.ui.main_window import MainWindow

# fmt: off


def window_actions(w: MainWindow) -> list[ActionSpec]:
    """All commands, in the order of the menus."""
    menus = (
        _file, _edit, object_actions, _tools, tool_actions, _pen, _mask, _frames, jump_actions,
        _review, remark_actions, _run, run_actions, _view, view_actions, _help,
    )
    return [spec for menu in menus for spec in menu(w)]


def _attempt(w: MainWindow, action: Callable[[], object]) -> Callable[[], object]:
    """An action whose refusal becomes a notice."""
    return partial(w.workspace.attempt, action)


def _file(w: MainWindow) -> list[ActionSpec]:
    spec = partial(ActionSpec, menu=tr("&File"))
    return [
        spec("open", text=tr("&Open video or project …"), call=w.switcher.ask_file,
             shortcut="Ctrl+O", help=tr("Open a video file or a project."),
             icon="mdi6.folder-open-outline", toolbar="main", label=tr("Open")),
        spec("open_folder", text=tr("Open &folder …"), call=w.switcher.ask_folder,
             shortcut="Ctrl+Shift+O",
             help=tr("Open a folder of images, or a project."), icon="mdi6.image-multiple-outline"),
        spec("locate", text=tr("&Locate media …"), call=w.switcher.ask_media, needs="project",
             help=tr("Show where the media of this project are now.")),
        spec("embed", text=tr("Take the &media into the project …"), call=w.dialogs.ask_embed,
             help=tr("Copies them into its folder, which can then be moved or handed on as a "
             "whole."), needs="edit"),
        spec("pack", text=tr("&Save a copy as one file …"), call=w.dialogs.ask_pack,
             help=tr("The project as it is now, with or without its media, to keep or to hand on."),
             needs="project", icon="mdi6.package-variant-closed"),
        spec("import", text=tr("&Import labels …"), call=w.dialogs.ask_import, shortcut="Ctrl+I",
             help=tr("Read masks or scribbles from files."), icon="mdi6.import", needs="edit",
             separator=True),
        spec("export", text=tr("&Export labels …"), call=w.dialogs.ask_export, shortcut="Ctrl+E",
             help=tr("Write masks in a format for training."), icon="mdi6.export", needs="project",
             toolbar="main", label=tr("Export")),
        spec("dataset", text=tr("Make a &data set …"), call=w.dialogs.ask_dataset,
             help=tr("Many projects into one set for training, with splits by clip."),
             icon="mdi6.database-export-outline"),
        spec("report", text=tr("Write &report …"), call=w.dialogs.ask_report, needs="project",
             help=tr("One page with plots: effort, who made which mask, quality, what is left."),
             icon="mdi6.chart-box-outline"),
        spec("close", text=tr("&Close project"), call=w.switcher.close_project, shortcut="Ctrl+W",
             help=tr("Everything is saved already."), needs="project", separator=True),
        spec("quit", text=tr("&Quit"), call=w.close, shortcut="Ctrl+Q",
             help=tr("Everything is saved already.")),
    ]


def _edit(w: MainWindow) -> list[ActionSpec]:
    ws = w.workspace
    spec = partial(ActionSpec, menu=tr("&Edit"), needs="edit")
    return [
        spec("undo", text=tr("&Undo"), call=_attempt(w, ws.undo), shortcut="Ctrl+Z",
             help=tr("Take back the last step, also after a restart."), icon="mdi6.undo",
             toolbar="main", label=tr("Undo"), separator=True),
        spec("redo", text=tr("&Redo"), call=_attempt(w, ws.redo), shortcut="Ctrl+Shift+Z",
             help=tr("Do again what was undone."), icon="mdi6.redo", toolbar="main",
             label=tr("Redo")),
        spec("add_object", text=tr("&Add object"), call=w.objects.add_object, shortcut="Ctrl+N",
             help=tr("Add another object."), icon="mdi6.plus", separator=True),
        spec("merge_object", text=tr("&Merge chosen object into …"),
             call=partial(w.objects.ask_other, "merge"), icon="mdi6.call-merge",
             help=tr("Make its masks part of another object's, on all frames.")),
        spec("swap_object", text=tr("&Swap chosen object from here on with …"),
             call=partial(w.objects.ask_other, "swap"), icon="mdi6.swap-horizontal",
             help=tr("Exchange two objects that were mixed up, from this frame to the end.")),
        spec("delete_object", text=tr("&Delete chosen object"), call=w.objects.delete_object,
             help=tr("With all its masks; undo brings it back."), icon="mdi6.delete-outline"),
        spec("clear_strokes", text=tr("Clear scribbles of this frame"), call=w.clear_strokes,
             help=tr("Remove the scribbles; the masks stay.")),
        spec("settings", text=tr("&Settings …"), call=w.custom.ask_settings, shortcut="Ctrl+,",
             help=tr("Theme, language, pen, playback, memory."), needs="", separator=True,
             icon="mdi6.cog-outline"),
        spec("shortcuts", text=tr("&Keyboard shortcuts …"), call=w.custom.ask_keys, needs="",
             help=tr("Give commands other keys."), icon="mdi6.keyboard-outline"),
    ]


def _tools(w: MainWindow) -> list[ActionSpec]:
    ws = w.workspace
    spec = partial(ActionSpec, menu=tr("&Tools"), needs="edit", group="tool", toolbar="tools")
    pick = {tool: partial(ws.choose_tool, tool) for tool in Tool}
    return [
        spec("scribble", text=tr("&Scribble object"), call=pick[Tool.SCRIBBLE], shortcut="S",
             help=tr("Draw a line inside the object: its mask follows."), icon="mdi6.draw",
             label=tr("Object"), badge="+"),
        spec("background", text=tr("Scribble &background"), call=pick[Tool.BACKGROUND],
             shortcut="X",
             help=tr("Draw a line where the object is not."), icon="mdi6.draw",
             label=tr("Background"), badge="-"),
        spec("brush", text=tr("&Brush"), call=pick[Tool.BRUSH], shortcut="B",
             help=tr("Paint mask pixels."), icon="mdi6.brush", label=tr("Brush"), separator=True),
        spec("eraser", text=tr("&Eraser"), call=pick[Tool.ERASER], shortcut="E",
             help=tr("Erase mask pixels of the chosen object."), icon="mdi6.eraser",
             label=tr("Eraser")),
        spec("fill", text=tr("&Fill"), call=pick[Tool.FILL], shortcut="K",
             help=tr("Click a hole to close it; elsewhere: the connected pixels of like colour. "
             "Ctrl: take away."), icon="mdi6.format-color-fill", label=tr("Fill")),
        spec("lasso", text=tr("&Lasso"), call=pick[Tool.LASSO], shortcut="J",
             help=tr("Draw around a region. Ctrl: take it away."), icon="mdi6.lasso",
             label=tr("Lasso"), separator=True),
        spec("polygon", text=tr("&Polygon"), call=pick[Tool.POLYGON], shortcut="Y",
             help=tr("Click corners, drag to move one; Enter or a double click closes, Backspace "
             "takes one back. Ctrl: take away."), icon="mdi6.vector-polygon", label=tr("Polygon")),
        spec("box", text=tr("Bo&x"), call=pick[Tool.BOX], shortcut="U",
             help=tr("Drag from corner to corner. Ctrl: take away."), icon="mdi6.vector-square",
             label=tr("Box")),
    ]


def _pen(w: MainWindow) -> list[ActionSpec]:
    ws = w.workspace
    spec = partial(ActionSpec, menu=tr("&Tools"), needs="edit", group="tool", toolbar="tools")
    return [
        spec("pan", text=tr("&Move the picture"), call=partial(ws.choose_tool, Tool.PAN),
             shortcut="H",
             needs="project",
             help=tr("Or hold space, or drag with the middle button."),
             icon="mdi6.hand-back-right-outline", label=tr("Move"), separator=True),
        spec("smaller", text=tr("Smaller pen"), call=lambda: ws.set_radius(ws.radius / 1.25),
             help=tr("Also: Alt and the wheel."), shortcut="[", group="", toolbar="",
             separator=True),
        spec("larger", text=tr("Larger pen"), call=lambda: ws.set_radius(ws.radius * 1.25),
             help=tr("Also: Alt and the wheel."), shortcut="]", group="", toolbar=""),
        spec("protect", text=tr("&Protect other objects"), call=w.masks.toggle_protect,
             help=tr("Pen and shapes leave the pixels of other objects alone."), shortcut="Ctrl+P",
             icon="mdi6.shield-outline", group="", toolbar="main", label=tr("Protect"),
             checked=lambda: ws.protect),
        spec("hover", text=tr("Preview while &hovering"), call=w.custom.switch_hover,
             help=tr("Where the pointer rests, 'Click' and 'Box hint' show what they would make of "
             "the mask."), icon="mdi6.cursor-default-outline", group="", toolbar="",
             checked=lambda: w.custom.chosen.hover),
    ]


def _mask(w: MainWindow) -> list[ActionSpec]:
    spec = partial(ActionSpec, menu=tr("&Mask"), needs="edit")
    shape = {how: _attempt(w, partial(w.masks.reshape, how)) for how in RESHAPES}
    return [
        spec("grow", text=tr("&Grow"), call=shape["Grow"], shortcut="Ctrl+Up",
             help=tr("One pixel larger all around."), icon="mdi6.arrow-expand-all"),
        spec("shrink", text=tr("&Shrink"), call=shape["Shrink"], shortcut="Ctrl+Down",
             help=tr("One pixel smaller all around."), icon="mdi6.arrow-collapse-all"),
        spec("smooth", text=tr("S&mooth"), call=shape["Smooth"], shortcut="Ctrl+M",
             help=tr("Round off corners and crumbs."), icon="mdi6.blur"),
        spec("fill_holes", text=tr("&Fill holes"), call=shape["Fill holes of"], shortcut="Ctrl+H",
             help=tr("Fill everything that the mask encloses."), icon="mdi6.circle-slice-8"),
        spec("remove_islands", text=tr("&Remove islands"), call=shape["Remove islands of"],
             shortcut="Ctrl+L", help=tr("Keep only the largest part."), icon="mdi6.island"),
        spec("clean", text=tr("Clean up on &many frames …"), call=w.dialogs.ask_clean,
             help=tr("Grow, shrink, smooth, fill holes, remove islands: on the range or all "
             "frames, as one step."), icon="mdi6.broom", shortcut="Ctrl+Shift+M"),
        spec("copy_previous", text=tr("Copy from &previous key frame"), shortcut="Ctrl+Left",
             call=_attempt(w, partial(w.masks.copy, -1)), separator=True,
             help=tr("The chosen object's mask, as it is on the key frame before.")),
        spec("copy_next", text=tr("Copy from &next key frame"), shortcut="Ctrl+Right",
             call=_attempt(w, partial(w.masks.copy, 1)),
             help=tr("The chosen object's mask, as it is on the key frame after.")),
        spec("absent", text=tr("Mark &absent on this frame"), shortcut="N",
             call=_attempt(w, w.masks.mark_absent), icon="mdi6.eye-off-outline",
             help=tr("The chosen object is not to be seen here: an empty mask that counts as "
             "drawn."),
             separator=True),
        spec("occluded", text=tr("Mark &occluded on this frame"), shortcut="Shift+N",
             call=_attempt(w, w.masks.toggle_occluded), icon="mdi6.layers-outline",
             checked=w.masks.is_occluded,
             help=tr("Something hides the chosen object, wholly or in part. Its mask stays and "
             "counts as drawn; exports carry the mark.")),
        spec("clear_mask", text=tr("&Clear on this frame"), shortcut="Del",
             call=_attempt(w, w.masks.clear),
             help=tr("Forget the chosen object's mask on this frame; a run may fill it again.")),
    ]


def _frames(w: MainWindow) -> list[ActionSpec]:
    ws = w.workspace
    spec = partial(ActionSpec, menu=tr("Fr&ames"), needs="project")
    return [
        spec("play", text=tr("&Play or pause"), call=w.player.toggle, shortcut="P",
             help=tr("Play at the clip's own speed."), icon="mdi6.play"),
        spec("previous", text=tr("Previous frame"), call=lambda: ws.go_to(ws.frame - 1),
             shortcut="Left", help=tr("One frame back."), icon="mdi6.step-backward"),
        spec("next", text=tr("Next frame"), call=lambda: ws.go_to(ws.frame + 1),
             shortcut="Right", help=tr("One frame on."), icon="mdi6.step-forward"),
        spec("previous_key", text=tr("Previous key frame"), shortcut="Shift+Left",
             call=_attempt(w, partial(ws.review.go_to_key, -1)),
             help=tr("The last one drawn or accepted."), icon="mdi6.skip-previous"),
        spec("next_key", text=tr("Next key frame"), shortcut="Shift+Right",
             call=_attempt(w, partial(ws.review.go_to_key, 1)),
             help=tr("The next one drawn or accepted."), icon="mdi6.skip-next"),
        spec("span_start", text=tr("Range &begins here"), call=ws.set_span_start, shortcut="I",
             help=tr("Runs, review and export keep to it. Also: Shift and drag on the timeline."),
             icon="mdi6.contain-start", separator=True),
        spec("span_end", text=tr("Range &ends here"), call=ws.set_span_end, shortcut="O",
             help=tr("Runs, review and export keep to the range."), icon="mdi6.contain-end"),
        spec("span_clear", text=tr("&Whole clip"), call=ws.clear_span, shortcut="Shift+I",
             help=tr("No range: runs, review and export take all frames.")),
    ]


def _review(w: MainWindow) -> list[ActionSpec]:
    review = w.workspace.review
    spec = partial(ActionSpec, menu=tr("&Review"), needs="edit")
    return [
        spec("worst", text=tr("Next &worst frame"), call=_attempt(w, review.go_to_worst),
             shortcut="W", help=tr("The frame whose mask is probably worst."), needs="project",
             icon="mdi6.alert-decagram-outline", toolbar="main", label=tr("Next worst"),
             separator=True),
        spec("accept", text=tr("&Accept frame"), call=_attempt(w, review.accept_frame),
             shortcut="A",
             help=tr("These masks are right: make them key frames."), icon="mdi6.check-bold",
             toolbar="main", label=tr("Accept")),
        spec("accept_next", text=tr("Accept and show &next worst"), shortcut="D",
             label=tr("… and next"),
             call=_attempt(w, review.accept_and_go_on), help=tr("Accept this frame and go on.")),
        spec("accept_object", text=tr("Accept chosen &object"), shortcut="Shift+A",
             call=_attempt(w, review.accept_object), label=tr("… object"),
             help=tr("Only the chosen object's mask on this frame is right.")),
        spec("accept_span", text=tr("Accept &range"), shortcut="Ctrl+Shift+A",
             call=_attempt(w, review.accept_span), label=tr("… range"),
             help=tr("All masks of the range are right; without one, those between the key "
             "frames.")),
        spec("reject", text=tr("&Reject frame"), call=_attempt(w, review.reject_frame),
             shortcut="R",
             help=tr("Forget the model's masks of this frame; a run may make them anew."),
             icon="mdi6.close-thick", label=tr("Reject")),
        spec("lock", text=tr("&Lock or unlock frame"), call=_attempt(w, review.toggle_lock),
             shortcut="L", help=tr("Guard the masks against every change."),
             icon="mdi6.lock-outline", toolbar="main", label=tr("Lock")),
    ]


def _run(w: MainWindow) -> list[ActionSpec]:
    ws = w.workspace
    spec = partial(ActionSpec, menu=tr("R&un"), needs="edit")
    return [
        spec("run_interpolate", text=tr("&Fill between key frames"), shortcut="F",
             call=lambda: w.run_panel.start("interpolate"), help=tr("From both sides."),
             icon="mdi6.arrow-expand-horizontal"),
        spec("run_propagate", text=tr("&Propagate"), shortcut="G",
             call=lambda: w.run_panel.start("propagate"),
             help=tr("Carry masks to all other frames."), icon="mdi6.arrow-right-bold"),
        spec("run_saliency", text=tr("&Masks from scribbles"),
             call=lambda: w.run_panel.start("saliency"), help=tr("On every scribbled frame.")),
        spec("run_with", text=tr("Run &with options …"), call=w.dialogs.ask_run, shortcut="Ctrl+G",
             help=tr("Choose task, backend, frames, a fit, and what else the backend offers."),
             icon="mdi6.tune-variant"),
        spec("resume", text=tr("&Resume interrupted run"),
             call=_attempt(w, ws.desk.resume_interrupted),
             help=tr("Go on where a run was cut off.")),
        spec("models", text=tr("&Models …"), call=w.dialogs.ask_models, needs="",
             help=tr("Weights of the published methods: fetch, import, verify, remove."),
             icon="mdi6.brain", separator=True),
        spec("cancel", text=tr("&Cancel run"), call=ws.cancel, shortcut="Ctrl+.", needs="run",
             help=tr("Finished frames are kept; an edit of many frames is taken back."),
             separator=True),
    ]


def _view(w: MainWindow) -> list[ActionSpec]:
    canvas = w.canvas
    spec = partial(ActionSpec, menu=tr("&View"), needs="project")
    return [
        spec("fit", text=tr("&Fit"), call=canvas.fit, shortcut="0", help=tr("The whole picture."),
             icon="mdi6.fit-to-page-outline"),
        spec("actual", text="&1:1", call=canvas.zoom_actual, shortcut="1",
             help=tr("One image pixel is one screen pixel.")),
        spec("zoom_in", text=tr("Zoom in"), call=lambda: canvas.zoom_by(1.25), shortcut="+",
             help=tr("Also: the wheel.")),
        spec("zoom_out", text=tr("Zoom out"), call=lambda: canvas.zoom_by(0.8), shortcut="-",
             help=tr("Also: the wheel.")),
        spec("masks", text=tr("Show or hide &masks"), call=w.look.toggle_masks, shortcut="M",
             help=tr("Look at the picture alone; press again for the masks."), separator=True),
        spec("next_mode", text=tr("&Next overlay mode"), call=w.look.next_mode, shortcut="V",
             help=tr("Masks, contours, faded background, alpha matte, what the last change "
             "did, uncertainty, picture only.")),
        spec("onion", text=tr("&Onion skin"), call=lambda: w.look.set_onion(not w.look.onion),
             shortcut="Shift+O", help=tr("Contours of the frames before and after."),
             checked=lambda: w.look.onion),
        spec("theme", text=tr("Dark or light"), call=w.custom.switch_theme,
             help=tr("Switch the look."),
             needs="", separator=True),
    ]


def _help(w: MainWindow) -> list[ActionSpec]:
    return [
        ActionSpec("palette", menu=tr("&Help"), text=tr("&Commands …"), call=w.dialogs.ask_command,
                   shortcut="Ctrl+K", help=tr("Find any command by a few letters of its name.")),
        ActionSpec("whats_this", menu=tr("&Help"), text=tr("&What is this?"),
                   call=QWhatsThis.enterWhatsThisMode, shortcut="Shift+F1", toolbar="main",
                   label=tr("Help"), icon="mdi6.help-circle-outline", separator=True,
                   help=tr("Then click a tool, a button or a panel to read what it is for.")),
        ActionSpec("about", menu=tr("&Help"), text=tr("&Keys and about"), call=w.dialogs.show_help,
                   shortcut="F1", help=tr("All shortcuts on one page.")),
    ]

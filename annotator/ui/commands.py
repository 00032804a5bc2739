"""The table of the window's commands, one function per menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from annotator.services.edit_masks import RESHAPES
from annotator.ui.actions import ActionSpec
from annotator.ui.workspace import Tool

if TYPE_CHECKING:
    from annotator.ui.main_window import MainWindow

# fmt: off


def window_actions(w: MainWindow) -> list[ActionSpec]:
    """All commands, in the order of the menus."""
    menus = (_file, _edit, _tools, _mask, _frames, _review, _run, _view, _help)
    return [spec for menu in menus for spec in menu(w)]


def _attempt(w: MainWindow, action: Callable[[], object]) -> Callable[[], object]:
    """An action whose refusal becomes a notice."""
    return partial(w.workspace.attempt, action)


def _file(w: MainWindow) -> list[ActionSpec]:
    spec = partial(ActionSpec, menu="&File")
    return [
        spec("open", text="&Open video or project …", call=w.ask_file, shortcut="Ctrl+O",
             help="Open a video file or a project.", icon="mdi6.folder-open-outline",
             toolbar="main", label="Open"),
        spec("open_folder", text="Open &folder …", call=w.ask_folder, shortcut="Ctrl+Shift+O",
             help="Open a folder of images, or a project.", icon="mdi6.image-multiple-outline"),
        spec("locate", text="&Locate media …", call=w.ask_media, needs="project",
             help="Show where the media of this project are now."),
        spec("import", text="&Import labels …", call=w.ask_import, shortcut="Ctrl+I",
             help="Read masks or scribbles from files.", icon="mdi6.import", needs="edit",
             separator=True),
        spec("export", text="&Export labels …", call=w.ask_export, shortcut="Ctrl+E",
             help="Write masks in a format for training.", icon="mdi6.export", needs="project",
             toolbar="main", label="Export"),
        spec("report", text="Write &report …", call=w.ask_report, needs="project",
             help="One page with plots: effort, who made which mask, quality, what is left.",
             icon="mdi6.chart-box-outline"),
        spec("close", text="&Close project", call=w.close_project, shortcut="Ctrl+W",
             help="Everything is saved already.", needs="project", separator=True),
        spec("quit", text="&Quit", call=w.close, shortcut="Ctrl+Q",
             help="Everything is saved already."),
    ]


def _edit(w: MainWindow) -> list[ActionSpec]:
    ws = w.workspace
    spec = partial(ActionSpec, menu="&Edit", needs="edit")
    return [
        spec("undo", text="&Undo", call=_attempt(w, ws.undo), shortcut="Ctrl+Z",
             help="Take back the last step, also after a restart.", icon="mdi6.undo",
             toolbar="main", label="Undo", separator=True),
        spec("redo", text="&Redo", call=_attempt(w, ws.redo), shortcut="Ctrl+Shift+Z",
             help="Do again what was undone.", icon="mdi6.redo", toolbar="main", label="Redo"),
        spec("add_object", text="&Add object", call=w.objects.add_object, shortcut="Ctrl+N",
             help="Add another object.", icon="mdi6.plus", separator=True),
        spec("merge_object", text="&Merge chosen object into …",
             call=partial(w.objects.ask_other, "merge"), icon="mdi6.call-merge",
             help="Make its masks part of another object's, on all frames."),
        spec("swap_object", text="&Swap chosen object from here on with …",
             call=partial(w.objects.ask_other, "swap"), icon="mdi6.swap-horizontal",
             help="Exchange two objects that were mixed up, from this frame to the end."),
        spec("delete_object", text="&Delete chosen object", call=w.objects.delete_object,
             help="With all its masks; undo brings it back.", icon="mdi6.delete-outline"),
        spec("clear_strokes", text="Clear scribbles of this frame", call=w.clear_strokes,
             help="Remove the scribbles; the masks stay."),
        spec("settings", text="&Settings …", call=w.custom.ask_settings, shortcut="Ctrl+,",
             help="Theme, language, pen, playback, memory.", needs="", separator=True,
             icon="mdi6.cog-outline"),
        spec("shortcuts", text="&Keyboard shortcuts …", call=w.custom.ask_keys, needs="",
             help="Give commands other keys.", icon="mdi6.keyboard-outline"),
    ]


def _tools(w: MainWindow) -> list[ActionSpec]:
    ws = w.workspace
    spec = partial(ActionSpec, menu="&Tools", needs="edit", group="tool", toolbar="tools")
    pick = {tool: partial(ws.choose_tool, tool) for tool in Tool}
    return [
        spec("scribble", text="&Scribble object", call=pick[Tool.SCRIBBLE], shortcut="S",
             help="Draw a line inside the object: its mask follows.", icon="mdi6.draw",
             label="Object", badge="+"),
        spec("background", text="Scribble &background", call=pick[Tool.BACKGROUND], shortcut="X",
             help="Draw a line where the object is not.", icon="mdi6.draw",
             label="Background", badge="-"),
        spec("brush", text="&Brush", call=pick[Tool.BRUSH], shortcut="B",
             help="Paint mask pixels.", icon="mdi6.brush", label="Brush", separator=True),
        spec("eraser", text="&Eraser", call=pick[Tool.ERASER], shortcut="E",
             help="Erase mask pixels of the chosen object.", icon="mdi6.eraser", label="Eraser"),
        spec("fill", text="&Fill", call=pick[Tool.FILL], shortcut="K",
             help="Click a hole to close it; elsewhere: the connected pixels of like colour. "
             "Ctrl: take away.", icon="mdi6.format-color-fill", label="Fill"),
        spec("lasso", text="&Lasso", call=pick[Tool.LASSO], shortcut="J",
             help="Draw around a region. Ctrl: take it away.", icon="mdi6.lasso",
             label="Lasso", separator=True),
        spec("polygon", text="&Polygon", call=pick[Tool.POLYGON], shortcut="Y",
             help="Click corners, drag to move one; Enter or a double click closes, Backspace "
             "takes one back. Ctrl: take away.", icon="mdi6.vector-polygon", label="Polygon"),
        spec("box", text="Bo&x", call=pick[Tool.BOX], shortcut="U",
             help="Drag from corner to corner. Ctrl: take away.", icon="mdi6.vector-square",
             label="Box"),
        spec("pan", text="&Move the picture", call=pick[Tool.PAN], shortcut="H", needs="project",
             help="Or hold space, or drag with the middle button.",
             icon="mdi6.hand-back-right-outline", label="Move", separator=True),
        spec("smaller", text="Smaller pen", call=lambda: ws.set_radius(ws.radius / 1.25),
             help="Also: Alt and the wheel.", shortcut="[", group="", toolbar="", separator=True),
        spec("larger", text="Larger pen", call=lambda: ws.set_radius(ws.radius * 1.25),
             help="Also: Alt and the wheel.", shortcut="]", group="", toolbar=""),
        spec("protect", text="&Protect other objects", call=w.masks.toggle_protect,
             help="Pen and shapes leave the pixels of other objects alone.", shortcut="Ctrl+P",
             icon="mdi6.shield-outline", group="", toolbar="main", label="Protect",
             checked=lambda: ws.protect),
    ]


def _mask(w: MainWindow) -> list[ActionSpec]:
    spec = partial(ActionSpec, menu="&Mask", needs="edit")
    shape = {how: _attempt(w, partial(w.masks.reshape, how)) for how in RESHAPES}
    return [
        spec("grow", text="&Grow", call=shape["Grow"], shortcut="Ctrl+Up",
             help="One pixel larger all around.", icon="mdi6.arrow-expand-all"),
        spec("shrink", text="&Shrink", call=shape["Shrink"], shortcut="Ctrl+Down",
             help="One pixel smaller all around.", icon="mdi6.arrow-collapse-all"),
        spec("smooth", text="S&mooth", call=shape["Smooth"], shortcut="Ctrl+M",
             help="Round off corners and crumbs.", icon="mdi6.blur"),
        spec("fill_holes", text="&Fill holes", call=shape["Fill holes of"], shortcut="Ctrl+H",
             help="Fill everything that the mask encloses.", icon="mdi6.circle-slice-8"),
        spec("remove_islands", text="&Remove islands", call=shape["Remove islands of"],
             shortcut="Ctrl+L", help="Keep only the largest part.", icon="mdi6.island"),
        spec("copy_previous", text="Copy from &previous key frame", shortcut="Ctrl+Left",
             call=_attempt(w, partial(w.masks.copy, -1)), separator=True,
             help="The chosen object's mask, as it is on the key frame before."),
        spec("copy_next", text="Copy from &next key frame", shortcut="Ctrl+Right",
             call=_attempt(w, partial(w.masks.copy, 1)),
             help="The chosen object's mask, as it is on the key frame after."),
        spec("absent", text="Mark &absent on this frame", shortcut="N",
             call=_attempt(w, w.masks.mark_absent), icon="mdi6.eye-off-outline",
             help="The chosen object is not to be seen here: an empty mask that counts as drawn.",
             separator=True),
        spec("clear_mask", text="&Clear on this frame", shortcut="Del",
             call=_attempt(w, w.masks.clear),
             help="Forget the chosen object's mask on this frame; a run may fill it again."),
    ]


def _frames(w: MainWindow) -> list[ActionSpec]:
    ws = w.workspace
    spec = partial(ActionSpec, menu="&Frames", needs="project")
    return [
        spec("play", text="&Play or pause", call=w.player.toggle, shortcut="P",
             help="Play at the clip's own speed.", icon="mdi6.play"),
        spec("previous", text="Previous frame", call=lambda: ws.go_to(ws.frame - 1),
             shortcut="Left", help="One frame back.", icon="mdi6.step-backward"),
        spec("next", text="Next frame", call=lambda: ws.go_to(ws.frame + 1),
             shortcut="Right", help="One frame on.", icon="mdi6.step-forward"),
        spec("previous_key", text="Previous key frame", shortcut="Shift+Left",
             call=_attempt(w, partial(ws.review.go_to_key, -1)),
             help="The last one drawn or accepted.", icon="mdi6.skip-previous"),
        spec("next_key", text="Next key frame", shortcut="Shift+Right",
             call=_attempt(w, partial(ws.review.go_to_key, 1)),
             help="The next one drawn or accepted.", icon="mdi6.skip-next"),
        spec("span_start", text="Range &begins here", call=ws.set_span_start, shortcut="I",
             help="Runs, review and export keep to it. Also: Shift and drag on the timeline.",
             icon="mdi6.contain-start", separator=True),
        spec("span_end", text="Range &ends here", call=ws.set_span_end, shortcut="O",
             help="Runs, review and export keep to the range.", icon="mdi6.contain-end"),
        spec("span_clear", text="&Whole clip", call=ws.clear_span, shortcut="Shift+I",
             help="No range: runs, review and export take all frames."),
    ]


def _review(w: MainWindow) -> list[ActionSpec]:
    review = w.workspace.review
    spec = partial(ActionSpec, menu="&Review", needs="edit")
    return [
        spec("worst", text="Next &worst frame", call=_attempt(w, review.go_to_worst),
             shortcut="W", help="The frame whose mask is probably worst.", needs="project",
             icon="mdi6.alert-decagram-outline", toolbar="main", label="Next worst",
             separator=True),
        spec("accept", text="&Accept frame", call=_attempt(w, review.accept_frame), shortcut="A",
             help="These masks are right: make them key frames.", icon="mdi6.check-bold",
             toolbar="main", label="Accept"),
        spec("accept_next", text="Accept and show &next worst", shortcut="D", label="… and next",
             call=_attempt(w, review.accept_and_go_on), help="Accept this frame and go on."),
        spec("accept_object", text="Accept chosen &object", shortcut="Shift+A",
             call=_attempt(w, review.accept_object), label="… object",
             help="Only the chosen object's mask on this frame is right."),
        spec("accept_span", text="Accept &range", shortcut="Ctrl+Shift+A",
             call=_attempt(w, review.accept_span), label="… range",
             help="All masks of the range are right; without one, those between the key frames."),
        spec("reject", text="&Reject frame", call=_attempt(w, review.reject_frame), shortcut="R",
             help="Forget the model's masks of this frame; a run may make them anew.",
             icon="mdi6.close-thick", label="Reject"),
        spec("lock", text="&Lock or unlock frame", call=_attempt(w, review.toggle_lock),
             shortcut="L", help="Guard the masks against every change.",
             icon="mdi6.lock-outline", toolbar="main", label="Lock"),
        spec("note", text="Write a &note", call=w.write_note, shortcut="Ctrl+T",
             help="What is to be remembered about this frame.", icon="mdi6.note-text-outline",
             separator=True),
        spec("previous_note", text="Previous note", shortcut="Alt+Left", needs="project",
             call=_attempt(w, partial(w.notes.walk, -1)), help="The last frame with a note."),
        spec("next_note", text="Next note", shortcut="Alt+Right", needs="project",
             call=_attempt(w, partial(w.notes.walk, 1)), help="The next frame with a note."),
    ]


def _run(w: MainWindow) -> list[ActionSpec]:
    ws = w.workspace
    spec = partial(ActionSpec, menu="R&un", needs="edit")
    return [
        spec("run_interpolate", text="&Fill between key frames", shortcut="F",
             call=lambda: w.run_panel.start("interpolate"), help="From both sides.",
             icon="mdi6.arrow-expand-horizontal"),
        spec("run_propagate", text="&Propagate", shortcut="G",
             call=lambda: w.run_panel.start("propagate"),
             help="Carry masks to all other frames.", icon="mdi6.arrow-right-bold"),
        spec("run_saliency", text="&Masks from scribbles",
             call=lambda: w.run_panel.start("saliency"), help="On every scribbled frame."),
        spec("resume", text="&Resume interrupted run", call=_attempt(w, ws.resume_interrupted),
             help="Go on where a run was cut off."),
        spec("cancel", text="&Cancel run", call=ws.cancel_runs, shortcut="Ctrl+.", needs="run",
             help="Finished frames are kept.", separator=True),
    ]


def _view(w: MainWindow) -> list[ActionSpec]:
    canvas = w.canvas
    spec = partial(ActionSpec, menu="&View", needs="project")
    return [
        spec("fit", text="&Fit", call=canvas.fit, shortcut="0", help="The whole picture.",
             icon="mdi6.fit-to-page-outline"),
        spec("actual", text="&1:1", call=canvas.zoom_actual, shortcut="1",
             help="One image pixel is one screen pixel."),
        spec("zoom_in", text="Zoom in", call=lambda: canvas.zoom_by(1.25), shortcut="+",
             help="Also: the wheel."),
        spec("zoom_out", text="Zoom out", call=lambda: canvas.zoom_by(0.8), shortcut="-",
             help="Also: the wheel."),
        spec("masks", text="Show or hide &masks", call=w.look.toggle_masks, shortcut="M",
             help="Look at the picture alone; press again for the masks.", separator=True),
        spec("next_mode", text="&Next overlay mode", call=w.look.next_mode, shortcut="V",
             help="Masks, contours, faded background, picture only."),
        spec("onion", text="&Onion skin", call=lambda: w.look.set_onion(not w.look.onion),
             shortcut="Shift+O", help="Contours of the frames before and after.",
             checked=lambda: w.look.onion),
        spec("theme", text="Dark or light", call=w.custom.switch_theme, help="Switch the look.",
             needs="", separator=True),
    ]


def _help(w: MainWindow) -> list[ActionSpec]:
    return [
        ActionSpec("palette", menu="&Help", text="&Commands …", call=w.ask_command,
                   shortcut="Ctrl+K", help="Find any command by a few letters of its name."),
        ActionSpec("about", menu="&Help", text="&Keys and about", call=w.show_help,
                   shortcut="F1", help="All shortcuts on one page."),
    ]

"""The table of the window's commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.ui.actions import ActionSpec
from annotator.ui.workspace import Tool

if TYPE_CHECKING:
    from annotator.ui.main_window import MainWindow


def window_actions(w: MainWindow) -> list[ActionSpec]:
    """All commands, in the order of the menus."""
    ws = w.workspace
    spec = ActionSpec
    return [
        spec("open", "&File", "&Open video or project …", "Open a video file or a project.",
             w.ask_file, "mdi6.folder-open-outline", "Ctrl+O", toolbar=True),
        spec("open_folder", "&File", "Open &folder …", "Open a folder of images, or a project.",
             w.ask_folder, "mdi6.image-multiple-outline", "Ctrl+Shift+O"),
        spec("locate", "&File", "&Locate media …", "Show where the media of this project are now.",
             w.ask_media, needs="project"),
        spec("import", "&File", "&Import labels …", "Read masks or scribbles from files.",
             w.ask_import, "mdi6.import", "Ctrl+I", "edit", separator=True),
        spec("export", "&File", "&Export labels …", "Write masks in a format for training.",
             w.ask_export, "mdi6.export", "Ctrl+E", "project", toolbar=True),
        spec("close", "&File", "&Close project", "Everything is saved already.",
             w.close_project, "", "Ctrl+W", "project", separator=True),
        spec("quit", "&File", "&Quit", "Everything is saved already.", w.close, "", "Ctrl+Q"),
        spec("undo", "&Edit", "&Undo", "Take back the last step, also after a restart.",
             lambda: ws.attempt(ws.undo), "mdi6.undo", "Ctrl+Z", "edit", toolbar=True),
        spec("redo", "&Edit", "&Redo", "Do again what was undone.",
             lambda: ws.attempt(ws.redo), "mdi6.redo", "Ctrl+Shift+Z", "edit", toolbar=True),
        spec("add_object", "&Edit", "&Add object", "Add another object.",
             w.objects.add_object, "mdi6.plus", "Ctrl+N", "edit", separator=True),
        spec("clear_strokes", "&Edit", "Clear scribbles of this frame",
             "Remove the scribbles; the masks stay.", w.clear_strokes, "", "", "edit"),
        spec("scribble", "&Tools", "&Scribble object", "Draw a line inside the object.",
             lambda: ws.choose_tool(Tool.SCRIBBLE), "mdi6.draw", "S", "edit", "tool", True),
        spec("background", "&Tools", "Scribble &background", "Draw a line where the object is not.",
             lambda: ws.choose_tool(Tool.BACKGROUND), "mdi6.draw-pen", "X", "edit", "tool", True),
        spec("brush", "&Tools", "&Brush", "Paint mask pixels.",
             lambda: ws.choose_tool(Tool.BRUSH), "mdi6.brush", "B", "edit", "tool", True),
        spec("eraser", "&Tools", "&Eraser", "Erase mask pixels of the chosen object.",
             lambda: ws.choose_tool(Tool.ERASER), "mdi6.eraser", "E", "edit", "tool", True),
        spec("pan", "&Tools", "&Pan", "Move the picture (or hold space, or the middle button).",
             lambda: ws.choose_tool(Tool.PAN), "mdi6.hand-back-right-outline", "H", "project",
             "tool", True),
        spec("smaller", "&Tools", "Smaller pen", "Also: Alt and the wheel.",
             lambda: ws.set_radius(ws.radius / 1.25), "", "[", "edit", separator=True),
        spec("larger", "&Tools", "Larger pen", "Also: Alt and the wheel.",
             lambda: ws.set_radius(ws.radius * 1.25), "", "]", "edit"),
        spec("play", "&Frames", "&Play or pause", "Play at the clip's own speed.",
             w.player.toggle, "mdi6.play", "P", "project", toolbar=True),
        spec("previous", "&Frames", "Previous frame", "One frame back.",
             lambda: ws.go_to(ws.frame - 1), "", "Left", "project"),
        spec("next", "&Frames", "Next frame", "One frame on.",
             lambda: ws.go_to(ws.frame + 1), "", "Right", "project"),
        spec("previous_key", "&Frames", "Previous key frame", "The last one drawn or accepted.",
             lambda: w.go_to_key(-1), "mdi6.skip-previous", "Shift+Left", "project"),
        spec("next_key", "&Frames", "Next key frame", "The next one drawn or accepted.",
             lambda: w.go_to_key(1), "mdi6.skip-next", "Shift+Right", "project"),
        spec("worst", "&Review", "Next &worst frame", "The frame whose mask is probably worst.",
             lambda: ws.attempt(ws.go_to_worst), "mdi6.alert-decagram-outline", "W", "project",
             toolbar=True),
        spec("accept", "&Review", "&Accept frame", "These masks are right: make them key frames.",
             w.accept_frame, "mdi6.check-bold", "A", "edit", toolbar=True),
        spec("lock", "&Review", "&Lock or unlock frame", "Guard the masks against every change.",
             w.toggle_lock, "mdi6.lock-outline", "L", "edit", toolbar=True),
        spec("run_interpolate", "&Run", "&Fill between key frames", "From both sides.",
             lambda: w.run_panel.start("interpolate"), "mdi6.arrow-expand-horizontal", "F", "edit"),
        spec("run_propagate", "&Run", "&Propagate", "Carry masks to all other frames.",
             lambda: w.run_panel.start("propagate"), "mdi6.arrow-right-bold", "G", "edit"),
        spec("run_saliency", "&Run", "&Masks from scribbles", "On every scribbled frame.",
             lambda: w.run_panel.start("saliency"), "", "", "edit"),
        spec("resume", "&Run", "&Resume interrupted run", "Go on where a run was cut off.",
             lambda: ws.attempt(ws.resume_interrupted), "", "", "edit"),
        spec("cancel", "&Run", "&Cancel run", "Finished frames are kept.",
             ws.cancel_runs, "", "Ctrl+.", "run", separator=True),
        spec("fit", "&View", "&Fit", "The whole picture.", w.canvas.fit, "", "0", "project"),
        spec("actual", "&View", "&1:1", "One image pixel is one screen pixel.",
             w.canvas.zoom_actual, "", "1", "project"),
        spec("zoom_in", "&View", "Zoom in", "Also: the wheel.",
             lambda: w.canvas.zoom_by(1.25), "", "+", "project"),
        spec("zoom_out", "&View", "Zoom out", "Also: the wheel.",
             lambda: w.canvas.zoom_by(0.8), "", "-", "project"),
        spec("masks", "&View", "Show or hide &masks", "Hold nothing, just press again.",
             w.toggle_masks, "", "M", "project"),
        spec("theme", "&View", "Dark or light", "Switch the look.", w.switch_theme, "", "",
             separator=True),
        spec("about", "&Help", "&Keys and about", "All shortcuts on one page.", w.show_help, "",
             "F1"),
    ]  # fmt: skip

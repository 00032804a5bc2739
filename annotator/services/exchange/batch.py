"""Many media, one after the other: which they are, and the project of each."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from annotator.core.errors import ProjectError, RequestError, StrokeflowError
from annotator.core.review import STAGES
from annotator.io.media import open_media
from annotator.io.media.base import IMAGE_SUFFIXES, VIDEO_SUFFIXES
from annotator.io.store import FOLDER_SUFFIX, open_store, read_meta
from annotator.services.project.projects import (
    MEDIA_CACHE,
    create_project,
    is_project,
    open_project,
    relocate_media,
)
from annotator.services.project.records import decode_stage


class Medium(msgspec.Struct, frozen=True):
    """One line of the list.

    Attributes:
        name: of the project, which stands for `{name}` in steps.
        path: video, image folder, or the project itself; absolute.
        project: folder of the project; absolute.
    """

    name: str
    path: str
    project: str

    @property
    def has_own_project(self) -> bool:
        """True where the list names the project, not its media."""
        return self.path == self.project


def read_list(place: Path, projects: Path | None = None) -> tuple[Medium, ...]:
    """The media of a list: a text file with one on each line, or a folder that holds them.

    Args:
        projects: where projects are made; None = beside the list, or in the folder.

    Raises RequestError that names every medium which is missing or has the name of another one.
    """
    place = place.absolute()
    if place.is_dir():
        if is_project(place):
            raise RequestError(f"'{place}' is a project, not a list.", "Put it into a list.")
        paths, home = _media_in(place), place
    else:
        paths, home = _named_in(place), place.parent
    target = home if projects is None else projects.absolute()
    if place.is_dir():
        paths = [path for path in paths if not _made_for_another(path, paths, target)]
    if not paths:
        raise RequestError(f"'{place}' names no media.", "List videos, image folders or projects.")
    media = tuple(_medium(path, target) for path in paths)
    _refuse_bad(media)
    return media


def _named_in(place: Path) -> list[Path]:
    try:
        text = place.read_text("utf-8-sig")
    except FileNotFoundError:
        raise RequestError(f"There is no list '{place}'.", "Check the path.") from None
    except UnicodeDecodeError:
        raise RequestError(
            f"'{place}' is no text in UTF-8.", "Write the path of one medium on each line."
        ) from None
    lines = (line.strip() for line in text.splitlines())
    return [place.parent / line for line in lines if line and not line.startswith("#")]


def _media_in(folder: Path) -> list[Path]:
    from annotator.io.media.images import natural_key  # decoders: not before needed

    def is_medium(path: Path) -> bool:
        if path.name.startswith("."):
            return False
        if not path.is_dir():
            return path.suffix.lower() in VIDEO_SUFFIXES
        return is_project(path) or any(
            p.suffix.lower() in IMAGE_SUFFIXES and not p.name.startswith(".")
            for p in path.iterdir()
        )

    found = [path for path in folder.iterdir() if is_medium(path)]
    return sorted(found, key=lambda path: (natural_key(path.name), path.name))


def _made_for_another(path: Path, paths: Iterable[Path], target: Path) -> bool:
    """True for the project that an earlier batch or the window made for a medium beside it."""
    return is_project(path) and any(
        not is_project(other) and _medium(other, target).project == str(path) for other in paths
    )


def _medium(path: Path, target: Path) -> Medium:
    if path.suffix == FOLDER_SUFFIX:
        return Medium(path.stem, str(path), str(path))
    name = path.name if path.is_dir() else path.stem
    return Medium(name, str(path), str(target / f"{name}{FOLDER_SUFFIX}"))


def _refuse_bad(media: Iterable[Medium]) -> None:
    by_name: dict[str, list[str]] = {}
    missing = []
    for medium in media:
        by_name.setdefault(medium.name.casefold(), []).append(medium.path)
        if not Path(medium.path).exists():
            missing.append(medium.path)
    told = []
    if missing:
        told.append(f"The list names what is not there: {', '.join(missing)}.")
    twins = [" and ".join(paths) for paths in by_name.values() if len(paths) > 1]
    if twins:
        told.append(f"These would have the same project: {'; '.join(twins)}.")
    if told:
        raise RequestError(" ".join(told), "Mend the list; nothing was done yet.")


def take_up(medium: Medium) -> tuple[str, tuple[str, ...]]:
    """Make sure that the project of a medium is there and finds its media; their fingerprint, and
    what is to be told: what is wrong with them, and what was cut off in the project last time.

    Raises StrokeflowError, also where the project belongs to other media.
    """
    folder, path = Path(medium.project), Path(medium.path)
    if not folder.exists():
        create_project(folder, path)
    project = open_project(folder, need_media=False)
    try:
        fingerprint = project.session.meta.fingerprint
        if not medium.has_own_project:
            with open_media(path, folder / MEDIA_CACHE) as media:
                if media.fingerprint != fingerprint:
                    raise ProjectError(
                        f"'{folder}' is the project of other media than '{path}'.",
                        "Move it away, or choose another place with --projects.",
                    )
            if project.media is None:
                relocate_media(project, path)
        if project.media is None:
            assert project.media_problem is not None
            raise project.media_problem
        cut_off = tuple(told.message for told in project.session.store.cut_off)
        return fingerprint, cut_off + project.media.notes
    finally:
        project.close()


def stage_of(medium: Medium) -> str:
    """Stage of a medium's project, see `STAGES`; the first one where it has no project yet.

    Nothing is written and nobody is kept from writing. Raises ProjectError, DiskError."""
    folder = Path(medium.project)
    if not folder.exists():
        return STAGES[0]
    store, _meta = open_store(folder, writable=False)
    try:
        changes = store.rows("stages")
    finally:
        store.close()
    return decode_stage(changes[-1][1]).stage if changes else STAGES[0]


def known_fingerprint(medium: Medium) -> str | None:
    """That of a medium whose project is there and was made with it as it is now, else None.

    Nothing is written and nobody is kept from writing."""
    folder = Path(medium.project)
    if not folder.is_dir():
        return None
    try:
        fingerprint = read_meta(folder).fingerprint
        if medium.has_own_project:
            open_project(folder, writable=False).close()  # raises if they have changed
            return fingerprint
        with open_media(medium.path, folder / MEDIA_CACHE) as media:
            return fingerprint if media.fingerprint == fingerprint else None
    except StrokeflowError:
        return None

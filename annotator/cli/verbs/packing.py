"""`pack`, `unpack`: projects as one file; and what `info` says about such a file."""

from __future__ import annotations

import time
from pathlib import Path

from annotator.cli.output import print_json
from annotator.io.packed import read_manifest


def pack(project: Path, out: Path | None, media: bool, as_json: bool) -> None:
    from annotator.cli.jobs import carried_out
    from annotator.cli.verbs.project import opened
    from annotator.services.project.packing import PACK, Packed, pack_order

    with (place := opened(project, writable=False, need_media=False)) as bench:
        order = pack_order(bench.project, out, media)
        packed: Packed = carried_out("Pack", PACK, order, place.application)
    if as_json:
        print_json(
            {
                "file": packed.file,
                "bytes": packed.size,
                "files": packed.files,
                "media": packed.media,
            }
        )
    else:
        inside = "with its media" if packed.media else "without its media"
        print(f"Packed {packed.file}: {packed.size / (1 << 20):.1f} MiB, {inside}.")


def unpack(file: Path, out: Path | None, as_json: bool) -> None:
    from annotator.cli.jobs import carried_out
    from annotator.cli.verbs.project import describe, opened
    from annotator.services.project.packing import UNPACK, UnpackOrder, unpacked_folder

    order = UnpackOrder(str(file.absolute()), str(unpacked_folder(file, out)))
    folder: str = carried_out("Unpack", UNPACK, order)
    if not as_json:
        print(f"Unpacked {folder}.")
        return
    with opened(Path(folder), writable=False, need_media=False) as bench:
        print_json(describe(bench))


def tell_packed(file: Path, as_json: bool) -> None:
    """What a packed project says about itself."""
    manifest = read_manifest(file)
    if as_json:
        print_json(
            {
                "packed": str(file),
                "format": manifest.format,
                "app_version": manifest.app_version,
                "name": manifest.name,
                "time": manifest.packed,
                "media": manifest.media or None,
                "made_with": manifest.made_with,
                "kind": manifest.kind,
                "frames": manifest.n_frames,
                "width": manifest.width,
                "height": manifest.height,
                "fps": manifest.fps,
                "files": [{"name": m.name, "bytes": m.size} for m in manifest.members],
                "bytes": manifest.size,
            }
        )
        return
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(manifest.packed))
    inside = "in it" if manifest.media else "not in it"
    print(f"{file}")
    version = _printable(manifest.app_version)
    print(f"  project  {manifest.name}, packed {when} by Strokeflow {version}")
    print(f"  media    {_printable(manifest.made_with)}, {inside}")
    print(
        f"  frames   {manifest.n_frames} of {manifest.width}x{manifest.height}, "
        f"{manifest.fps:.3f} fps"
    )
    print(f"  files    {len(manifest.members)}, {manifest.size / (1 << 20):.1f} MiB unpacked")
    print(f"  To open it: strokeflow unpack {file}")


def _printable(text: str) -> str:
    """What a file says, without signs that a terminal would obey."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)

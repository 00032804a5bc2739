"""How many cores there are for this process, which may be fewer than the machine has."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

_CONTROLLERS = ("cpu", "cpu,cpuacct", "cpuacct,cpu")
"""Folders of the CPU controller of control groups version 1; all three names are in use."""


def usable_cores() -> int:
    """Cores that this process may keep busy, at least 1: those of the machine, of its affinity, and
    of the CPU quota of its container or service, the smallest of all. A part of a core counts as
    one."""
    cores = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    quota = cpu_quota()
    return max(1, cores if quota is None else min(cores, math.ceil(quota)))


def cpu_quota(root: Path = Path("/")) -> float | None:
    """Cores' worth of time that Linux' control groups (version 1 or 2) let this process have, None
    if they set no bound: they do so for containers and services. `root` is where /proc and /sys
    lie."""
    quotas = [quota for folder in _groups(root) if (quota := _quota(folder)) is not None]
    return min(quotas, default=None)


def _groups(root: Path) -> Iterator[Path]:
    """Folders of the groups that this process is in, and of those above them, which bind it too."""
    mounts = root / "sys/fs/cgroup"
    for line in (_read(root / "proc/self/cgroup") or "").splitlines():
        _number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:
            places = [mounts]
        elif "cpu" in controllers.split(","):
            places = [mounts / name for name in _CONTROLLERS]
        else:
            continue
        # A container may be told its place on the host, and see its own group as the mount itself.
        parts = [part for part in PurePosixPath(path).parts if part not in ("/", "..")]
        for place in places:
            for depth in range(len(parts), -1, -1):
                yield place.joinpath(*parts[:depth])


def _quota(group: Path) -> float | None:
    limit = _read(group / "cpu.max")
    if limit is None:
        limit = f"{_read(group / 'cpu.cfs_quota_us')} {_read(group / 'cpu.cfs_period_us')}"
    try:
        quota, period = (int(number) for number in limit.split())
    except ValueError:  # "max", or there are no such files
        return None
    return quota / period if quota > 0 and period > 0 else None


def _read(file: Path) -> str | None:
    try:
        return file.read_text("ascii", errors="replace").strip()
    except OSError:
        return None

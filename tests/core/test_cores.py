"""How many cores may be used: of the machine, by affinity, by quotas of control groups."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from annotator.core import cores
from annotator.core.cores import cpu_quota, usable_cores


def lay(root: Path, files: dict[str, str]) -> Path:
    """Fake files of /proc and /sys."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text + "\n")
    return root


GROUPS, MOUNTS = "proc/self/cgroup", "sys/fs/cgroup"
SERVICE = "system.slice/x.service"


@pytest.mark.parametrize(
    ("files", "quota"),
    [
        ({}, None),
        ({GROUPS: "0::/", f"{MOUNTS}/cpu.max": "max 100000"}, None),
        ({GROUPS: "0::/", f"{MOUNTS}/cpu.max": "250000 100000"}, 2.5),
        ({GROUPS: "0::/", f"{MOUNTS}/cpu.max": "50000 100000"}, 0.5),
        ({GROUPS: f"0::/{SERVICE}", f"{MOUNTS}/{SERVICE}/cpu.max": "300000 100000"}, 3.0),
        (
            {
                GROUPS: f"0::/{SERVICE}",
                f"{MOUNTS}/{SERVICE}/cpu.max": "max 100000",
                f"{MOUNTS}/system.slice/cpu.max": "100000 50000",
                f"{MOUNTS}/other.slice/cpu.max": "10000 100000",
            },
            2.0,
        ),
        ({GROUPS: "0::/../../host", f"{MOUNTS}/cpu.max": "100000 100000"}, 1.0),
        (
            {
                GROUPS: "5:memory:/docker/ab\n4:cpuacct,cpu:/docker/ab",
                f"{MOUNTS}/memory/cpu.cfs_quota_us": "1",
                f"{MOUNTS}/memory/cpu.cfs_period_us": "100000",
                f"{MOUNTS}/cpu,cpuacct/cpu.cfs_quota_us": "150000",
                f"{MOUNTS}/cpu,cpuacct/cpu.cfs_period_us": "100000",
            },
            1.5,
        ),
        (
            {
                GROUPS: "4:cpu,cpuacct:/user",
                f"{MOUNTS}/cpu/user/cpu.cfs_quota_us": "-1",
                f"{MOUNTS}/cpu/user/cpu.cfs_period_us": "100000",
            },
            None,
        ),
        ({GROUPS: "3:cpuset:/a\n\nnonsense", f"{MOUNTS}/cpuset/a/cpu.max": "1 1"}, None),
        ({GROUPS: "0::/", f"{MOUNTS}/cpu.max": "100000 0"}, None),
        ({GROUPS: "0::/", f"{MOUNTS}/cpu.max": "é 100000"}, None),
    ],
)
def test_a_quota_is_read_where_control_groups_keep_it(
    tmp_path: Path, files: dict[str, str], quota: float | None
) -> None:
    assert cpu_quota(lay(tmp_path, files)) == quota


@pytest.mark.parametrize(
    ("machine", "affinity", "quota", "usable"),
    [
        (8, 8, None, 8),
        (8, 3, None, 3),
        (8, 8, 2.5, 3),
        (8, 2, 6.0, 2),
        (8, 8, 0.1, 1),
        (None, 1, None, 1),
        (4, None, None, 4),
        (4, None, 1.0, 1),
    ],
)
def test_the_smallest_bound_counts(
    monkeypatch: pytest.MonkeyPatch,
    machine: int | None,
    affinity: int | None,
    quota: float | None,
    usable: int,
) -> None:
    """Without an affinity: as on Windows and macOS."""
    monkeypatch.setattr(os, "cpu_count", lambda: machine)
    monkeypatch.setattr(cores, "cpu_quota", lambda: quota)
    if affinity is None:
        monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    else:
        monkeypatch.setattr(
            os, "sched_getaffinity", lambda _pid: set(range(affinity)), raising=False
        )
    assert usable_cores() == usable


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Linux only")
def test_this_process_may_be_bound_to_one_core() -> None:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert usable_cores() == 1
    finally:
        os.sched_setaffinity(0, before)

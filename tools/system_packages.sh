#!/bin/sh
# Installs the shared libraries that Qt and OpenCV load at run time, on Debian and its kin.
# Elsewhere, or without the right to install, it only says what is missing.
set -eu

packages="libgl1 libegl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon0 libxkbcommon-x11-0
libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
libxcb-shape0 libxcb-xinerama0 fonts-dejavu-core"
# Only for tools/e2e_xvfb.py: a screen, a window manager, hands, eyes, and Chinese letters.
[ "${1:-}" = x11 ] && packages="$packages xvfb openbox xdotool imagemagick fonts-noto-cjk"

command -v dpkg-query >/dev/null 2>&1 || exit 0
missing=""
for package in $packages; do
    state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    case "$state" in
        *"ok installed") ;;
        *) missing="$missing $package" ;;
    esac
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -q
    # shellcheck disable=SC2086 - the list is meant to be split
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
else
    echo "Missing system libraries; install them with: sudo apt-get install$missing"
fi

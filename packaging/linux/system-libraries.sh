#!/usr/bin/env bash
# Install the system libraries that the Python wheels of OpenCV, MediaPipe, Qt and sounddevice load, where they are missing,
# and bubblewrap, which keeps plugins from the network and from other people's folders.
# Does nothing on a machine that has them, and nothing but tell which are missing where it cannot install them.
# With TESTS=1, also the programs and the font that tests and screenshots of the window use.
set -euo pipefail

[ "$(uname -s)" = Linux ] || exit 0

libraries=(
    "libGL.so.1 libgl1"
    "libEGL.so.1 libegl1"
    "libGLESv2.so.2 libgles2"
    "libglib-2.0.so.0 libglib2.0-0"
    "libxkbcommon.so.0 libxkbcommon0"
    "libdbus-1.so.3 libdbus-1-3"
    "libfontconfig.so.1 libfontconfig1"
    "libportaudio.so.2 libportaudio2"
    "libxcb-cursor.so.0 libxcb-cursor0"
    "libxcb-icccm.so.4 libxcb-icccm4"
    "libxcb-image.so.0 libxcb-image0"
    "libxcb-keysyms.so.1 libxcb-keysyms1"
    "libxcb-render-util.so.0 libxcb-render-util0"
    "libxcb-shape.so.0 libxcb-shape0"
    "libxcb-xkb.so.1 libxcb-xkb1"
    "libxkbcommon-x11.so.0 libxkbcommon-x11-0"
)

# What tests of the window use: an X server without a screen, a mouse for it, and a font with Chinese.
programs=(
    "Xvfb xvfb"
    "xdotool xdotool"
    "fc-list fontconfig"
)

packages=()
for entry in "${libraries[@]}"; do
    read -r library package <<<"$entry"
    "${PYTHON:-python3}" -c "import ctypes; ctypes.CDLL('$library')" 2>/dev/null || packages+=("$package")
done
if ! command -v bwrap >/dev/null; then
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        packages+=(bubblewrap)
    else
        # Plugins run without it, and the studio says that nothing keeps them from network and folders.
        echo "bubblewrap is not installed; plugins of others will not be confined (package bubblewrap)" >&2
    fi
fi
if [ "${TESTS:-}" = 1 ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    # Without them the tests that need them are left out.
    for entry in "${programs[@]}"; do
        read -r program package <<<"$entry"
        command -v "$program" >/dev/null || packages+=("$package")
    done
    [ -n "$(fc-list :lang=zh 2>/dev/null)" ] || packages+=("fonts-noto-cjk")
fi
[ ${#packages[@]} -gt 0 ] || exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    echo "Installing ${packages[*]}"
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${packages[@]}" >/dev/null
elif command -v apt-get >/dev/null; then
    echo "Missing system libraries. Install them with:" >&2
    echo "    sudo apt-get install ${packages[*]}" >&2
    exit 1
else
    echo "Missing system libraries; the Debian packages that hold them are: ${packages[*]}" >&2
    echo "Install your system's equivalents if importing cv2, mediapipe or PySide6 fails." >&2
fi

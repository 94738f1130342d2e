#!/usr/bin/env bash
# Build the application and its disk image on macOS: packaging/macos/make_dmg.sh [OUT]
# Needs the packages of `pip install -e ".[gui,package]" -e trainer -e plugins/...`.
# Set TALKFACE_SIGN_IDENTITY to sign, and TALKFACE_NOTARY_PROFILE (of `notarytool store-credentials`) to have it notarised.
set -euo pipefail

out=${1:-build/package}
here=$(cd "$(dirname "$0")" && pwd)
export TALKFACE_ENTITLEMENTS=$here/entitlements.plist
PYTHONPATH=packaging "${PYTHON:-.venv/bin/python}" -m talkface_bundle.build "$out"
app="$out/TalkFace Studio.app"
cp "$out/talkface-studio/NOTICES.txt" "$out/talkface-studio/LICENSE.txt" "$app/Contents/Resources/"
identity=${TALKFACE_SIGN_IDENTITY:--}
# What was added after PyInstaller signed is sealed again; "-" is a signature without a name, for this Mac alone.
options=(--force --deep --sign "$identity" --entitlements "$TALKFACE_ENTITLEMENTS")
[ "$identity" = - ] || options+=(--options runtime --timestamp)
codesign "${options[@]}" "$app"
codesign --verify --deep --strict "$app"

version=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$out/build.json")
image="$out/talkface-studio-$version.dmg"
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cp -R "$app" "$stage/"
ln -s /Applications "$stage/Applications"
hdiutil create -volname "TalkFace Studio" -srcfolder "$stage" -ov -format UDZO "$image"
if [ -n "${TALKFACE_NOTARY_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$TALKFACE_NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
echo "$image"

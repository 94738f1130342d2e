#!/usr/bin/env bash
# Pack the application into a Debian package: make_deb.sh FOLDER OUT, where FOLDER is what talkface_bundle.build made.
# The same folder and SOURCE_DATE_EPOCH give the same package.
set -euo pipefail

folder=$(realpath "$1")
out=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
stamp=$folder/_internal/talkface_studio/build.json
version=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$stamp")
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(stat -c %Y "$stamp")}"
architecture=$(dpkg --print-architecture)
tree=$(mktemp -d "$out/.deb.XXXXXX")
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"

install -d "$tree/opt" "$tree/usr/bin" "$tree/DEBIAN"
cp -al "$folder" "$tree/opt/talkface-studio" 2>/dev/null || cp -a "$folder" "$tree/opt/talkface-studio"
for program in talkface talkface-studio; do
    ln -s "/opt/talkface-studio/$program" "$tree/usr/bin/$program"
done
install -Dm644 "$here/org.talkface.Studio.desktop" "$tree/usr/share/applications/org.talkface.Studio.desktop"
install -Dm644 "$here/talkface-studio.xml" "$tree/usr/share/mime/packages/talkface-studio.xml"
install -Dm644 "$here/../icon.svg" "$tree/usr/share/icons/hicolor/scalable/apps/talkface-studio.svg"
install -Dm644 "$here/../icon.svg" "$tree/usr/share/icons/hicolor/scalable/mimetypes/application-x-talkface-project.svg"
install -Dm644 "$folder/NOTICES.txt" "$tree/usr/share/doc/talkface-studio/copyright"
for size in 16 32 48 128 256; do
    icon=$out/icons/$size.png
    if [ -f "$icon" ]; then
        install -Dm644 "$icon" "$tree/usr/share/icons/hicolor/${size}x$size/apps/talkface-studio.png"
    fi
done

cat >"$tree/DEBIAN/control" <<CONTROL
Package: talkface-studio
Version: $version
Architecture: $architecture
Maintainer: TalkFace Studio <packages@talkface.invalid>
Installed-Size: $(du -sk --apparent-size "$tree" | cut -f1)
Depends: libc6 (>= 2.31), libgl1, libegl1, libgles2, libfontconfig1, libdbus-1-3, libglib2.0-0 | libglib2.0-0t64, libxkbcommon0
Recommends: bubblewrap
Section: video
Priority: optional
Description: Dub a face with a voice
 A photo or a video and any speech become a video in which the person says it. Everything runs on this machine.
 Models are plugins; three are bundled, and those of others run in processes of their own.
CONTROL
find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
package=$out/talkface-studio_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zzstd -z"${TALKFACE_DEB_LEVEL:-15}" --build "$tree" "$package.part" >/dev/null
mv "$package.part" "$package"
echo "$package"

"""What the bin says of a file, in a line or two."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from talkface_studio.project.document.media import Media


def length_text(seconds: float) -> str:
    """Minutes and seconds, "1:02.5"; hours where there are any."""
    tenths = round(seconds * 10)
    hours, rest = divmod(tenths, 36_000)
    minutes, rest = divmod(rest, 600)
    whole = f"{minutes:02}" if hours else str(minutes)
    return (f"{hours}:" if hours else "") + f"{whole}:{rest // 10:02}.{rest % 10}"


def details(media: Media) -> str:
    """Length and size of the picture, and in a second line its frame rate; or what keeps it from being used."""
    translate = QCoreApplication.translate
    if media.problem is not None:
        # The line stands below the file's name.
        return media.problem.reason.removeprefix(f"{media.path}: ").removeprefix(f"{media.path.name}: ")
    facts = media.facts
    if facts is None:
        return translate("Bin", "Looking at it…")
    shape, more = [], []
    if media.kind != "photo":
        shape.append(length_text(facts.duration))
    if facts.width is not None and facts.height is not None:
        shape.append(f"{facts.width}\u00a0×\u00a0{facts.height}")
    if facts.frame_rate is not None:
        more.append(translate("Bin", "{0:.5g} fps").format(float(facts.frame_rate)))
    if media.kind == "video" and not facts.has_sound:
        more.append(translate("Bin", "no sound"))
    return "\n".join("  ·  ".join(parts) for parts in (shape, more) if parts)

"""Pictures from strangers, drawn anew: what was hidden beside the picture is gone, and so is what
the camera wrote about the place."""

from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS: Final = 40_000_000
QUALITY: Final = 88
# What is drawn again, by media type. Everything else is only ever offered for saving.
FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_MOVING: Final = {"image/gif": "GIF"}


class NotAPicture(Exception):
    """It cannot be decoded, or is larger than we decode."""


def redraw(path: Path, mime: str) -> tuple[int, int]:
    """Decode and encode in place, upright; returns width and height in pixels.

    Moving pictures are only measured: they lose their movement when drawn again. Raises
    `NotAPicture`, also for media types that are not drawn.
    """
    wanted = FORMATS.get(mime) or _MOVING.get(mime)
    if wanted is None:
        raise NotAPicture(mime)
    try:
        with Image.open(path, formats=[wanted]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NotAPicture("too many pixels")
            if getattr(image, "is_animated", False) or mime in _MOVING:
                return image.size
            upright = ImageOps.exif_transpose(image)
            upright.info.clear()
            _replace(path, upright, wanted)
            return upright.size
    except _REFUSED as error:
        raise NotAPicture(str(error)) from error


def thumbnail(path: Path, target: Path, side: int) -> None:
    """A square JPEG of at most `side` pixels. Raises `NotAPicture`."""
    try:
        with Image.open(path, formats=list(FORMATS.values())) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NotAPicture("too many pixels")
            upright = ImageOps.exif_transpose(image).convert("RGB")
            square = ImageOps.fit(upright, (min(side, *upright.size),) * 2)
            square.info.clear()
            square.save(target, "JPEG", quality=QUALITY)
    except _REFUSED as error:
        raise NotAPicture(str(error)) from error
    target.chmod(0o600)


_REFUSED: Final = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    ValueError,
    SyntaxError,
)


def _replace(path: Path, image: Image.Image, form: str) -> None:
    drawn = path.with_name(path.name + ".drawn")
    try:
        image.save(drawn, form, quality=QUALITY)
        drawn.chmod(0o600)
        drawn.replace(path)
    finally:
        drawn.unlink(missing_ok=True)

"""Pictures that people hand in, made anew."""

from __future__ import annotations

import io
import warnings

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from ..errors import RefusedError

MAX_BYTES = 8 * 1024 * 1024
"""Of a file that is handed in: a photograph from a phone."""
MAX_PIXELS = 40_000_000
"""Of a picture: a file of a few bytes can claim more, and fill the memory."""
SIDE = 480
"""Pixels of the longer side of the picture that is kept."""


def reencoded(data: bytes) -> bytes:
    """The picture in ``data`` as a JPEG of at most ``SIDE`` pixels, without anything else that the file carries.

    Raises RefusedError for a file that is too large, or is no JPEG, PNG or WebP.
    """
    if len(data) > MAX_BYTES:
        raise RefusedError(_("a picture has 8 MB at most"), field="picture")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd in a file is left out, not told in the log
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise RefusedError(_("the picture has too many pixels: 40 million at most"), field="picture")
                # Small before anything else: forty million pixels, copied four times over, fill a server's memory.
                picture.draft("RGB", (2 * SIDE, 2 * SIDE))
                if picture.mode not in ("RGB", "RGBA", "L", "LA"):
                    picture = picture.convert("RGBA")
                picture.thumbnail((SIDE, SIDE))
                picture = ImageOps.exif_transpose(picture).convert("RGBA")
    except RefusedError:
        raise
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    ):
        raise RefusedError(
            _("this is no picture that can be read: a JPEG, PNG or WebP file"), field="picture"
        ) from None
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    out = io.BytesIO()
    ground.convert("RGB").save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()

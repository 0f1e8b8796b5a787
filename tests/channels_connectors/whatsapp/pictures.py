"""Pictures to send."""

import io

from PIL import Image


def picture(kind="PNG", size=(40, 30)):
    """A picture's bytes."""
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, kind)
    return data.getvalue()

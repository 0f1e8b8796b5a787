"""The letterbox: takes what platforms deliver, stores it raw, and answers. Nothing else happens
before the answer; the sorter reads the envelopes later.

`application` is the ASGI app of `/hooks/<kind>/<channel key>/`, mounted in front of Django: its own
handler costs about a millisecond a request, this one a tenth. `post` takes envelopes of our own.
"""

from inbox.letterbox.application import application
from inbox.letterbox.writer import Unavailable, post

__all__ = ["Unavailable", "application", "post"]

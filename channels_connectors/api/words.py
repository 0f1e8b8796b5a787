"""What goes wrong with the other system, in sentences for the agent and the admin."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

SIGNATURE_REFUSED: Final = _(
    "The other system does not accept our signature. Check that it knows this channel’s secret."
)
GONE: Final = _("The other system no longer knows this chat.")
REFUSED: Final = _("The other system does not accept this message.")
TOO_OFTEN: Final = _("The other system asks to wait before the next message.")
UNAVAILABLE: Final = _("The other system does not answer at the moment.")
MAYBE_SENT: Final = _(
    "The connection to the other system broke. The message may have been delivered."
)
REDIRECTS: Final = _("The callback address leads elsewhere. Name the address that it leads to.")
NOT_HTTPS: Final = _("The callback address must begin with https://.")
SHORT_SECRET: Final = _("The secret needs at least 16 characters.")
NO_POLLING: Final = _("This channel cannot be read by polling.")
EMPTY: Final = _("There is nothing to send: the message is empty.")
TOO_LONG: Final = _("The text is too long for the other system.")
FILES_TOO_LARGE: Final = _("The files of one message may have 20 MB together.")
FILE_TOO_LARGE: Final = _("The file is too large to be kept here.")
NO_FILE: Final = _("The other system no longer has this file.")

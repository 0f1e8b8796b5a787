"""Reading request bodies strictly: what can't be stored must not get past this door."""

from typing import IO, Any

import orjson
from django.utils.translation import gettext
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class JSONParser(BaseParser):
    """JSON as RFC 8259 has it: no NaN, no infinite numbers, no lone surrogates, bounded depth."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The document. Raises `ParseError` (400)."""
        try:
            return orjson.loads(stream.read())
        except orjson.JSONDecodeError as error:
            words = gettext("The body is not JSON: %(reason)s") % {"reason": error}
            raise ParseError(words) from None

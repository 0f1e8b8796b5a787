"""Django under ASGI with one hop to a thread and back for each request.

Our views and the middleware are synchronous. Django's own handler crosses between the event loop
and the thread for every layer of middleware, which costs more than many of our pages do.
"""

from typing import Any

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase


class OneHopHandler(ASGIHandler):
    """Builds the synchronous chain and runs it whole in the request's thread."""

    def load_middleware(self, is_async: bool = False) -> None:
        """The chain is synchronous whatever the base class asks for."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The chain's answer; async views are run by Django's synchronous handler too."""
        answer: Any = await sync_to_async(self.get_response, thread_sensitive=True)(request)
        return answer


def get_asgi_application() -> ASGIHandler:
    """Set Django up and return the handler."""
    django.setup(set_prefix=False)
    return OneHopHandler()

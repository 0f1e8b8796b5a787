"""vk_api over our own HTTP session.

vk_api is synchronous, so it runs in a thread; its session would wait without an end, keep a file of
its own, sleep between calls and leave the token in its errors. Ours does none of this: it hands
each call to the loop of `Api`, whose limits, proxies and errors are ours. Only what sends imports
this module.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, cast

from jconfig import MemoryConfig
from vk_api import VkApi

from channels_connectors.calls import CALL_SECONDS

from .api import VERSION, Api

# The loop bounds each call; this only frees the thread should the loop be gone.
_SLACK_SECONDS: Final = 5


class _Answer:
    """What vk_api wants of an answer of requests."""

    ok: Final = True

    def __init__(self, response: Any) -> None:
        self._response = response

    def json(self) -> dict[str, Any]:
        """The whole body; refusals have been raised before."""
        return {"response": self._response}


class _Session:
    """What vk_api wants of a session of requests."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._loop = asyncio.get_running_loop()

    def post(self, url: str, values: dict[str, Any], **options: Any) -> _Answer:
        """Call the method that ends this address, from the thread."""
        own = {name: value for name, value in values.items() if name not in ("access_token", "v")}
        return _Answer(self.wait(self._api.call(url.rpartition("/")[2], own), CALL_SECONDS))

    def wait(self, call: Coroutine[Any, Any, Any], seconds: float) -> Any:
        """The result of a coroutine that runs in the loop; its errors as they are."""
        future = asyncio.run_coroutine_threadsafe(call, self._loop)
        return future.result(seconds + _SLACK_SECONDS)


class Library(VkApi):  # type: ignore[misc]  # vk_api has no types
    """vk_api's calls without its habits: no pauses, no retries, no file."""

    RPS_DELAY = 0

    def __init__(self, api: Api) -> None:
        super().__init__(config=MemoryConfig, api_version=VERSION, session=_Session(api))
        # The token stays in `Api`, out of the errors of vk_api.
        self.token: dict[str, str] = {}
        self.error_handlers: dict[int, Any] = {}

    def wait(self, call: Coroutine[Any, Any, Any], seconds: float = CALL_SECONDS) -> Any:
        """The result of a call of our own, which runs in the loop."""
        return cast(_Session, self.http).wait(call, seconds)

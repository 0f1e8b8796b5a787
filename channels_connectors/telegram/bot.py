"""aiogram's methods over our own HTTP session.

aiogram's session waits a quarter of a second when it closes and leaves the bot's token in its
errors; ours does neither. Only what sends imports this: aiogram is large.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import cache
from typing import Any, TypeVar, cast

from aiohttp import FormData

from channels_connectors.calls import CALL_SECONDS
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig

from .api import Api
from .errors import FILE_REFUSED, MAYBE_SENT
from .models import BaseSession, Bot, InputFile, Response, TelegramMethod

Result = TypeVar("Result")


class ApiSession(BaseSession):
    """Turns a method of aiogram into a call of `Api`, whose errors are ours."""

    def __init__(self, api: Api) -> None:
        super().__init__()
        self._http = api

    async def make_request(
        self, bot: Bot, method: TelegramMethod[Result], timeout: int | None = None
    ) -> Result:
        files: dict[str, InputFile] = {}
        form = FormData(quote_fields=False)
        for name, value in method.model_dump(warnings=False).items():
            prepared = self.prepare_value(value, bot=bot, files=files)
            if prepared:
                form.add_field(name, prepared)
        for name, file in files.items():
            form.add_field(name, file.read(bot), filename=file.filename or name)
        result = await self._http.call(
            method.__api_method__, form=form, seconds=timeout or CALL_SECONDS
        )
        return _typed(bot, method, result)

    def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """Only files given by an address would need this, and we send from our own disk."""
        raise ConnectorError("bad_content", FILE_REFUSED)

    async def close(self) -> None:
        """`Api` closes what it opened."""


def open_bot(config: ChannelConfig, api: Api) -> Bot:
    """A bot that speaks through `api`."""
    return Bot(str(config.credentials["token"]).strip(), session=ApiSession(api))


@cache
def _answer_type(returned: Any) -> Any:
    """Built once: pydantic forgets generic models that nobody holds."""
    return Response[returned]


def _typed(bot: Bot, method: TelegramMethod[Result], result: Any) -> Result:
    try:
        answer = _answer_type(method.__returning__).model_validate(
            {"ok": True, "result": result}, context={"bot": bot}
        )
    except ValueError:
        # Telegram has done it, but we cannot read the ids.
        raise ConnectorError("transient", MAYBE_SENT, maybe_sent=True) from None
    return cast(Result, answer.result)

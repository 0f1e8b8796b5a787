"""The control APIs, for tests and for the phone pages: `/<platform>/<token>/control/...`.

Parameters come as JSON or as a form; answers are `{ok, result}` or `{ok: false, description}`.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from aiohttp import web

from .faults import BaseFault
from .telegram.parameters import Parameters
from .telegram.refusals import Refusal
from .worlds import BaseWorld

W = TypeVar("W", bound=BaseWorld)
A = TypeVar("A")
Deed = Callable[[W, A, Parameters], Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control(Generic[W, A]):
    """The routes of one platform. `find` gives the world and the account that a path names, or
    raises a `Refusal`."""

    def __init__(self, platform: str, find: Callable[[web.Request], tuple[W, A]]) -> None:
        self.routes = web.RouteTableDef()
        self._prefix = f"/{platform}/{{token}}/control"
        self._find = find
        self.routes.get(f"{self._prefix}/events")(self._events)

    def deed(self, path: str, verb: str = "POST") -> Callable[[Deed[W, A]], Deed[W, A]]:
        """Register something that can be done. The address of files is in `base`."""

        def register(deed: Deed[W, A]) -> Deed[W, A]:
            async def handle(request: web.Request) -> web.StreamResponse:
                try:
                    world, account = self._find(request)
                    parameters = await Parameters.of(request)
                    own = f"{request.scheme}://{request.host}"
                    parameters.values["base"] = world.base or own
                    result = deed(world, account, parameters)
                    if inspect.isawaitable(result):
                        result = await result
                except Refusal as refusal:
                    return web.json_response(refusal.body(), status=refusal.code)
                return web.json_response({"ok": True, "result": result})

            self.routes.route(verb, f"{self._prefix}/{path}")(handle)
            return deed

        return register

    def faults(self, fault_class: type[BaseFault]) -> None:
        """`POST faults` adds trouble or switches it, see `BaseFaults.switch`; `DELETE` clears."""

        def switch(world: W, account: Any, parameters: Parameters) -> dict[str, Any]:
            account.faults.switch(parameters, fault_class)
            return shown(world, account)

        def clear(world: W, account: Any, parameters: Parameters) -> dict[str, Any]:
            account.faults.clear()
            return shown(world, account)

        def shown(world: W, account: Any) -> dict[str, Any]:
            facts: dict[str, Any] = account.faults.shown()
            world.tell(account, "faults", faults=facts)
            return facts

        self.deed("faults")(switch)
        self.deed("faults", "DELETE")(clear)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """What happens in the account's chats, as server-sent events."""
        try:
            world, account = self._find(request)
        except Refusal as refusal:
            return web.json_response(refusal.body(), status=refusal.code)
        return await world.stream(request, account)  # type: ignore[arg-type]

"""The provider that changes refresh tokens for access tokens: `POST /email/oauth/token`.

Any refresh token of 20 characters is good, unless it says "revoked"; one that says "rotates" is
replaced at each use. Without one, an application with a secret gets in by itself.
`DELETE /email/oauth/token` ends all access tokens.
"""

from __future__ import annotations

import secrets

from aiohttp import web

from .world import EMAIL_WORLD

oauth_routes = web.RouteTableDef()
SECONDS = 3600


@oauth_routes.post("/email/oauth/token")
async def give(request: web.Request) -> web.Response:
    """An access token, as RFC 6749 has it."""
    world = request.app[EMAIL_WORLD]
    form = {name: str(value) for name, value in (await request.post()).items()}
    refresh, grant = form.get("refresh_token", ""), form.get("grant_type", "")
    error = ""
    if not form.get("client_id") or "unknown" in form["client_id"]:
        error = "invalid_client"
    elif grant == "refresh_token" and (len(refresh) < 20 or "revoked" in refresh):
        error = "invalid_grant"
    elif grant == "client_credentials" and not form.get("client_secret"):
        error = "invalid_client"
    elif grant not in {"refresh_token", "client_credentials"}:
        error = "unsupported_grant_type"
    world.journal.write("call", method="OAUTH token", grant=grant, error=error)
    if error:
        return web.json_response({"error": error}, status=400)
    token = f"ya29.{secrets.token_urlsafe(24)}"
    world.tokens.add(token)
    answer = {"access_token": token, "token_type": "Bearer", "expires_in": SECONDS}
    if "rotates" in refresh:
        answer["refresh_token"] = f"1//rotates-{secrets.token_urlsafe(18)}"
    return web.json_response(answer)


@oauth_routes.delete("/email/oauth/token")
async def end(request: web.Request) -> web.Response:
    """No access token is good any more."""
    request.app[EMAIL_WORLD].tokens.clear()
    return web.Response(status=204)


def read_xoauth2(line: bytes) -> tuple[str, str]:
    """The user and the access token of a log-in: `user=...^Aauth=Bearer ...^A^A`."""
    parts = line.decode("utf-8", "replace").split("\1")
    found = dict(part.partition("=")[::2] for part in parts if "=" in part)
    return found.get("user", ""), found.get("auth", "").removeprefix("Bearer ")

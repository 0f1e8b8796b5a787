"""users.get."""

from __future__ import annotations

from typing import Any

from sandbox.vk.parameters import Parameters
from sandbox.vk.world import Community, World


def get(world: World, community: Community, parameters: Parameters, base: str) -> list[Any]:
    """People with the fields that were asked for."""
    wanted = set(parameters.text("fields").split(","))
    found = []
    for person_id in parameters.integers("user_ids", 1000):
        known = world.people.get(person_id)
        if known is None:
            continue
        avatar = known.get("avatar")
        facts = {
            "screen_name": known.get("screen_name", f"id{person_id}"),
            "status": known.get("status", ""),
            "photo_200": f"{base}{avatar}" if avatar else f"{base}/vk/camera_200.png",
            "has_photo": int(bool(avatar)),
        }
        if city := known.get("city"):
            facts["city"] = {"id": 1, "title": city}
        names = {name: known.get(name, "") for name in ("first_name", "last_name")}
        chosen = {name: value for name, value in facts.items() if name in wanted}
        found.append({"id": person_id, **names, **chosen, "can_access_closed": True})
    return found


METHODS = {"users.get": get}

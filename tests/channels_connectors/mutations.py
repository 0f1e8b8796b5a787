"""What can happen to a body on its way, or when a platform changes its mind."""

import copy
import json

from hypothesis import strategies as some

STRANGE = (None, 0, -1, True, 1e300, 2**70, "", "x", "\u0000", "x" * 5000, [], {}, [{}], [None])


def places(value, path=()):
    """Every place in a document, as the keys that lead there."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield (*path, key)
            yield from places(value[key], (*path, key))


def shuffled(value, order=reversed):
    """The same document with its keys in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key], order) for key in order(list(value))}
    return [shuffled(item, order) for item in value] if isinstance(value, list) else value


def strange(draw):
    """A value that nobody expects; a copy, since the next deed may spoil it in turn."""
    return copy.deepcopy(draw(some.sampled_from(STRANGE)))


@some.composite
def spoiled(draw, found):
    """A recorded body with one to three of its parts missing, strange, doubled or unheard of."""
    document = copy.deepcopy(found[draw(some.integers(0, len(found) - 1))])
    for _ in range(draw(some.integers(1, 3))):
        known = list(places(document))
        if not known:
            break
        *way, last = known[draw(some.integers(0, len(known) - 1))]
        parent = document
        for key in way:
            parent = parent[key]
        deed = draw(some.sampled_from(["drop", "strange", "double", "unknown"]))
        if deed == "drop":
            del parent[last]
        elif deed == "strange":
            parent[last] = strange(draw)
        elif deed == "double":
            parent[last] = [parent[last], parent[last]]
        elif isinstance(parent, dict):
            parent["from_tomorrow"] = {"deep": [strange(draw)]}
    return json.dumps(document).encode()


@some.composite
def cut(draw, bodies):
    """A recorded body cut short, doubled, or with a byte changed."""
    body = bodies[draw(some.integers(0, len(bodies) - 1))]
    place = draw(some.integers(0, len(body) - 1))
    changed = bytes([draw(some.integers(0, 255))])
    return draw(
        some.sampled_from([body[:place], body + body, body[:place] + changed + body[place + 1 :]])
    )

"""Requests made by chance: several things wrong at once, and values that nobody has listed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

from hostile.attempts import Attempt, Parts, Source, framing_of
from hostile.bodies import MEDIA_TYPES, json_with
from hostile.calls import Call
from hostile.heads import HEADERS
from hostile.values import HEADER_VALUES, JSON_VALUES, QUERY_VALUES

DEEPEST = 4
LETTERS = (
    "aZ09 ._-|@:/?#%&=+\\\"'<>{}[]\x00\x01\x1f\x7f"
    "\u0130\u0131\u015f\u0301\u200b\u202e\ufeff\uffff\U0001f600\ud800\udc00"
)
"""What random text is made of."""


def generated(source: Source) -> Iterator[Attempt]:
    """Endlessly: one to four mutations of one call; the seed decides."""
    while True:
        number = source.random.getrandbits(64)
        made = _one(source, Random(number))
        yield replace(made, build=partial(_again, source, number))  # thousands of bodies are not kept


def _again(source: Source, number: int) -> Parts:
    return _one(source, Random(number)).build()


def _one(source: Source, random: Random) -> Attempt:
    call = random.choice(source.calls)
    headers, query, path_values = call.headers, list(call.query), dict(call.path_values)
    body, kind, done = call.body, call.content_type, []
    for _ in range(random.randint(1, 4)):
        match random.choice(("header", "query", "path", "body", "body", "body", "kind", "bytes")):
            case "header":
                name, value = random.choice(HEADERS), random.choice(list(HEADER_VALUES.values()))()
                headers = (*(pair for pair in headers if random.random() < 0.9), (name, value))
                done.append(name.decode())
            case "query":
                name = random.choice([*(name for name, _ in query), b"limit", b"imlec", b"musteri_id", b"durum"])
                query.append((name, random.choice(list(QUERY_VALUES.values()))()))
                done.append(f"?{name.decode()}")
            case "path" if path_values:
                name_in_path = random.choice(list(path_values))
                path_values[name_in_path] = random.choice(list(QUERY_VALUES.values()))()
                done.append(f"{{{name_in_path}}}")
            case "body" if call.media_type == "application/json":
                body = _random_body(call, random)
                done.append("body")
            case "kind" if body is not None and random.random() < 0.3:
                kind = random.choice(MEDIA_TYPES)
                done.append("media type")
            case "bytes" if body and len(body) < 10_000:
                body = _flipped(body, random)
                done.append("bytes of the body")
    changed = replace(call, query=tuple(query), path_values=path_values)
    build = partial(changed.raw, headers=headers, body=body, content_type=kind)
    what = f"{call.operation}: {', '.join(done) or 'nothing'}"
    return Attempt("generated", what, build, (call.method,), framing_of(changed.target))


def _random_body(call: Call, random: Random) -> bytes:
    value = dict(call.value)
    for name in call.field_names:
        chance = random.random()
        if chance < 0.25:
            value[name] = random_value(random, 0)
        elif chance < 0.3:
            value.pop(name, None)
    if random.random() < 0.3:
        place = random.choice([(), *((name,) for name in call.field_names)])
        return json_with(value, place, random.choice(list(JSON_VALUES.values()))())
    return json.dumps(value, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")


def random_value(random: Random, depth: int) -> Any:
    """Any JSON value, and numbers that JSON has not."""
    match random.randrange(10 if depth < DEEPEST else 8):
        case 0:
            return random.choice((None, True, False, "", [], {}))
        case 1:
            return random.choice((1, -1)) * random.getrandbits(random.choice((1, 8, 31, 53, 63, 64, 65, 200)))
        case 2:
            return random.choice((0.1, -0.0, 1e308, 5e-324, 1.0, float("nan"), float("inf"), random.random() * 10**9))
        case 3 | 4 | 5 | 6 | 7:
            length = random.choice((1, 2, 5, 20, 64, 128, 129, 255, 256, 300, 1_001, 4_001, 10_001))
            return "".join(random.choices(LETTERS, k=length))
        case 8:
            return [random_value(random, depth + 1) for _ in range(random.randrange(5))]
        case _:
            return {f"k{n}": random_value(random, depth + 1) for n in range(random.choice((1, 3, 51)))}


def _flipped(body: bytes, random: Random) -> bytes:
    changed = bytearray(body)
    for _ in range(random.randint(1, 4)):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)

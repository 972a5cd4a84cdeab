"""Planted defects of the server, each of which some attempt must find."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from cozum.protocol import WholeAnswers, _Cycle
from hostile.memory import held
from hostile.run import CATEGORIES, GROWTH_LIMIT, Outcome, Run
from hostile.stand import Stand
from impl import problems
from impl.actions import files, finding, once, origins
from impl.contract import call, full_way, lane, multipart, plan, replies
from impl.contract.bodies import JsonBody
from impl.contract.replies import CORS_HEADERS, WHOLE
from impl.problems import FileTypeNotAllowed, NotFound, Problem, TooManyRequests

MonkeyPatch = pytest.MonkeyPatch
Plant = Callable[[MonkeyPatch], None]
KEPT: list[Any] = []
"""What a planted leak holds on to."""


def _raises_on_an_emoji(patch: MonkeyPatch) -> None:
    read = JsonBody.read

    def spoilt(self: JsonBody, raw: bytes, headers: Any) -> Any:
        if "😀".encode() in raw:
            raise RuntimeError("an emoji")
        return read(self, raw, headers)

    patch.setattr(JsonBody, "read", spoilt)


def _error_without_envelope(patch: MonkeyPatch) -> None:
    patch.setattr(replies, "render", lambda problem, language, request_id: b'{"hata": "alan"}')


def _no_cors_on_errors(patch: MonkeyPatch) -> None:
    base_headers = replies.base_headers
    patch.setattr(replies, "base_headers", lambda path: [h for h in base_headers(path) if h not in CORS_HEADERS])


def _head_as_get(patch: MonkeyPatch) -> None:
    serve = lane.Lane.__call__

    def spoilt(self: Any, scope: Any, receive: Any, send: Any) -> Any:
        if scope.get("method") == "HEAD":
            scope["method"] = "GET"
        return serve(self, scope, receive, send)

    patch.setattr(lane.Lane, "__call__", spoilt)


def _authorization_twice(patch: MonkeyPatch) -> None:
    patch.setattr(call, "ONCE", call.ONCE - {b"authorization"})


def _no_proof_of_source(patch: MonkeyPatch) -> None:
    patch.setattr(full_way, "is_same_site", lambda *given: True)


def _chats_of_other_visitors(patch: MonkeyPatch) -> None:
    visitors_chat = finding.visitors_chat

    def spoilt(world: Any, tenant: Any, visitor_id: str, chat_id: int, token: Any, **more: Any) -> Any:
        async def find(tx: Any) -> Any:
            chat = await tx.chat(chat_id)
            if chat is None or chat.tenant_id != tenant.id:
                raise NotFound
            return await visitors_chat(world, tenant, chat.visitor_id, chat_id, token, **more)(tx)

        return find

    for module in ("impl.handlers.widget", "impl.actions.finding"):
        patch.setattr(f"{module}.visitors_chat", spoilt, raising=False)


def _no_retry_after(patch: MonkeyPatch) -> None:
    headers = TooManyRequests.headers
    patch.setattr(TooManyRequests, "headers", lambda self: [h for h in headers(self) if h[0] != b"retry-after"])


def _keys_of_other_visitors(patch: MonkeyPatch) -> None:
    id_of = once.id_of
    patch.setattr(once, "id_of", lambda attempt: id_of(attempt._replace(visitor_id=None)))


def _refused_origin_is_written(patch: MonkeyPatch) -> None:
    add_origin = origins.add_origin

    async def spoilt(world: Any, caller: Any, origin: str) -> Any:
        try:
            return await add_origin(world, caller, origin)
        except Problem:

            async def write(tx: Any) -> None:
                await tx.put_tenant(replace(await tx.tenant(1), name="yazıldı"))

            await world.store.transact(write)
            raise

    patch.setattr(origins, "add_origin", spoilt)


def _temporary_files_stay_open(patch: MonkeyPatch) -> None:
    patch.setattr(multipart._Parts, "close", lambda self: None)
    patch.setattr(multipart, "close", lambda body: None)


def _temporary_files_are_kept(patch: MonkeyPatch) -> None:
    patch.setattr(multipart._Parts, "close", lambda self: KEPT.append(self._parts))


def _refused_upload_leaves_bytes(patch: MonkeyPatch) -> None:
    take_in = files._take_in

    async def spoilt(world: Any, upload: Any, *more: Any) -> Any:
        try:
            return await take_in(world, upload, *more)
        except FileTypeNotAllowed:
            await world.files.put(f"lost {upload.size} {upload.name}", upload.content)
            raise

    patch.setattr(files, "_take_in", spoilt)


def _refusal_overtakes(patch: MonkeyPatch) -> None:
    def spoilt(self: Any, msg: str) -> None:
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(msg))
        self.transport.write(msg.encode())
        self.transport.close()

    patch.setattr(WholeAnswers, "send_400_response", spoilt)


def _garbage_behind_whole_answers(patch: MonkeyPatch) -> None:
    send = _Cycle.send

    async def spoilt(self: Any, message: Any) -> None:
        if message["type"] == WHOLE:
            message = {**message, "body": message["body"] + b"GARBAGE"}
        await send(self, message)

    patch.setattr(_Cycle, "send", spoilt)


def _garbage_after_a_while(patch: MonkeyPatch) -> None:
    send = _Cycle.send

    async def spoilt(self: Any, message: Any) -> None:
        await send(self, message)
        if message["type"] == WHOLE and self.keep_alive:
            self.transport.write(b"GARBAGE")

    patch.setattr(_Cycle, "send", spoilt)


def _no_field_errors(patch: MonkeyPatch) -> None:
    patch.setattr(problems.InvalidFields, "field_errors", lambda self: [])


def _long_paths_block(patch: MonkeyPatch) -> None:
    serve = lane.Lane.__call__

    def spoilt(self: Any, scope: Any, receive: Any, send: Any) -> Any:
        if len(scope.get("raw_path", b"")) > 5_000:
            time.sleep(1.1)
        return serve(self, scope, receive, send)

    patch.setattr(lane.Lane, "__call__", spoilt)


def _leak(patch: MonkeyPatch, size: int, status: int | None = None) -> None:
    refuse = replies.refuse

    async def spoilt(problem: Any, *more: Any) -> None:
        if status in (None, problem.status):
            KEPT.append(bytes(size))
        await refuse(problem, *more)

    for module in (lane, plan):
        patch.setattr(module, "refuse", spoilt)


PLANTED: dict[str, tuple[Plant, str, str, str]] = {
    "raises on an emoji": (_raises_on_an_emoji, "fields", '"😀"', "status 500"),
    "error without envelope": (_error_without_envelope, "rules", "order_tenants", "basarili is None"),
    "no CORS on errors": (_no_cors_on_errors, "headers", "start_chat without headers", "401 without CORS"),
    "HEAD served as GET": (_head_as_get, "methods", "HEAD /api/v1/operator/chats", "bytes after the answer"),
    "Authorization twice": (_authorization_twice, "headers", "list_chats with Authorization twice", "200 without a"),
    "no proof of source": (_no_proof_of_source, "rules", "portal_create_project: source", "201 without a code"),
    "chats of other visitors": (_chats_of_other_visitors, "foreign", "list_visitor_messages of", "200 without a code"),
    "429 without Retry-After": (_no_retry_after, "rules", "a fourth in a day", "429 without retry-after"),
    "keys of other visitors": (_keys_of_other_visitors, "keys", "by another visitor", "the key of another visitor"),
    "refused origin is written": (
        _refused_origin_is_written,
        "rules",
        "portal_add_origin: one too many",
        "refused, and yet changed: tenants",
    ),
    "temporary files stay open": (
        _temporary_files_stay_open,
        "multipart",
        "the field twice",
        "temporary files are",
    ),
    "temporary files are kept": (
        _temporary_files_are_kept,
        "multipart",
        "than the largest",
        "temporary files are still",
    ),
    "refused upload leaves bytes": (
        _refused_upload_leaves_bytes,
        "rules",
        "upload_file: HTML",
        "refused, and yet changed: files",
    ),
    "refusal overtakes": (_refusal_overtakes, "order", "a failed login, behind it no HTTP", "a refusal overtakes"),
    "garbage behind whole answers": (
        _garbage_behind_whole_answers,
        "framing",
        "get_dashboard: ",
        "no answer of HTTP",
    ),
    "garbage after a while": (_garbage_after_a_while, "methods", "GET /api/v1/operator/status", "no answer of HTTP"),
    "no field errors": (_no_field_errors, "rules", "order_tenants", "alan_hatasi without hatalar"),
    "long paths block": (_long_paths_block, "paths", "get_dashboard: very long", "the event loop stood still for 1.1"),
}
"""The defect, the category and what is said of the attempts that find it, and what they say."""

LEAKS: dict[str, Plant] = {
    "10 KB a refusal": lambda patch: _leak(patch, 10_000),
    "1 MB a 401": lambda patch: _leak(patch, 1_000_000, 401),
}


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """One for all: what is planted is taken out again."""
    with Stand() as stand, Run(stand, 5) as run:
        yield run


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    yield
    KEPT.clear()


@pytest.mark.parametrize("name", PLANTED)
def test_planted_defect_of_the_server_is_found(run: Run, name: str, monkeypatch: MonkeyPatch) -> None:
    plant, category, what, found = PLANTED[name]
    attempts = [one for one in CATEGORIES[category][0](run.source) if what in one.what][:3]
    assert attempts, "no attempt is described so"
    run.renew()
    run.stand.bare = "garbage" in name
    run.outcome = Outcome()
    plant(monkeypatch)
    for attempt in attempts:
        run.try_one(attempt)
    run._last = attempts[-1]
    monkeypatch.undo()
    run.renew()
    assert any(found in failure.problem for failure in run.outcome.failures), run.outcome.failures


def test_without_a_defect_the_same_attempts_find_nothing(run: Run) -> None:
    run.renew()
    run.outcome = Outcome()
    for _, category, what, _ in PLANTED.values():
        for attempt in [one for one in CATEGORIES[category][0](run.source) if what in one.what][:1]:
            run.try_one(attempt)
    assert run.outcome.failures == []


@pytest.mark.parametrize("name", LEAKS)
def test_planted_leak_is_more_than_may_be_held(name: str, run: Run, monkeypatch: MonkeyPatch) -> None:
    """As many refusals as the second half of 5,000 attempts has, a tenth of them for want of a credential."""
    (attempt,) = [one for one in CATEGORIES["headers"][0](run.source) if one.what == "start_chat without headers"][:1]
    before = held()
    LEAKS[name](monkeypatch)
    for _ in range(1_000 if name.startswith("10 KB") else 50):
        run.try_one(attempt)
    assert held() - before > GROWTH_LIMIT

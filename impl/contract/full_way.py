"""The full way through a request, for what few need: files, idempotency keys, cookies, downloads, headers of its own.

Where none of these is, `Plan.serve` goes its shorter way.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

import msgspec

from impl.attempt import Attempt
from impl.contract.bodies import JsonBody, the_rest
from impl.contract.call import Headers, Scope, base_url_of, client_of, only_cookie_of, text
from impl.contract.multipart import MultipartBody, close
from impl.contract.parameters import Parameters
from impl.contract.replies import PORTAL_PREFIX, Receive, Send
from impl.problems import Headers as HeaderList
from impl.problems import SourceNotProven
from impl.replies import Answered, Download
from impl.rules import portal_cookie
from impl.rules.same_site import SAFE, is_same_site
from impl.uploads import Upload
from impl.world import World

Run = Callable[[], Awaitable[tuple[int, bytes]]]
Once = Callable[[World, Attempt, Run], Awaitable[tuple[int, bytes]]]
"""Does what was not done yet, and answers as the first time what was: a status and the body."""

OF_THE_REQUEST: Final = frozenset({"client", "cookie", "secure", "base_url"})
"""Arguments that no parameter brings: the caller's address, the portal's cookie, whether the request came over https,
and this server's address as the caller knows it."""
KEY: Final = b"idempotency-key"

log = logging.getLogger("cozum")

_encode = msgspec.json.Encoder().encode


class FullWay:
    """What happens to a request for one operation, once its caller is known."""

    def __init__(
        self,
        *,
        operation_id: str,
        path: str,
        method: str,
        headers: HeaderList,
        handler: Callable[..., Awaitable[Any]],
        body: JsonBody | MultipartBody | None,
        parameters: Parameters,
        wanted: Mapping[str, Any],
        once: Once,
    ) -> None:
        self._id = operation_id
        self._headers = headers
        self._handler = handler
        self._body = body
        self._parameters = parameters
        self._takes_caller = "caller" in wanted
        self._of_the_request = sorted(OF_THE_REQUEST & wanted.keys())
        self._proves_source = path.startswith(PORTAL_PREFIX) and method not in SAFE
        self._once = once if "Idempotency-Key" in parameters.arguments else None
        self.only = isinstance(body, MultipartBody) or bool(self._of_the_request) or path.startswith(PORTAL_PREFIX)
        """Whether every request of the operation goes this way."""

    async def serve(
        self,
        world: World,
        caller: Any,
        scope: Scope,
        receive: Receive,
        send: Send,
        raw_path: Mapping[str, str],
        headers: Headers,
        request_id: bytes,
    ) -> None:
        """Validate, handle, answer. Raises problems, and whatever fails, before anything is sent."""
        if self._proves_source:
            _prove_source(world, scope, headers)
        body, fingerprint = await self._read_body(headers, receive)
        try:
            arguments = self._parameters.read(raw_path, scope["query_string"], headers)
            if body is not None:
                arguments["body"] = body
            if self._takes_caller:
                arguments["caller"] = caller
            if self._of_the_request:
                self._read_request(world, scope, headers, arguments)
            if self._once is not None and KEY in headers:
                attempt = self._attempt(caller, scope, headers, arguments, fingerprint)
                status, content = await self._once(world, attempt, partial(self._run, world, arguments))
                await self._send(send, request_id, status, content)
                return
            await self._answer(await self._handler(world, **arguments), send, request_id)
        finally:
            if isinstance(self._body, MultipartBody):
                close(body)

    async def _read_body(self, headers: Headers, receive: Receive) -> tuple[Any, bytes]:
        """The body as the handler's Struct, and what makes two bodies the same."""
        if self._body is None:
            return None, b""
        if isinstance(self._body, MultipartBody):
            body = await self._body.read(headers, receive)
            return body, _fingerprint(body)
        raw = await the_rest(await receive(), headers, receive, self._body.limit)
        return self._body.read(raw, headers), raw

    async def _run(self, world: World, arguments: Mapping[str, Any]) -> tuple[int, bytes]:
        result = await self._handler(world, **arguments)
        status, shape = result if type(result) is tuple else (200, result)
        return status, _encode(shape)

    def _attempt(
        self, caller: Any, scope: Scope, headers: Headers, arguments: Mapping[str, Any], fingerprint: bytes
    ) -> Attempt:
        path = scope.get("raw_path") or scope["path"].encode()
        asked = hashlib.sha256(b"%b?%b\n%b" % (path, scope["query_string"], fingerprint)).digest()
        visitor_id = getattr(arguments.get("body"), "visitor_id", None)
        token, key = text(headers, b"x-ziyaretci-token"), text(headers, KEY)
        return Attempt(caller, visitor_id, token, self._id, key or "", asked)

    def _read_request(self, world: World, scope: Scope, headers: Headers, arguments: dict[str, Any]) -> None:
        """Fill in the arguments that no parameter brings."""
        base_url = world.public_url or base_url_of(scope, headers)
        for name in self._of_the_request:
            match name:
                case "client":
                    arguments[name] = client_of(scope)
                case "cookie":
                    arguments[name] = only_cookie_of(headers, portal_cookie.NAME)
                case "secure":
                    arguments[name] = base_url.startswith("https:")
                case _:
                    arguments[name] = base_url

    async def _answer(self, result: Any, send: Send, request_id: bytes) -> None:
        match result:
            case Download():
                await self._send_file(result, send, request_id)
            case Answered(status=status, shape=shape, headers=headers):
                await self._send(send, request_id, status, _encode(shape), headers)
            case (int(status), shape):
                await self._send(send, request_id, status, _encode(shape))
            case shape:
                await self._send(send, request_id, 200, _encode(shape))

    async def _send(
        self, send: Send, request_id: bytes, status: int, content: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": self._with(headers, len(content), request_id),
            }
        )
        await send({"type": "http.response.body", "body": content})

    async def _send_file(self, file: Download, send: Send, request_id: bytes) -> None:
        own = ((b"content-type", file.media_type.encode()), *file.headers)
        headers = self._with(own, file.size, request_id)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        try:
            async for chunk in file.chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except Exception:  # the answer has begun: that it breaks off is all that can be told
            log.exception("%s broke off (%s)", self._id, request_id.decode())
            return
        await send({"type": "http.response.body", "body": b""})

    def _with(self, own: tuple[tuple[bytes, bytes], ...], size: int, request_id: bytes) -> HeaderList:
        """The operation's headers, those of this answer in their place."""
        names = {name for name, _ in own}
        usual = [header for header in self._headers if header[0] not in names]
        return [*usual, *own, (b"content-length", b"%d" % size), (b"x-request-id", request_id)]


def _prove_source(world: World, scope: Scope, headers: Headers) -> None:
    """An unsafe request to the portal must come from the portal's own pages. Raises SourceNotProven."""
    site, origin = text(headers, b"sec-fetch-site"), text(headers, b"origin")
    if not is_same_site(scope["method"], site, origin, text(headers, b"host"), world.public_url):
        raise SourceNotProven


def _fingerprint(body: Any) -> bytes:
    """Of a file its name and digest, for the boundaries of two equal bodies differ."""
    values = msgspec.structs.astuple(body)
    return repr([(v.name, v.digest) if isinstance(v, Upload) else v for v in values]).encode()

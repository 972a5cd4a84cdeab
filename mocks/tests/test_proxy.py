"""What goes through the proxy arrives as it was sent, in both directions."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from mocks.tests.live import (
    GOOD_INIT,
    INIT,
    KEY,
    Proxied,
    good_init,
    http,
    our_server,
    proxied,
    scripted,
)


@pytest.fixture(scope="module")
def ours() -> Iterator[Proxied]:
    """A proxy before our own server."""
    with our_server() as server, proxied(server) as proxy:
        yield proxy


def test_a_call_is_answered_by_the_live_server_and_journaled(ours: Proxied) -> None:
    answer = ours.init()
    assert answer.status == 200
    assert answer.json["data"]["firma_adi"] == "CozumMerkezi Demo"
    line = ours.last
    assert (line["islem"], line["durum"], line["kusurlar"], line["istek_kusurlari"]) == ("widget_init", 200, [], [])


def test_what_is_written_can_be_read_and_a_long_poll_is_woken_by_it(ours: Proxied) -> None:
    chat = ours.ask("POST", "/api/v1/widget/chat/start", {"ziyaretci_id": "poll1", "mesaj": "Merhaba"}, **KEY).json
    number = chat["data"]["oturum"]["id"]
    query = f"ziyaretci_id=poll1&oturum_id={number}&son_sira=5&bekle=20"
    with ThreadPoolExecutor() as pool:
        start = time.monotonic()
        polled = pool.submit(ours.ask, "GET", f"/api/v1/widget/chat/messages?{query}", None, **KEY)
        time.sleep(0.3)
        sent = {"ziyaretci_id": "poll1", "oturum_id": number}
        for text in "abcdef":
            ours.ask("POST", "/api/v1/widget/chat/message", sent | {"mesaj": text}, **KEY)
        assert polled.result(20).json["data"]["mesajlar"][0]["sira"] == 6
    assert 0.3 <= time.monotonic() - start < 10
    assert ours.control("/journal?broken=true&path=/api/v1/widget/chat/*")["kayitlar"] == []


def test_a_file_goes_up_and_comes_down_unchanged(ours: Proxied) -> None:
    content = b"%PDF-1.4\n" + bytes(range(256)) * 4096
    part = b'--b\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'
    body = part % (b"ziyaretci_id", b"", b"abc123")
    body += part % (b"dosya", b'; filename="a.pdf"\r\nContent-Type: application/pdf', content) + b"--b--\r\n"
    headers = KEY | {"Content-Type": "multipart/form-data; boundary=b"}
    sent = ours.ask("POST", "/api/v1/widget/upload", body, **headers)
    assert sent.status == 201, sent
    url = sent.json["data"]["dosya"]["url"]
    assert ours.ask("GET", url).body == content
    assert ours.last["kusurlar"] == []
    upload = next(entry for entry in ours.told if entry.path == "/api/v1/widget/upload")
    assert (upload.request_faults, upload.faults, upload.body_size) == ((), (), len(body))


def test_preflights_and_other_methods_are_the_servers_to_answer(ours: Proxied) -> None:
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    preflight = ours.ask("OPTIONS", INIT, **asked)
    assert (preflight.status, preflight.all("access-control-allow-origin")) == (204, ["*"])
    assert ours.last["istek_kusurlari"] == []
    assert ours.ask("HEAD", INIT).status == 405
    assert ours.last["istek_kusurlari"] == [f"The contract has no HEAD for this path, but POST: '{INIT}'"]


def test_a_page_that_points_its_own_name_here_reads_nothing(ours: Proxied) -> None:
    answers = []
    for host in ("kotu.example", "localhost:1"):
        with socket.create_connection(("127.0.0.1", ours.port), timeout=20) as connection:
            connection.sendall(f"GET /docs HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            answers.append(connection.makefile("rb").read())
    assert answers[0].startswith(b"HTTP/1.1 403 ")
    assert b'"kod":"yabanci_host"' in answers[0]
    assert answers[1].startswith(b"HTTP/1.1 200 ")


def test_there_is_neither_clock_nor_state_in_the_control(ours: Proxied) -> None:
    document = ours.control("/openapi.json")
    paths = ["/_mock", "/_mock/journal", "/_mock/journal.har", "/_mock/journal/{id}", "/_mock/openapi.json"]
    assert sorted(document["paths"]) == [*paths, "/_mock/verify"] == ours.control("")["adresler"]
    for path in ("/clock", "/sandboxes", "/faults"):
        assert ours.ask("GET", f"/_mock{path}").status == 404


def test_calls_are_verified_and_exported_as_on_the_mock(ours: Proxied) -> None:
    ours.init({"ziyaretci_id": "verify-me"})
    verdict = ours.ask("POST", "/_mock/verify", {"islem": "widget_init", "govde": {"ziyaretci_id": "verify-me"}}).json
    assert (verdict["tutuyor"], verdict["sayi"]) == (True, 1)
    assert ours.control("/journal.har")["log"]["entries"][-1]["_operation"] == "widget_init"


# What the live server is told


def request_seen(raw: bytes, *headers: str, line: str = f"POST {INIT} HTTP/1.1") -> bytes:
    """What reaches the live server, of a request with that line, those headers and that body."""
    with scripted(good_init()) as server, proxied(server) as proxy, proxy.connect() as connection:
        connection.sendall("\r\n".join([line, *headers, "", ""]).encode("latin-1") + raw)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        return server.requests[0].replace(b"127.0.0.1:%d" % server.port, b"LIVE")


def test_headers_arrive_as_they_were_but_for_the_host_and_those_of_one_hop() -> None:
    seen = request_seen(
        b"{}",
        "Host: widget.localhost",
        "X-Mixed: a",
        "Cookie: a=1",
        "Accept-Encoding: br, gzip",
        "X-Mixed: b",
        "X-Latin: \xe7",
        "Connection: keep-alive, X-Hop",
        "X-Hop: 1",
        "Keep-Alive: timeout=5",
        "TE: trailers",
        "Proxy-Authorization: Basic eA==",
        "Content-Length: 2",
    )
    head, _, body = seen.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"POST /api/v1/widget/init HTTP/1.1",
        b"host: LIVE",
        b"x-mixed: a",
        b"cookie: a=1",
        b"accept-encoding: br, gzip",
        b"x-mixed: b",
        b"x-latin: \xe7",
        b"content-length: 2",
    ]
    assert body == b"{}"


@pytest.mark.parametrize(
    "target", ["/a%2Fb/%7euser//c/../d?x=%20+&&y=1;z", "/?", "/%ff?%ff=%C3%A7", "//double", "/a;b=c,d@e:f"]
)
def test_path_and_query_arrive_byte_for_byte(target: str) -> None:
    seen = request_seen(b"", "Host: a", line=f"GET {target} HTTP/1.1")
    assert seen == f"GET {target.removesuffix('?')} HTTP/1.1\r\nhost: LIVE\r\n\r\n".encode()


def test_a_base_path_comes_before_the_requests_own() -> None:
    with scripted(good_init()) as server, proxied(f"{server.address}/backend/") as proxy:
        proxy.init()
        assert server.requests[0].startswith(f"POST /backend{INIT} HTTP/1.1\r\n".encode())


def test_a_chunked_body_arrives_whole_and_a_waiting_client_is_told_to_go_on() -> None:
    chunked = b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    head = ("Host: a", "Content-Type: application/json", "Transfer-Encoding: chunked", "Expect: 100-continue")
    with scripted(good_init()) as server, proxied(server) as proxy, proxy.connect() as connection:
        connection.sendall("\r\n".join([f"POST {INIT} HTTP/1.1", *head, "", ""]).encode())
        assert connection.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        for place in range(len(chunked)):
            connection.sendall(chunked[place : place + 1])
        assert b"HTTP/1.1 200 OK" in connection.recv(65_536)
        sent, _, body = server.requests[0].partition(b"\r\n\r\n")
        assert b"expect" not in sent
        parts = body.split(b"\r\n")
        assert b"".join(parts[1::2]) == b"{}" if b"chunked" in sent else body == b"{}"


def test_a_large_body_goes_on_before_it_is_complete() -> None:
    with scripted(good_init()) as server, proxied(server) as proxy, proxy.connect() as connection:
        body = b'{"ziyaretci_id": "%b"}' % (b"x" * 300_000)
        head = (
            f"POST {INIT} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection.sendall(head.encode() + body[:200_000])
        time.sleep(0.2)
        connection.sendall(body[200_000:])
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        assert server.requests[0].endswith(b"\r\n\r\n" + body)
        assert proxy.last["istek_kusurlari"][1:] == ["body: The body may have 262144 bytes at most."]


# What the client is told


def answer_seen(whole: bytes, method: str = "POST") -> bytes:
    """What reaches the client of an answer, byte for byte."""
    with scripted(whole) as server, proxied(server) as proxy, proxy.connect() as connection:
        connection.sendall(f"{method} {INIT} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
        return b"".join(parts)


def test_an_answer_comes_as_it_is_with_its_own_date_and_each_cookie() -> None:
    date = "Date: Sun, 06 Nov 1994 08:49:37 GMT"
    kept = ("Set-Cookie: a=1; Path=/", "Set-Cookie: b=2", "X-Latin: \u00e7", "Server: nginx")
    whole = http("201 Made", date, *kept, "Connection: X-Hop", "X-Hop: 1", "Keep-Alive: 5", body=b"abc")
    assert answer_seen(whole.decode().encode("latin-1")) == (
        b"HTTP/1.1 201 Created\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\nset-cookie: a=1; Path=/\r\nset-cookie: b=2\r\n"
        b"x-latin: \xe7\r\nserver: nginx\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc"
    )


def test_redirects_are_not_followed() -> None:
    seen = answer_seen(http("302 Found", "Location: /other"))
    assert seen.startswith(b"HTTP/1.1 302 Found\r\nlocation: /other\r\n")


@pytest.mark.parametrize(
    ("whole", "method", "body"),
    [
        (http("200 OK", "Content-Length: 1234"), "HEAD", b""),
        (http("204 No Content"), "POST", b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\nETag: a\r\n\r\n", "GET", b""),
        (http("200 OK", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n0\r\n\r\n"), "GET", b"3\r\nabc\r\n0\r\n\r\n"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + http("200 OK", body=b"a"), "GET", b"a"),
    ],
)
def test_answers_without_a_body_or_a_length_end_where_they_should(whole: bytes, method: str, body: bytes) -> None:
    assert answer_seen(whole, method).partition(b"\r\n\r\n")[2] == body


def test_a_head_answer_says_how_long_the_body_would_be() -> None:
    assert b"\r\ncontent-length: 1234\r\n" in answer_seen(http("200 OK", "Content-Length: 1234"), "HEAD")


def test_parts_of_a_long_answer_come_while_the_server_still_writes() -> None:
    goes_on = threading.Event()

    async def write(writer: asyncio.StreamWriter, request: bytes) -> None:
        writer.write(http("200 OK", "Content-Type: text/plain", "Transfer-Encoding: chunked", body=b"5\r\nfirst\r\n"))
        await writer.drain()
        while not goes_on.is_set():  # noqa: ASYNC110 - it is another thread's
            await asyncio.sleep(0.005)
        writer.write(b"4\r\nlast\r\n0\r\n\r\n")

    with scripted(write) as server, proxied(server) as proxy, proxy.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        seen = b""
        while b"first" not in seen:
            seen += connection.recv(65_536)
        goes_on.set()
        while b"last" not in seen:
            seen += connection.recv(65_536)


def test_a_coded_answer_passes_as_it_is_and_is_judged_as_it_is_meant() -> None:
    wrong = json.dumps({"basarili": True, "data": {"cevrimici": "evet"}}).encode()
    for body, faults in ((GOOD_INIT, 0), (wrong, 1)):
        coded = gzip.compress(body)
        head = ("Content-Type: application/json", "Content-Encoding: gzip", "X-Request-Id: 1")
        with scripted(http("200 OK", *head, body=coded)) as server, proxied(server) as proxy:
            answer = proxy.init(Accept_Encoding="gzip")
            assert (answer.body, answer.all("content-encoding")) == (coded, ["gzip"])
            line = proxy.last
            assert bool(line["kusurlar"]) is bool(faults), line
            assert proxy.control(f"/journal/{line['id']}")["kayit"]["yanit"]["govde"]["json"] == json.loads(body)


@pytest.mark.parametrize(
    ("coding", "body", "said"),
    [
        ("br", b"\x0b\x00\x80{}\x03", "neither judged nor recorded: the content-encoding 'br' cannot be read here"),
        ("gzip", b"no gzip", "the body is not gzip: "),
        ("gzip", gzip.compress(GOOD_INIT, mtime=0)[:-9], "the body is not gzip: it breaks off"),
    ],
)
def test_a_coding_that_cannot_be_read_is_said_and_passed_on(coding: str, body: bytes, said: str) -> None:
    whole = http("200 OK", "Content-Type: application/json", f"Content-Encoding: {coding}", body=body)
    with scripted(whole) as server, proxied(server) as proxy:
        assert proxy.init().body == body
        line = proxy.last
        (sentence,) = line["kusurlar"] + line["notlar"]
        assert sentence.startswith(said)


def test_connections_are_kept_and_a_closed_one_costs_a_safe_request_nothing() -> None:
    count = 0

    async def write(writer: asyncio.StreamWriter, request: bytes) -> None:
        nonlocal count
        count += 1
        if count == 2:  # as a server that closes an idle connection just when it is used
            writer.transport.abort()
            return
        writer.write(http("200 OK", body=b"x"))

    with scripted(write) as server, proxied(server) as proxy:
        assert [proxy.ask("GET", "/").status for _ in range(3)] == [200, 200, 200]
        assert len(server.requests) == 4


def test_an_unsafe_request_is_sent_once() -> None:
    count = 0

    async def write(writer: asyncio.StreamWriter, request: bytes) -> None:
        nonlocal count
        count += 1
        if count == 2:
            writer.transport.abort()
            return
        writer.write(good_init())

    with scripted(write) as server, proxied(server) as proxy:
        assert [proxy.init().status for _ in range(3)] == [200, 502, 200]
        assert len(server.requests) == 3


def test_many_at_once_each_get_their_own_answer() -> None:
    async def write(writer: asyncio.StreamWriter, request: bytes) -> None:
        await asyncio.sleep(0.01)
        writer.write(http("200 OK", body=request.split(b" ")[1]))

    with scripted(write) as server, proxied(server) as proxy, ThreadPoolExecutor(30) as pool:
        targets = [f"/{number}" for number in range(90)]
        assert [answer.body.decode() for answer in pool.map(lambda one: proxy.ask("GET", one), targets)] == targets

"""What is written down without secrets holds none, wherever a request or an answer had them."""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b64decode
from typing import Any

import pytest

from mocks.har import LEFT_OUT, har_entry
from mocks.hiding import hide_in_text
from mocks.matching import Asked, likeness, read_query
from mocks.recording import read_recording
from mocks.tests.entries import entry

SAID = b'{"token": "1|SIR"}'


def written(*, secrets: bool = False, **changed: Any) -> dict[str, Any]:
    for body in ("body", "answer"):
        if body in changed:
            changed.setdefault(f"{body}_size", len(changed[body]))
    return har_entry(entry(**changed), secrets=secrets)


def answered(coding: str, body: bytes) -> dict[str, Any]:
    head = b"content-type: application/json\r\ncontent-encoding: %b\r\n" % coding.encode()
    content: dict[str, Any] = written(answer_head=head, answer=body)["response"]["content"]
    return content


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", b"\x0b\x02\x80" + SAID),
        ("zstd", b"\x28\xb5\x2f\xfd\x20\x12\x91\x00\x00" + SAID),
        ("gzip, br", b"\x0b\x02\x80" + SAID),
        ("gzip", gzip.compress(SAID)),
        ("x-gzip", gzip.compress(SAID * 99)[:40]),
        ("deflate", zlib.compress(SAID)),
        ("identity, deflate", zlib.compress(SAID)[2:-4]),
    ],
)
def test_a_body_that_is_still_coded_is_left_out(coding: str, body: bytes) -> None:
    assert answered(coding, body) == {"size": len(body), "mimeType": "application/json", "comment": LEFT_OUT}
    assert "text" in written(secrets=True, answer_head=b"content-encoding: br\r\n", answer=body)["response"]["content"]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "identity"])
def test_a_body_that_was_decoded_stays(coding: str) -> None:
    assert answered(coding, b'{"a": 1}')["text"] == '{"a": 1}'
    assert answered(coding, b"%PDF-1.7\xff\xfe")["encoding"] == "base64"


def test_an_answer_that_was_left_out_is_not_played() -> None:
    head = b"content-encoding: br\r\n"
    entries = [written(answer_head=head, answer=b"\x0b" + SAID), written(answer=b'{"a": 1}')]
    recording = read_recording(json.dumps({"log": {"entries": entries}}).encode())
    assert (len(recording.exchanges), recording.left_out) == (1, 1)


def posted(media_type: str, body: bytes) -> dict[str, Any]:
    headers = [(b"content-type", media_type.encode())]
    data: dict[str, Any] = written(headers=headers, body=body)["request"]["postData"]
    return data


def part(disposition: str, value: bytes) -> bytes:
    return b"--sInIr\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % (disposition.encode(), value)


@pytest.mark.parametrize(
    "name", ['name="sifre"', "name=token", 'name="Secret"', 'name="s\\ifre"', "name*=utf-8''sifre"]
)
def test_secret_fields_of_a_multipart_form_are_left_out(name: str) -> None:
    body = part('name="ad"', b"Ali") + part(name, b"SIR") + part('name="not"', b'{"token": "SIR"}') + b"--sInIr--\r\n"
    text = posted("multipart/form-data; boundary=sInIr", body)["text"]
    assert "SIR" not in text
    assert "Ali" in text
    assert text.count("--sInIr") == 4


def test_secret_fields_beside_a_file_are_left_out_and_the_file_stays() -> None:
    file = b"\x89PNG\xff\x00"
    body = part('name="sifre"', b"SIR") + part('name="dosya"; filename="a.png"', file) + b"--sInIr--\r\n"
    raw = b64decode(posted('multipart/form-data; boundary="sInIr"', body)["text"])
    assert b"SIR" not in raw
    assert file in raw


@pytest.mark.parametrize("media_type", ["multipart/form-data", "multipart/form-data; boundary=baska"])
def test_a_multipart_form_that_cannot_be_told_apart_is_left_out(media_type: str) -> None:
    shown = posted(media_type, part('name="sifre"', b"SIR"))
    assert (shown["text"], shown["comment"]) == ("", LEFT_OUT)


def test_secrets_of_the_query_are_left_out_of_every_address() -> None:
    said = b"location: /a?secret=SIR&b=1#c\r\n"
    shown = written(
        query=b"token=SIR&a=%C4%9F&s%69fre=SIR&Sifre=SIR&bos",
        headers=[(b"host", b"x"), (b"referer", b"http://x/?token=SIR")],
        answer_head=said,
    )
    assert "SIR" not in json.dumps(shown)
    hidden = "%E2%80%A6"
    url = f"http://x/api/v1/widget/init?token={hidden}&a=%C4%9F&s%69fre={hidden}&Sifre={hidden}&bos"
    assert shown["request"]["url"] == url
    assert shown["request"]["queryString"][0] == {"name": "token", "value": "…"}
    assert shown["response"]["redirectURL"] == f"/a?secret={hidden}&b=1#c"
    assert "SIR" in json.dumps(written(query=b"token=SIR", secrets=True))


def test_a_secret_of_the_query_that_was_left_out_is_like_any_when_it_is_played() -> None:
    recorded = Asked("/a", read_query("token=%E2%80%A6&a=1"), False, None)
    assert likeness(recorded, Asked("/a", read_query("a=1&token=gizli"), False, None))[2] == 1.0
    assert likeness(recorded, Asked("/a", read_query("a=1&baska=gizli"), False, None))[2] < 1.0


@pytest.mark.parametrize("name", ["authorization", "proxy-authorization", "cookie", "x-ziyaretci-token"])
def test_secret_headers_are_left_out(name: str) -> None:
    assert "SIR" not in json.dumps(written(headers=[(name.encode(), b"Basic SIR")]))


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ('{"sifre": 123456}', '{"sifre": "…"}'),
        ('{"token": ["SIR", "S]R"], "a": 1}', '{"token": "…", "a": 1}'),
        ('{"secret" : {"a": {"b": "}SIR"}}, "a": [1]}', '{"secret" : "…", "a": [1]}'),
        ('{"token": ["SIR", "SI', '{"token": "…"'),
        ('{"sifre": "SI\\', '{"sifre": "…"'),
        ('{"sifre": 12', '{"sifre": "…"'),
        ('{"tok\\u0065n": "SIR"}', '{"tok\\u0065n": "…"}'),
        ('{"token": {"sifre": "SIR"}, "sifre": "SIR"}', '{"token": "…", "sifre": "…"}'),
        ('{"token": null, "secret": false}', '{"token": null, "secret": false}'),
        ('{"token": ', '{"token": '),
        ('{"tok\\u0061n": 1, "jeton": "a"}', '{"tok\\u0061n": 1, "jeton": "a"}'),
        ("a=1&sifre=SIR&b=2", "a=1&sifre=…&b=2"),
    ],
)
def test_whatever_json_stands_for_a_secret_is_left_out(text: str, hidden: str) -> None:
    assert hide_in_text(text) == hidden


def test_a_form_has_no_secrets_however_their_names_are_spelt() -> None:
    shown = posted("application/x-www-form-urlencoded", b"email=a%40b&s%69fre=SIR&secret=SIR")
    assert shown["text"] == "email=a%40b&s%69fre=%E2%80%A6&secret=%E2%80%A6"


def test_faults_name_no_secret_value() -> None:
    faults = ('data/token: 12345678 is not of type "string"', 'data: {"sifre":"SIR"} is not valid', "data/id: 7 is odd")
    shown = written(faults=faults, request_faults=("query /sifre: SIR is short",), notes=("bilinmeyen alan: token",))
    assert shown["_faults"] == ["data/token: …", 'data: {"sifre":"…"} is not valid', "data/id: 7 is odd"]
    assert (shown["_request_faults"], shown["_notes"]) == (["query /sifre: …"], ["bilinmeyen alan: token"])
    assert written(faults=faults, secrets=True)["_faults"] == list(faults)

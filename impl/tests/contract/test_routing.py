"""From path to operation."""

from __future__ import annotations

import pytest

from impl.contract.document import DocumentError
from impl.contract.routing import Router


def _router(*paths: str) -> Router[str]:
    router: Router[str] = Router()
    for path in paths:
        router.add(path, "GET", path)
    return router


def _found(router: Router[str], raw_path: bytes) -> tuple[str | None, dict[str, str]]:
    methods, values = router.find(raw_path)
    return methods.get("GET"), values


def test_a_path_without_parameters_is_found() -> None:
    assert _found(_router("/a/b"), b"/a/b") == ("/a/b", {})


def test_parameters_are_named() -> None:
    router = _router("/ticket/{id}/reply/{number}")
    assert _found(router, b"/ticket/7/reply/x") == ("/ticket/{id}/reply/{number}", {"id": "7", "number": "x"})


@pytest.mark.parametrize("order", [1, -1])
def test_a_literal_wins_over_a_parameter_in_any_order(order: int) -> None:
    router = _router(*["/ticket/{id}", "/ticket/list"][::order])
    assert _found(router, b"/ticket/list") == ("/ticket/list", {})
    assert _found(router, b"/ticket/lists") == ("/ticket/{id}", {"id": "lists"})


def test_a_literal_that_leads_nowhere_is_walked_back() -> None:
    router = _router("/{a}/list/{b}", "/x/{a}/end")
    assert _found(router, b"/x/list/end") == ("/x/{a}/end", {"a": "list"})
    assert _found(router, b"/x/list/1") == ("/{a}/list/{b}", {"a": "x", "b": "1"})
    assert _found(router, b"/x/1/end") == ("/x/{a}/end", {"a": "1"})


def test_percent_encoding_is_decoded() -> None:
    assert _found(_router("/v/{id}"), b"/v/%C5%9Fifre%20%2B") == ("/v/{id}", {"id": "şifre +"})


def test_an_encoded_slash_stays_in_its_segment() -> None:
    router = _router("/v/{id}", "/v/{id}/reply")
    assert _found(router, b"/v/7%2Freply") == ("/v/{id}", {"id": "7/reply"})
    assert _found(router, b"/v%2F7") == (None, {})


def test_an_encoded_literal_is_that_literal() -> None:
    """RFC 3986, 6.2.2.2: encoded or not, an unreserved character is the same."""
    router = _router("/ticket/list", "/ticket/{id}")
    assert _found(router, b"/ticket/l%69st") == ("/ticket/list", {})
    assert _found(router, b"/t%69cket/7") == ("/ticket/{id}", {"id": "7"})
    assert _found(router, b"/ticket%2Flist") == (None, {})


@pytest.mark.parametrize("raw_path", [b"/v/%FF", b"/v/%C5", b"/v/\xff", b"/v/%ED%A0%80"])
def test_what_is_not_utf8_is_no_path(raw_path: bytes) -> None:
    assert _found(_router("/v/{id}"), raw_path) == (None, {})


@pytest.mark.parametrize("raw_path", [b"/v/", b"/v//reply", b"//v/7", b"/v/7/", b"/v", b"", b"/", b"v/7", b"/V/7"])
def test_no_empty_segment_no_trailing_slash_no_other_case(raw_path: bytes) -> None:
    assert _found(_router("/v/{id}", "/v/{id}/reply"), raw_path) == (None, {})


def test_a_trailing_slash_is_another_path() -> None:
    assert _found(_router("/a/b"), b"/a/b/") == (None, {})


def test_two_methods_share_a_path() -> None:
    router: Router[str] = Router()
    router.add("/v/{id}", "GET", "read")
    router.add("/v/{id}", "DELETE", "erase")
    assert router.find(b"/v/7")[0] == {"GET": "read", "DELETE": "erase"}
    assert router.targets == ["read", "erase"]


@pytest.mark.parametrize("path", ["/a", "/a/{id}"])
def test_the_same_method_and_path_twice_is_refused(path: str) -> None:
    router = _router(path)
    with pytest.raises(DocumentError) as caught:
        router.add(path, "GET", "again")
    assert str(caught.value) == f"GET {path}: two operations"
    assert router.targets == [path]


def test_the_same_path_with_other_parameter_names_is_refused() -> None:
    router = _router("/a/{id}")
    with pytest.raises(DocumentError, match=r"^/a/\{number\}: .* other parameter names$"):
        router.add("/a/{number}", "PUT", "again")


def test_the_prefix_of_a_path_is_no_path() -> None:
    assert _found(_router("/a/{id}/b"), b"/a/7") == (None, {})

"""Reading the document: its mistakes are told in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from impl.contract.document import DocumentError, follow, inlined, load
from impl.tests.contract.small import document, operation

GOOD = """
openapi: 3.1.0
paths:
  /a:
    get:
      operationId: get_a
      responses: {'200': {description: A}}
"""


def _refusal(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "openapi.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DocumentError) as caught:
        load(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message.removeprefix(str(path))


def test_a_good_document_is_read_as_plain_data(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(GOOD)
    assert load(path)["paths"]["/a"]["get"]["operationId"] == "get_a"


def test_a_mistake_in_yaml_is_told_with_line_and_column(tmp_path: Path) -> None:
    message = _refusal(tmp_path, "openapi: 3.1.0\npaths:\n  /a: [1, 2\n")
    assert message.startswith(":4:1: ")


def test_a_tab_is_told_with_line_and_column(tmp_path: Path) -> None:
    assert _refusal(tmp_path, "openapi: 3.1.0\n\tpaths: {}\n").startswith(":2:1: ")


def test_a_name_that_stands_twice_is_told_with_line_and_column(tmp_path: Path) -> None:
    assert _refusal(tmp_path, f"{GOOD}openapi: 3.1.1\n") == ":8:1: `openapi` is written twice, first on line 2"
    inside = GOOD.replace("    get:\n", "    get: {operationId: b}\n    get:\n")
    assert _refusal(tmp_path, inside) == ":6:5: `get` is written twice, first on line 5"


@pytest.mark.parametrize("reference", ["#/components/schemas/Gone", "#/components/responses/Gone", "other.yaml#/a"])
def test_a_reference_that_points_at_nothing_is_told_with_its_line(tmp_path: Path, reference: str) -> None:
    begins_alike = f"info: {{title: '{reference}Not', version: '1'}}\n"
    message = _refusal(tmp_path, begins_alike + GOOD.replace("{description: A}", f"{{$ref: '{reference}'}}"))
    assert message == f":8: {reference}: this reference points at nothing"


def test_info_must_be_an_object(tmp_path: Path) -> None:
    assert _refusal(tmp_path, f"{GOOD}info: 3\n") == ": info: not a mapping"


@pytest.mark.parametrize("text", [b"\xff\xfe\xfd", b"openapi: \x00"], ids=["not utf-8", "NUL"])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, text: bytes) -> None:
    assert _refusal(tmp_path, text).startswith(":")


def test_a_missing_file_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"^\S+nothing\.yaml: No such file or directory$"):
        load(tmp_path / "nothing.yaml")


def test_a_directory_is_no_document(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"directory"):
        load(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "openapi: 3.0.3\npaths: {}", "swagger: '2.0'", GOOD.replace("3.1.0", "3")])
def test_only_openapi_31_is_accepted(tmp_path: Path, text: str) -> None:
    assert _refusal(tmp_path, text) == ": not an OpenAPI 3.1 document"


@pytest.mark.parametrize("paths", ["", "paths: {}", "paths: []"])
def test_a_document_without_paths_is_refused(tmp_path: Path, paths: str) -> None:
    assert _refusal(tmp_path, f"openapi: 3.1.0\n{paths}\n") == ": no paths"


def test_a_path_must_be_an_object(tmp_path: Path) -> None:
    assert _refusal(tmp_path, "openapi: 3.1.0\npaths: {/a: 1}\n") == ": /a: not a path item"


@pytest.mark.parametrize("identifier", ["      operationId: get_a\n", "get_a"])
def test_an_operation_without_operation_id_is_named_by_method_and_path(tmp_path: Path, identifier: str) -> None:
    text = GOOD.replace(identifier, "" if identifier.endswith("\n") else "7")
    assert _refusal(tmp_path, text) == ": GET /a: no operationId"


def test_an_operation_without_responses_is_named(tmp_path: Path) -> None:
    text = GOOD.replace("{'200': {description: A}}", "{}")
    assert _refusal(tmp_path, text) == ": GET /a: no responses"


def test_a_reference_is_followed_through_escapes() -> None:
    assert follow({"paths": {"/a": {"~": 1}}}, "#/paths/~1a/~0") == 1


@pytest.mark.parametrize("reference", ["#/components/schemas/Gone", "#/info/title/x", "other.yaml#/a", "#", ""])
def test_a_reference_that_points_at_nothing_is_named(reference: str) -> None:
    with pytest.raises(DocumentError) as caught:
        follow(document({"GET /a": operation("get_a")}), reference)
    assert str(caught.value) == f"{reference}: this reference points at nothing"


def test_inlining_replaces_references_except_those_to_schemas() -> None:
    schema = {"$ref": "#/components/schemas/A"}
    node = document({}, schemas={"A": {}}, responses={"Gone": {"content": {"application/json": {"schema": schema}}}})
    found = inlined(node, {"404": {"$ref": "#/components/responses/Gone"}, "list": [schema, 1]})
    assert found == {"404": node["components"]["responses"]["Gone"], "list": [schema, 1]}


def test_what_stands_beside_a_reference_wins() -> None:
    node = document({}, parameters={"Limit": {"name": "limit", "description": "How many"}})
    found = inlined(node, {"$ref": "#/components/parameters/Limit", "description": "How many chats"})
    assert found == {"name": "limit", "description": "How many chats"}


def test_inlining_follows_references_in_references() -> None:
    node = document({}, headers={"A": {"$ref": "#/components/headers/B"}, "B": {"required": True}})
    assert inlined(node, {"$ref": "#/components/headers/A"}) == {"required": True}


@pytest.mark.parametrize(
    "broken",
    [
        {"$ref": "#/components/schemas/Gone"},
        {"a": [{"$ref": "#/components/responses/Gone"}]},
    ],
    ids=["schema", "response"],
)
def test_inlining_tells_of_broken_references(broken: dict[str, Any]) -> None:
    with pytest.raises(DocumentError, match=r"Gone: this reference points at nothing"):
        inlined(document({}), broken)


def test_references_in_a_circle_are_told() -> None:
    node = document({}, headers={"A": {"$ref": "#/components/headers/B"}, "B": {"$ref": "#/components/headers/A"}})
    with pytest.raises(DocumentError, match=r"#/components/headers/[AB]: .*circle"):
        inlined(node, {"$ref": "#/components/headers/A"})


def test_document_that_contains_itself_is_told(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text("openapi: 3.1.0\npaths: &a\n  /x: *a\n")
    with pytest.raises(DocumentError, match="contains itself"):
        load(path)


@pytest.mark.parametrize("components", ["[]", "{schemas: 5}", "7"])
def test_components_of_the_wrong_shape_are_told(tmp_path: Path, components: str) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(
        f"openapi: 3.1.0\ncomponents: {components}\n"
        "paths: {/x: {get: {operationId: x, responses: {200: {description: d}}}}}\n"
    )
    with pytest.raises(DocumentError, match="components"):
        load(path)


def test_keys_are_text_and_components_are_optional(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text("openapi: 3.1.0\npaths: {/x: {get: {operationId: x, responses: {200: {description: d}}}}}\n")
    document = load(path)
    assert list(document["paths"]["/x"]["get"]["responses"]) == ["200"]
    assert document["components"] == {"schemas": {}}

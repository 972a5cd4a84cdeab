"""Keys that stand twice in a mapping of YAML: the later would count, and the earlier quietly not."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.constructor import ConstructorError


def key_given_twice(node: yaml.MappingNode) -> tuple[yaml.Node, yaml.Node] | None:
    """The first key that is there a second time, as both stand there. What `<<` merges in is no second time."""
    seen: dict[Any, yaml.Node] = {}
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode):
            first = seen.setdefault(key.value, key)
            if first is not key:
                return first, key
    return None


class EachKeyOnce(yaml.constructor.SafeConstructor):
    """Put before a loader of PyYAML it refuses such keys: raises ConstructorError, with the place of the second."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._checked: set[int] = set()

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        # comes before every mapping is made, and again for those that others merge in, which it has changed
        if id(node) not in self._checked:
            self._checked.add(id(node))
            twice = key_given_twice(node)
            if twice is not None:
                first, second = twice
                why = f"`{second.value}` is written twice, first on line {first.start_mark.line + 1}"
                raise ConstructorError(None, None, why, second.start_mark)
        super().flatten_mapping(node)

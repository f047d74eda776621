"""YAML in which no key stands twice: the plain reader would keep the last and lose the others."""

from collections.abc import Hashable
from typing import Any

import yaml

from segkit.errors import StudyError


class _Loader(yaml.SafeLoader):
    """The safe loader, but for keys that stand twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping as it is written, each key once."""
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
                continue
            if (key.tag, key.value) in seen:
                raise StudyError(
                    f"study.yaml holds '{key.value}' twice (line {key.start_mark.line + 1})",
                    "each name once in its place",
                    "Take one out, or give it another name",
                )
            seen.add((key.tag, key.value))
        return super().construct_mapping(node, deep)


def read_yaml(text: str) -> Any:
    """Read a study.yaml.

    Examples
    --------
    >>> read_yaml("as_of: 2024-06-01")
    {'as_of': datetime.date(2024, 6, 1)}
    """
    return yaml.load(text, _Loader)

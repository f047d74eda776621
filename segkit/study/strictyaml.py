"""YAML whose keys are text as it is written, each once.

The plain reader takes a bare "on" for true and 01 for 1, and of a key that stands twice keeps the last.
"""

from collections.abc import Hashable
from typing import Any

import yaml

from segkit.errors import StudyError

_TEXT = "tag:yaml.org,2002:str"


class _Loader(yaml.SafeLoader):
    """The safe loader, but for keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping as it is written, each key once."""
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
                continue
            key.tag = _TEXT
            if key.value in seen:
                raise StudyError(
                    f"study.yaml holds '{key.value}' twice (line {key.start_mark.line + 1})",
                    "each name once in its place",
                    "Take one out, or give it another name",
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(text: str) -> Any:
    """Read a study.yaml.

    Examples
    --------
    >>> read_yaml("{as_of: 2024-06-01, on: 01}")
    {'as_of': datetime.date(2024, 6, 1), 'on': 1}
    """
    return yaml.load(text, _Loader)

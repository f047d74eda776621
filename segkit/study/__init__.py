"""A study: what is decided, from which tables, by which rules.

Each part of study.yaml has a module that says what it may hold; `sense` holds what a schema can't see,
`load` reads the file and brings them together.
"""

from segkit.study.load import find_study, load_study, project_root
from segkit.study.spec import Study

__all__ = ["Study", "find_study", "load_study", "project_root"]

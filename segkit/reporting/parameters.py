"""Parameters of a notebook: known by name, checked by type, before anything runs."""

import ast
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segkit.errors import ParameterError, nearest

TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "None": (type(None),),
}


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell.

    Attributes
    ----------
    name, annotation : str
        `k` and `int | None`.
    """

    name: str
    annotation: str

    def check(self, value: Any) -> None:
        """Refuse a value of another type than the annotation's."""
        accepted = [kind for word in self.annotation.split("|") for kind in TYPES[word.strip()]]
        is_bool_for_number = isinstance(value, bool) and bool not in accepted
        if not isinstance(value, tuple(accepted)) or is_bool_for_number:
            raise ParameterError(
                f"the parameter {self.name} is {value!r}, a {type(value).__name__}", self.annotation
            )


def read_parameters(source: str) -> dict[str, Parameter]:
    """Parameters of a parameters cell, by name.

    Examples
    --------
    >>> read_parameters("k: int | None = None  # number of segments")["k"].annotation
    'int | None'
    """
    lines = [line for line in ast.parse(source).body if isinstance(line, ast.AnnAssign)]
    return {
        line.target.id: Parameter(line.target.id, ast.unparse(line.annotation))
        for line in lines
        if isinstance(line.target, ast.Name)
    }


def check_parameters(given: Mapping[str, Any], known: Mapping[str, Parameter]) -> None:
    """Refuse a parameter that isn't known, by name, or has the wrong type."""
    for name, value in given.items():
        if name not in known:
            raise ParameterError(f"there is no parameter '{name}'", fix=nearest(name, known))
        known[name].check(value)


def refuse_unknown_injected() -> None:
    """In a notebook run by papermill: refuse what its own parameters cell doesn't know.

    papermill only warns of an unknown parameter, so the notebook looks for itself: papermill puts
    its values into a cell that starts with "# Parameters", right after the parameters cell.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    cells = shell.user_ns.get("In", []) if shell else []
    at = next((i for i, cell in enumerate(cells) if cell.startswith("# Parameters\n")), None)
    if not at:
        return
    values = {
        line.targets[0].id: ast.literal_eval(line.value)
        for line in ast.parse(cells[at]).body
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
    }
    check_parameters(values, read_parameters(cells[at - 1]))

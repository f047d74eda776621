"""What is held on one customer: a table that doesn't show itself."""

from typing import Any

import pandas as pd

from segkit.shown import as_text


class Explained(pd.DataFrame):
    """Values of one customer with where they come from; a log or a notebook shows their number only.

    A selection of it, such as `.head()`, is a plain DataFrame, and `.to_string()` shows all.
    """

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame

    def __repr__(self) -> str:
        n_values = int(self["value"].notna().sum())
        n_sources = self["source"].nunique()
        return (
            f"{n_values} of {len(self)} attributes of one customer have a value, from {n_sources} "
            "sources; private, so not shown here: see .to_string()"
        )

    def _repr_html_(self) -> str:
        return as_text(repr(self))

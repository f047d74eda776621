"""Tables about customers of which a study uses no column."""

from collections.abc import Collection

from segkit.sources.joins.values import wanted_of
from segkit.study import Study


def unused(study: Study, own: Collection[str] = ()) -> list[str]:
    """Say which tables only tell who is in them.

    Parameters
    ----------
    study : Study
    own : collection of str
        Columns of the customer table, which may describe segments without being traits.
    """
    used = {source for one in wanted_of(study).values() for source in one.origin.columns}
    if {*study.bases, *study.descriptors, *study.protected, study.weight} & set(own):
        used.add("customers")
    return [
        f"no column of {name} ('{', '.join(spec.files)}') is used: it only says which "
        f"{study.words['customers']} are in it (`traits` say what its columns mean)"
        for name, spec in study.about_customers.items()
        if name not in used
    ]

"""Who can't be put into a segment, and for want of what; nothing is told of fewer than ten."""

from collections.abc import Callable

from segkit.disclosure import MIN_CELL
from segkit.personas.facts import Fact, Sentence
from segkit.personas.lexicon import lowered
from segkit.reporting.workspace import Run


def lacking(run: Run, fact: Callable[..., Fact]) -> list[Sentence]:
    """Who has every base, who is left out, and what they lack.

    Parameters
    ----------
    run : Run
    fact : callable
        Makes a fact about all customers: name, value, unit.
    """
    customers = run.study.words["customers"]
    n, n_whole = len(run.features.frame), len(run.segments.labels)
    if n == n_whole:
        return []
    facts = {
        "whole": fact("whole/customers", n_whole, customers),
        "all": fact("features/customers", n, customers),
        "out": fact("left_out/customers", n - n_whole, customers),
    }
    names, parts = {"customers": customers}, []
    missing, labels = run.features.lacking, run.features.dictionary["label"]
    shown = missing[missing.ge(MIN_CELL) | (len(missing) == 1)]
    for place, (base, count) in enumerate(shown.items()):
        names[f"base_{place}"] = lowered(str(labels[base]))
        parts.append(f"{{base_{place}}} missing")
        if len(missing) > 1:  # one alone is all who are left out
            facts[f"n_{place}"] = fact(f"lacking/{base}", count, customers)
            parts[-1] += f" {{n_{place}}}"
    if len(shown) < len(missing):
        facts["few"] = fact("limit/least", MIN_CELL, "count")
        parts.append("others fewer than {few} each" if parts else "each trait fewer than {few}")
    template = "{whole} of {all} {customers} have every trait that forms the segments; {out} left out: "
    return [Sentence(f"{template}{', '.join(parts)}.", facts, names)]

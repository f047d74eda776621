"""What of a file stays unused, so that nothing is dropped in silence."""

from segkit.sources.guessing.seen import Seen


def unused_of(seen: Seen) -> list[str]:
    """Columns of a file that nothing is read from."""
    mapped = [
        one for given in seen.columns.values() for one in ([given] if isinstance(given, str) else given)
    ]
    ruled = [str(rule["column"]) for rule in seen.rules.values() if isinstance(rule, dict)]
    used = {
        *mapped,
        *ruled,
        seen.guess.spec.get("join", {}).get("by"),
        *seen.guess.spec.get("fill_down", {}).get("columns", []),
    }
    return [name for name in seen.table.columns if name not in used]

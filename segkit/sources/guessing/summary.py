"""What `segkit new` prints: what was guessed, what stays unused, what a person has to settle."""

from collections.abc import Iterator, Sequence

from segkit.sources.guessing.draft import Draft

MOST_LISTED = 8


def summary_of(draft: Draft, said: Sequence[str]) -> str:
    """What was guessed and what is needed.

    Parameters
    ----------
    draft : Draft
    said : sequence of str
        One line per file.
    """
    lines = [*said, f"data/{draft.name}/study.yaml is written. Guessed:"]
    for table, guess in draft.guesses.items():
        lines += [f"  {table}: {what} {why}" for what, why in guess.said.items()]
    lines += _traits(draft)
    lines += [f"  as_of {draft.as_of}: {draft.as_of_why}"]
    lines += [f"  bases: {', '.join(draft.guessed.bases)}"]
    lines += _unused(draft)
    lines += _needs(draft)
    lines += ["`title` and `decision` are printed on the report: put your own."]
    lines += [f"Then: segkit check {draft.name}, and segkit run {draft.name}"]
    return "\n".join(lines)


def _traits(draft: Draft) -> Iterator[str]:
    guessed = draft.guessed
    for part in (guessed.traits, guessed.scales, guessed.choices):
        for key, spec in part.items():
            kind = spec.get("kind", "scale" if "items" in spec else "choices")
            yield f"  {key}: {kind}, {spec.get('basis', 'psychographic')}: {guessed.why[key]}"
    for column, why in guessed.left_out.items():
        yield f"  '{column}' is left out: {why}"
    if guessed.weight:
        yield f"  weight '{guessed.weight}': sizes and profiles are weighted by it"
    if draft.profile:
        both = f" ({', '.join(draft.shared)})" if draft.shared else ""
        yield f"  profile: where sources differ{both}, the newest value counts, as far as dates tell"


def _unused(draft: Draft) -> Iterator[str]:
    for table, columns in draft.unused.items():
        more = f" and {len(columns) - MOST_LISTED} more" if len(columns) > MOST_LISTED else ""
        yield (
            f"  {table}: not used: {', '.join(columns[:MOST_LISTED])}{more} (nothing that is read from "
            "such a table, by their names)"
        )


def _needs(draft: Draft) -> Iterator[str]:
    needs = [f"  {table}: {need}" for table, guess in draft.guesses.items() for need in guess.needs]
    needs += [f"  {need}" for need in draft.needs]
    if needs:
        yield "To be settled by you, in that file:"
        yield from needs
    elif not draft.unused:
        yield "Nothing more is needed."

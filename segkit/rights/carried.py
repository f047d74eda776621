"""What carries keys from run to run, once a customer is forgotten."""

import json
import shutil
from pathlib import Path

from segkit.segments.store import MODEL
from segkit.study import Study

UNFINISHED = ".kept-"
"""How the folders begin in which a run writes what it keeps, before they are put into place."""


def drop_words(study: Study) -> list[Path]:
    """Remove what is kept beside processed/ where a word in it may be the customer's alone.

    Of numbers it holds centres and limits of all customers, which stay. Levels of a category are
    words of theirs, and whose they were can't be told from it.

    Returns
    -------
    list of pathlib.Path
        The folder, if it went.
    """
    drop_unfinished(study)
    model = study.kept / "segments" / MODEL
    if not model.is_file():
        return []
    levels = json.loads(model.read_text(encoding="utf-8"))["space"]["levels"]
    if not any(levels.values()):
        return []
    shutil.rmtree(study.kept)
    return [study.kept]


def outlives(study: Study) -> bool:
    """Whether the run that left what is kept is gone, so that nobody can be looked for in it."""
    last = (study.reports / "latest").resolve().name
    return study.kept.exists() and not (study.processed / last).is_dir()


def drop_unfinished(study: Study) -> None:
    """Remove what killed runs left of what they were about to keep."""
    for left in study.folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left)

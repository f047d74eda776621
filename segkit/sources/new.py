"""`segkit new`: a first study.yaml for a user's own files, commented, to be read once."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from segkit.errors import StudyError
from segkit.sources.exports.links import join_links
from segkit.sources.exports.tell import refuse_unfit, tell_files
from segkit.sources.guessing.assembly import assemble, relative
from segkit.sources.guessing.summary import summary_of
from segkit.sources.guessing.text import study_text
from segkit.study import project_root


def new_study(
    name: str, files: Mapping[str, Path | Sequence[Path]], unnamed: Sequence[Path] = ()
) -> str:
    """Write data/<name>/study.yaml for a user's own files.

    Parameters
    ----------
    name : str
        Of the new folder; must not exist.
    files : dict of str to pathlib.Path, or to several
        Table ("transactions", "customers", "consent", ...) -> its file, as far as the user says which
        is which. Several of one kind with the same columns are one table.
    unnamed : sequence of pathlib.Path
        Files, or folders of files, to be told by their headers, else by their columns.

    Returns
    -------
    str
        What was guessed and what is needed, to be printed.

    Raises
    ------
    StudyError
        The name is taken or no folder name, files of one kind differ, a file fits two kinds, tables
        about customers share no id, or none holds what customers did or who they are.
    DataError
        A file can't be read at all, or can't be told.
    """
    if not re.fullmatch(r"[\w-]+", name):
        raise StudyError(f"'{name}' is no name for a study", "letters, digits, - and _")
    folder = project_root() / "data" / name
    if (folder / "study.yaml").exists():
        raise StudyError(
            f"data/{name} holds a study already", fix="Choose another name, or edit that one"
        )
    named = {kind: [given] if isinstance(given, Path) else given for kind, given in files.items()}
    told = tell_files(named, unnamed)
    join_links(told)
    refuse_unfit(told)
    draft = assemble(name, told)
    folder.mkdir(parents=True, exist_ok=True)
    relative(draft, folder)
    (folder / "study.yaml").write_text(study_text(draft), encoding="utf-8")
    return summary_of(draft, told.said)

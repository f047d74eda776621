"""`segkit messages STUDY`: a messages.yaml to start from, or what to add to the one that is there."""

from pathlib import Path

from segkit.personas.messages import FILE, load_messages
from segkit.personas.starter import compared, starter
from segkit.personas.writer import CardWriter
from segkit.reporting.workspace import Run, open_run
from segkit.study import Study, load_study

NEW = "messages.new.yaml"


def write_starter(study: str | Path | Study) -> str:
    """Write a study's messages.yaml with each segment's figures, once.

    Parameters
    ----------
    study : str, pathlib.Path or Study

    Returns
    -------
    str
        What was written, and what is left to do.

    Notes
    -----
    The figures are those of the last good run, or are made now. A messages.yaml that is there is never
    written to: what it lacks goes to messages.new.yaml beside it, to be copied by hand.
    """
    run = _last_run(study if isinstance(study, Study) else load_study(study))
    path = run.study.folder / FILE
    if not path.is_file():
        path.write_text(_text(run), encoding="utf-8")
        n = len(run.unsaid.cards)
        return f"{path} holds {n} segments with their figures. Say what you know, then `segkit run`."
    messages = load_messages(path)
    missing, gone = compared(messages, run.unsaid)
    told = [f"{path} is there and is not written to."]
    told += [f"'{key}' is no segment of the last run: move it under `retired:`." for key in gone]
    fresh = run.study.folder / NEW
    fresh.write_text(_text(run, missing or None), encoding="utf-8")
    what = "the segments that it lacks" if missing else "every segment's figures as they are now"
    return "\n".join([*told, f"{fresh} holds {what}: copy what you need, then delete it."])


def _text(run: Run, only: list[str] | None = None) -> str:
    personas, study = run.unsaid, run.study
    writers = {
        key: CardWriter(run.profile, key, study.currency, study.words) for key in personas.names.index
    }
    return starter(personas, writers, study.as_of, only)


def _last_run(study: Study) -> Run:
    """The run that `latest` points to, if it is of the same study and files; else a draft."""
    last = open_run(study, run=(study.reports / "latest").resolve().name)
    return last if last.has_segments else open_run(study)

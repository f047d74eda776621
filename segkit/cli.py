"""The command: segkit new | check | messages | run | fetch | forget | access."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from segkit import __version__
from segkit.errors import ParameterError, SegkitError
from segkit.sources.exports.export import NAMED


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 done, 2 refused or failed with a message, 130 interrupted."""
    given = _given(arguments)
    try:
        given.run(given)
    except SegkitError as error:
        print(f"segkit: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # who read the output has seen enough
        sys.stderr.close()
    except KeyboardInterrupt:
        print("\nsegkit: interrupted; the last good report is untouched", file=sys.stderr)
        return 130
    return 0


def _given(arguments: list[str] | None) -> argparse.Namespace:
    """The command's arguments; files may come after options, which argparse alone refuses."""
    parser = _parser()
    given, rest = parser.parse_known_args(arguments)
    if rest and (given.run is not _new or any(word.startswith("-") for word in rest)):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        given.files += rest
    return given


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="segkit", description="From raw customer tables to a segment report."
    )
    parser.add_argument("--version", action="version", version=f"segkit {__version__}")
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")

    new = verbs.add_parser(
        "new", help="make a study from your own files: guesses the mapping and says so"
    )
    new.add_argument("study", help="name of the new folder under data/")
    new.add_argument(
        "files", nargs="*", metavar="FILE",
        help="any exports, CSV or Parquet, or a folder of them: known ones are recognised by their "
        "headers, others guessed by their columns",
    )  # fmt: skip
    for kind, words in NAMED.items():
        new.add_argument(f"--{kind}", metavar="FILE", action="append", help=words)
    new.set_defaults(run=_new)

    _of_study(verbs, "check", _check, "read and check a study's tables without running it")
    _of_study(
        verbs, "messages", _messages,
        "write a messages.yaml to start from, with each segment's figures",
    )  # fmt: skip
    run = _of_study(verbs, "run", _run, "run a study's notebooks into an HTML segment report")
    run.add_argument("--as-of", metavar="DATE", help="another reference date, YYYY-MM-DD, exclusive")
    run.add_argument(
        "-p", "--parameter", action="append", default=[], metavar="NAME=VALUE", dest="parameters",
        help="a notebook parameter, such as k=4; may be repeated",
    )  # fmt: skip
    run.add_argument("--pdf", action="store_true", help="print the report as well, by a Chromium")
    _add_rights(verbs)

    fetch = verbs.add_parser("fetch", help="get a public data set, checked, where its study finds it")
    fetch.add_argument("names", nargs="*", metavar="NAME", help="none: list what there is")
    fetch.add_argument(
        "--to", metavar="FOLDER", help="by default $SEGKIT_DATA, else the project's data/"
    )
    fetch.add_argument("--replace", action="store_true", help="overwrite a file that differs")
    fetch.set_defaults(run=_fetch)
    return parser


def _of_study(
    verbs: Any, name: str, run: Callable[[argparse.Namespace], None], said: str
) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(name, help=said)
    verb.add_argument("study", help="a name under data/, or a folder with a study.yaml")
    verb.set_defaults(run=run)
    return verb


def _add_rights(verbs: Any) -> None:
    forget = _of_study(verbs, "forget", _forget, "erase a customer from what a study's runs have left")
    access = _of_study(verbs, "access", _access, "give all that a study holds on a customer, as JSON")
    for verb in (forget, access):
        verb.add_argument(
            "customer", metavar="ID",
            help="as in the study's sources; - reads it from standard input, so that no shell keeps it",
        )  # fmt: skip
    forget.add_argument("--asked-by", metavar="WHO", default="", help="who asked, for the record")
    access.add_argument("--out", metavar="FILE", help="a file that only you can read")


def _new(given: argparse.Namespace) -> None:
    from segkit.sources.new import new_study

    named = {}
    for kind in NAMED:
        files = getattr(given, kind)
        if files:
            named[kind] = [Path(file) for file in files]
    print(new_study(given.study, named, [Path(file) for file in given.files]))


def _check(given: argparse.Namespace) -> None:
    from segkit.features.build import build_features
    from segkit.personas.messages import load_messages
    from segkit.personas.review import passed_reviews
    from segkit.sources.counts import counted
    from segkit.sources.tables import load_tables
    from segkit.study.schema import UNDECIDED

    tables = load_tables(given.study)
    features = build_features(tables, as_of=tables.study.as_of)
    customers = tables.study.words["customers"]
    print(tables.quality.lines.to_string(index=False, na_rep=""))
    if len(tables.quality.unread):
        print(tables.quality.unread.to_string(index=False))
    for notice in tables.quality.notices:
        print(f"note: {notice}")
    print(f"kept: {counted(tables.quality.kept, tables.study.words, tables.study.currency)}")
    if tables.study.decision == UNDECIDED:
        print("note: `decision` is still what segkit wrote; the report prints it: put your own")
    print(f"bases: {features.bases.shape[1]} for {len(features.bases):,} {customers}")
    if features.coverage:
        print(f"note: {features.coverage}")
    print(f"descriptors: {features.descriptive.shape[1]}")
    file = tables.study.folder / "messages.yaml"
    messages = load_messages(file) if file.is_file() else None
    if messages is not None:
        print(f"messages.yaml: {messages.reading}")
    for passed in passed_reviews(tables.study.review_by, messages, str(datetime.now(UTC).date())):
        print(f"note: {passed}")
    print(f"The study is ready: segkit run {given.study}")


def _messages(given: argparse.Namespace) -> None:
    from segkit.reporting.starter import write_starter

    print(write_starter(given.study))


def _run(given: argparse.Namespace) -> None:
    from segkit.reporting.pdf import find_browser, print_pdf
    from segkit.reporting.runner import run_study

    browser = find_browser() if given.pdf else None
    report = run_study(given.study, as_of=given.as_of, parameters=_named(given.parameters))
    if browser:
        print_pdf(report, browser)
    print(report.parent.parent / "latest" / report.name)


def _forget(given: argparse.Namespace) -> None:
    from segkit.rights.forget import forget

    print(forget(given.study, _customer(given), asked_by=given.asked_by).reading)


def _access(given: argparse.Namespace) -> None:
    from segkit.rights.access import access, as_json, write_access

    held = access(given.study, _customer(given))
    if given.out is None:
        print(as_json(held))
    else:
        write_access(held, Path(given.out))
        print(f"Written to {given.out}, for that customer only; delete it when it is sent.")


def _customer(given: argparse.Namespace) -> str:
    return str(sys.stdin.readline() if given.customer == "-" else given.customer)


def _fetch(given: argparse.Namespace) -> None:
    from segkit.sources.public.datasets import DATASETS
    from segkit.sources.public.fetch import fetch_dataset, where_to_look

    if not given.names:
        for one in DATASETS.values():
            print(f"{one.name:<22}{one.rows:>9,} rows   {one.licence}")
    folder = None
    for name in given.names:
        got = fetch_dataset(name, to=given.to, replace=given.replace, tell=print)
        folder = got.folder
        print(got.reading)
    if folder is not None:
        print(where_to_look(folder))


def _named(parameters: list[str]) -> dict[str, Any]:
    """Turn NAME=VALUE into typed values, read as YAML: 4 is a number, true a truth value."""
    named = {}
    for text in parameters:
        name, equals, value = text.partition("=")
        if not equals:
            raise ParameterError(f"-p {text}", "NAME=VALUE")
        named[name.strip()] = yaml.safe_load(value)
    return named


if __name__ == "__main__":
    sys.exit(main())

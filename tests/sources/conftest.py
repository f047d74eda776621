"""`segkit new` on files of one's own, and `segkit check` on what it wrote, untouched."""

import pytest
import yaml

import segkit
from segkit.cli import main


@pytest.fixture
def new(project, capsys):
    """Write frames as files, run `segkit new mine`, give the study and what was printed."""

    def made(*arguments, **frames):
        for name, frame in frames.items():
            text = frame if isinstance(frame, str) else frame.to_csv(index=False)
            (project / f"{name}.csv").write_text(text, encoding="utf-8")
        given = arguments or [str(project / f"{name}.csv") for name in frames]
        code = main(["new", "mine", *map(str, given)])
        printed = capsys.readouterr()
        path = project / "data" / "mine" / "study.yaml"
        study = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
        assert "example.com" not in printed.out + printed.err
        return study, printed.out if code == 0 else printed.err

    return made


@pytest.fixture
def features(project, capsys):
    """Check the written study untouched, and give its features."""

    def made(*said):
        code = main(["check", "mine"])
        printed = capsys.readouterr()
        assert (code, printed.err) == (0, "")
        for words in said:
            assert words in printed.out
        study = segkit.load_study("mine")
        return segkit.build_features(segkit.load_tables(study), as_of=study.as_of)

    return made

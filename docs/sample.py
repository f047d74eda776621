"""Make docs/sample_report.html, the demo's report as a first run makes it: `make sample`."""

import os
import re
import shutil
import tempfile
from pathlib import Path

from segkit.reporting.runner import run_study
from segkit.study import project_root

SAMPLE = Path(__file__).with_name("sample_report.html")


def sample_of(report: str) -> str:
    """A report without what belongs to one run or lies beside it: its clock, the analysts' pages."""
    return re.sub(r"<footer>.*?</footer>", "", report, flags=re.DOTALL)


def first_run(project: Path) -> Path:
    """The report of a project of its own: names that earlier runs have left here don't carry on."""
    root, study = project_root(), project / "data" / "complete_journey"
    study.mkdir(parents=True)
    shutil.copy(root / "data" / "complete_journey" / "study.yaml", study)
    shutil.copytree(root / "notebooks", project / "notebooks")
    os.chdir(project)
    return run_study("complete_journey")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        report = first_run(Path(folder)).read_text(encoding="utf-8")
        os.chdir(Path(__file__).parent)
    SAMPLE.write_text(sample_of(report), encoding="utf-8")

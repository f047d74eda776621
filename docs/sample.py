"""Keep docs/sample_report.html equal to the demo's last report: `make sample`."""

import re
from pathlib import Path

from segkit.study import project_root

SAMPLE = Path(__file__).with_name("sample_report.html")


def sample_of(report: str) -> str:
    """A report without what belongs to one run or lies beside it: its clock, the analysts' pages."""
    return re.sub(r"<footer>.*?</footer>", "", report, flags=re.DOTALL)


if __name__ == "__main__":
    latest = project_root() / "reports" / "complete_journey" / "latest" / "report.html"
    SAMPLE.write_text(sample_of(latest.read_text(encoding="utf-8")), encoding="utf-8")

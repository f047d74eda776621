"""A report on paper, where a Chromium is at hand to print it."""

import os
import shutil
import subprocess
from pathlib import Path

from segkit.errors import ParameterError, RunError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
SECONDS = 120


def find_browser() -> str:
    """Return the Chromium on the PATH.

    Raises
    ------
    ParameterError
        There is none.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise ParameterError(
            "--pdf needs a Chromium, and none is on the PATH",
            " or ".join(BROWSERS),
            "Install one, or print report.html from any browser",
        )
    return found


def print_pdf(page: Path, browser: str) -> Path:
    """Print a page beside itself, folded parts opened, and return the file.

    Parameters
    ----------
    page : pathlib.Path
    browser : str
        From `find_browser`.

    Raises
    ------
    RunError
        The browser printed nothing.
    """
    target = page.with_suffix(".pdf")
    flags = ["--headless", "--disable-gpu", "--no-pdf-header-footer", "--disable-background-networking"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")
    done = subprocess.run(
        [browser, *flags, f"--print-to-pdf={target}", page.resolve().as_uri()],
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    if done.returncode or not target.is_file():
        raise RunError(f"{Path(browser).name} printed no PDF (exit {done.returncode})")
    return target

"""Real runs, made once: a small shop of its own, and the demo in a project of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from segkit.features.dictionary import slug
from tests.conftest import IN_CI, ROOT, make_transactions

QUICK = ["-p", "n_boot=10"]
HOSTILE = "<b>Käse & 飲料</b>"


def segkit_command(*arguments, cwd, **options):
    """Run the command as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "segkit.cli", *map(str, arguments)],
        cwd=cwd, capture_output=True, text=True, timeout=600, check=False, **options,
    )  # fmt: skip


def make_project(folder: Path) -> Path:
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    (folder / "data").mkdir()
    return folder


def make_shop(project: Path, orders) -> Path:
    """A study written by `segkit new`, cut to what keeps its runs short."""
    orders.to_csv(project / "orders.csv", index=False)
    made = segkit_command("new", "shop", "--transactions", "orders.csv", cwd=project)
    assert made.returncode == 0, made.stderr
    path = project / "data" / "shop" / "study.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "mean_order_value", f"mean_order_value, {slug(HOSTILE)}_share"
    )
    path.write_text(text + "parameters: { k_max: 3 }\n", encoding="utf-8")
    return project


def named_orders():
    """Orders under the names that a shop's export has, with one hostile category."""
    orders = make_transactions(80)
    orders["kind"] = orders["kind"].replace("cat0", HOSTILE)
    return orders.rename(
        columns={
            "customer": "Customer ID", "order": "Order ID", "when": "Order Date", "product": "SKU",
            "kind": "Category", "count": "Quantity", "price": "Unit Price", "saved": "Discount",
        }
    )  # fmt: skip


@pytest.fixture(scope="session")
def shop_project(tmp_path_factory):
    """A small shop with one good report."""
    project = make_shop(make_project(tmp_path_factory.mktemp("shop")), named_orders())
    done = segkit_command("run", "shop", *QUICK, cwd=project)
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory):
    """The folder of a run of the demo, as `make report` makes it."""
    project = make_project(tmp_path_factory.mktemp("demo"))
    study = project / "data" / "complete_journey"
    study.mkdir()
    shutil.copy(ROOT / "data" / "complete_journey" / "study.yaml", study)
    done = segkit_command("run", "complete_journey", cwd=project)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip().splitlines()[-1]).parent


@pytest.fixture(scope="session")
def browser():
    """A real Chromium; without one a user's test is skipped, and CI fails."""
    from playwright.sync_api import sync_playwright

    found = next(
        filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None
    )
    if not found:
        reason = "no Chromium on the PATH: the report is not looked at in a browser"
        pytest.fail(reason) if IN_CI else pytest.skip(reason)
    flags = ["--disable-background-networking"] + ["--no-sandbox"] * (os.geteuid() == 0)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=flags)
        yield chromium
        chromium.close()

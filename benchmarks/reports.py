"""Reports of peers beside segkit's, on the same made customers: what a reader's browser has to carry.

    python -m benchmarks.reports [FOLDER]

Each peer gets an environment of its own under FOLDER (a temporary one by default), so that none of
them decides which pandas segkit runs on. One that can't be installed is said to be so. Needs a
Chromium on the PATH and the development extra (playwright, axe-playwright-python).
"""

import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

N = 5_000
SECONDS = 900
PEERS = {
    "ydata-profiling": "from ydata_profiling import ProfileReport as R\n"
    "R(frame, title='Customers', progress_bar=False).to_file(target)",
    "sweetviz": "import sweetviz\nsweetviz.analyze(frame).show_html(target, open_browser=False)",
    "skrub": "from skrub import TableReport as R\nR(frame).write_html(target)",
}
EVERYTHING = """() => {
    const every = root => [...root.querySelectorAll('*')]
        .flatMap(one => [one, ...(one.shadowRoot ? every(one.shadowRoot) : [])]);
    const nodes = every(document);
    const hidden = ['SCRIPT', 'STYLE', 'TEMPLATE'];
    const said = nodes.filter(one => !one.children.length && !hidden.includes(one.tagName));
    return [nodes.length, said.map(one => one.textContent).join(' ')];
}"""
"""Elements and texts, those behind a shadow root among them."""
RANGE = re.compile(r"\([-−<]?[$€]?[\d.,]+%?\s?(?:\u2013\u2060?|-|to)\s?[-−]?[$€]?[\d.,]+%?\)")
"""A figure with its range: 31% (27-35%)."""
NEEDS = {"sweetviz": ["setuptools<80", "numpy<2", "pandas<2.3"], "ydata-profiling": ["setuptools<80"]}
TRAITS = {
    "orders": {"kind": "number", "basis": "behavioural", "label": "Orders", "unit": "orders"},
    "spent": {"kind": "number", "basis": "behavioural", "label": "Spent", "unit": "money"},
    "recency": {"kind": "number", "basis": "behavioural", "label": "Days since order", "unit": "days"},
    "discount": {"kind": "number", "basis": "behavioural", "label": "Discount share", "unit": "share"},
    "channel": {"kind": "category", "basis": "behavioural", "label": "Channel"},
}


def customers() -> pd.DataFrame:
    """Made customers of four kinds, each with an e-mail address as a CRM has them."""
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 4, N)
    orders = rng.poisson(np.array([1, 4, 12, 25])[kind]) + 1
    return pd.DataFrame(
        {
            "customer": [f"person{row}@example.org" for row in range(N)],
            "orders": orders,
            "spent": (orders * rng.lognormal(3, 0.5, N)).round(2),
            "recency": rng.gamma(2, np.array([90, 60, 20, 7])[kind]).round(),
            "discount": rng.beta(2, np.array([2, 8, 8, 20])[kind]).round(3),
            "channel": np.where(kind > 1, rng.choice(["web", "app"], N), "store"),
        }
    )


def segkit_report(folder: Path) -> Path:
    """Run segkit on the made customers, and return its page."""
    root = Path(__file__).resolve().parents[1]
    shutil.copytree(root / "notebooks", folder / "notebooks", dirs_exist_ok=True)
    study = folder / "data" / "made"
    study.mkdir(parents=True, exist_ok=True)
    customers().to_csv(study / "customers.csv", index=False)
    content = {
        "title": "Which customers are there?", "decision": "None: a measurement.",
        "as_of": "2024-06-01",
        "tables": {"customers": {"file": "customers.csv", "columns": {"customer_id": "customer"}}},
        "traits": TRAITS, "bases": ["orders", "spent", "recency", "discount"],
        "descriptors": ["channel"],
        "parameters": {"k_max": 5, "n_boot": 10, "n_starts": 5},
    }  # fmt: skip
    (study / "study.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    command = [sys.executable, "-m", "segkit.cli", "run", "made"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return folder / "reports" / "made" / "latest" / "report.html"


def peer_report(name: str, folder: Path) -> Path | str:
    """Install a peer in an environment of its own and let it report; or say why it couldn't."""
    place = folder / name
    python = place / "bin" / "python"
    if not python.is_file():
        venv.create(place, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", name, *NEEDS.get(name, [])]
    done = subprocess.run(install, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode:
        return f"not installed: {done.stderr.strip().splitlines()[-1][:100]}"
    source, target = folder / "customers.csv", place / "report.html"
    customers().to_csv(source, index=False)
    read = f"import pandas\nframe = pandas.read_csv({str(source)!r})\ntarget = {str(target)!r}\n"
    script = read + PEERS[name]
    command = [str(python), "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode or not target.is_file():
        return f"no report: {done.stderr.strip().splitlines()[-1][:100]}"
    return target


def measured(page: Path) -> dict[str, object]:
    """What a browser says of a page."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1280, "height": 900})
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(page.resolve().as_uri())
        opened.wait_for_timeout(2_000)
        nodes, text = opened.evaluate(EVERYTHING)
        serious = [
            one["id"]
            for one in Axe().run(opened).response["violations"]
            if one["impact"] in {"serious", "critical"}
        ]
        opened.set_viewport_size({"width": 320, "height": 800})
        width = opened.evaluate("document.documentElement.scrollWidth")
        browser.close()
    html = page.read_text(encoding="utf-8")
    return {
        "kilobytes": round(len(html.encode()) / 1000),
        "nodes": nodes,
        "scripts": len(re.findall(r"<script\b", html)),
        "requests": sum(not url.startswith(("file:", "data:", "blob:")) for url in asked),
        "axe serious": len(serious),
        "e-mails shown": len(set(re.findall(r"[\w.]+@example\.org", text))),
        "ranges shown": len(RANGE.findall(text)),
        "width at 320": width,
    }


def main() -> None:
    """Print one row per report."""
    given = sys.argv[1:]
    folder = Path(given[0]) if given else Path(tempfile.mkdtemp(prefix="reports-"))
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, dict[str, object]] = {"segkit": measured(segkit_report(folder))}
    for name in PEERS:
        page = peer_report(name, folder)
        rows[name] = measured(page) if isinstance(page, Path) else {"kilobytes": page}
    print(pd.DataFrame.from_dict(rows, orient="index").fillna("").to_string())


if __name__ == "__main__":
    main()

"""How long does `segkit.explore` take on a wide table, and how heavy is its page?

python -m benchmarks.explore 100000 60
python -m benchmarks.explore 100000 60 table.parquet   # also writes the table, to try others on it

Another profiler on the same table, from an environment of its own:

python -c "import pandas, ydata_profiling as p, time; f = pandas.read_parquet('table.parquet'); \
t = time.time(); h = p.ProfileReport(f, progress_bar=False).to_html(); print(time.time() - t, len(h))"
"""

import sys
import time
from html.parser import HTMLParser

import numpy as np
import pandas as pd

import segkit

KINDS = ("skewed", "round", "count", "yes_no", "level", "wide", "text_number", "day")


def table(n: int, d: int, seed: int = 0) -> pd.DataFrame:
    """Mixed columns with gaps: skewed and round numbers, counts, yes and no, levels, texts, days."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    columns = {
        f"{KINDS[place % len(KINDS)]}_{place}": _column(KINDS[place % len(KINDS)], n, common, rng)
        for place in range(d)
    }
    frame = pd.DataFrame(columns)
    for name in list(frame)[::5]:
        frame[name] = frame[name].mask(rng.random(n) < 0.1)
    return frame


def _column(kind: str, n: int, common: np.ndarray, rng: np.random.Generator) -> object:
    mixed = 0.6 * common + rng.normal(size=n)
    if kind == "skewed":
        return np.exp(mixed).round(2)
    if kind == "round":
        return mixed
    if kind == "count":
        return rng.poisson(np.exp(0.5 * mixed))
    if kind == "yes_no":
        return np.where(mixed > 0.5, "yes", "no")
    if kind == "level":
        return pd.cut(mixed, 6, labels=list("abcdef")).astype(str)
    if kind == "wide":
        return np.char.add("town ", rng.zipf(1.6, n).clip(max=400).astype(str))
    if kind == "text_number":
        return (1_000 * np.exp(mixed)).round().astype(int).astype(str)
    return pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 1_500, n), unit="D")


class Nodes(HTMLParser):
    """Counts the elements of a page."""

    n = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """One more."""
        self.n += 1


def main() -> None:
    """Time one table and weigh its page."""
    n, d = (int(one) for one in (sys.argv[1:3] or ("100000", "60")))
    frame = table(n, d)
    if len(sys.argv) > 3:
        frame.to_parquet(sys.argv[3])
    segkit.explore(frame.head(200))  # imports
    start, busy = time.perf_counter(), time.process_time()
    found = segkit.explore(frame)
    html = found._repr_html_()
    took, busy = time.perf_counter() - start, time.process_time() - busy
    nodes = Nodes()
    nodes.feed(html)
    print(
        f"{n:,} x {d}: {took:.1f} s ({busy:.1f} s of one core), "
        f"{len(html.encode()):,} bytes, {nodes.n:,} elements"
    )


if __name__ == "__main__":
    main()

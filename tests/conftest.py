"""Shared fixtures: hand-written lines whose answers are known, a study around any frame, real data."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.study import Study

ROOT = Path(__file__).resolve().parent.parent
IN_CI = bool(os.environ.get("CI"))


@pytest.fixture
def lines():
    """Ana: 2 orders, 26.00 in all, the last 10 days before 1 June. Bo: 1 of 12.00, 31 days before.

    Ana's o2 has two lines (21.00 and a free sample of 0.00). Cy has no id on his line of 5.00. Bo sent
    one thing back (-4.00). One line lies on 1 June itself.
    """
    rows = [
        ("ana", "o1", "2024-05-02 09:00:00", "tea", 1, 5.0),
        ("ana", "o2", "2024-05-22 18:30:00", "cup", 3, 7.0),
        ("ana", "o2", "2024-05-22 18:30:00", "sample", 1, 0.0),
        ("bo", "o3", "2024-05-01 13:00:00", "tea", 3, 4.0),
        ("bo", "o4", "2024-05-03 13:00:00", "tea", -1, 4.0),
        (None, "o5", "2024-05-04 10:00:00", "tea", 1, 5.0),
        ("ana", "o6", "2024-06-01 00:00:00", "tea", 1, 9.0),
    ]
    columns = ["customer_id", "order_id", "order_date", "product_id", "quantity", "unit_price"]
    return pd.DataFrame(rows, columns=columns)


def study_of(columns, *, tables=None, folder=None, **keys) -> Study:
    """A study in memory whose transactions have the given column mapping."""
    content = {
        "title": "Test",
        "decision": "None",
        "as_of": "2024-06-01",
        "tables": {"transactions": {"file": "orders.csv", "columns": columns}, **(tables or {})},
        "bases": ["recency_days", "n_orders"],
    } | keys
    study = segkit.load_study(content)
    return study if folder is None else study.__class__(**{**vars(study), "folder": Path(folder)})


@pytest.fixture
def make_study():
    return study_of


@pytest.fixture
def shop(lines):
    """The tables of the hand-written lines."""
    study = study_of({name: name for name in lines})
    return segkit.load_tables(study, transactions=lines)


@pytest.fixture(scope="session")
def demo_tables():
    return segkit.load_tables("complete_journey")


@pytest.fixture(scope="session")
def demo_features(demo_tables):
    return segkit.build_features(demo_tables, as_of="2018-01-01")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public data sets that the project doesn't carry."""
    folder = os.environ.get("SEGKIT_DATA")
    if not folder:
        pytest.skip("SEGKIT_DATA is not set: it names the folder of the public data sets")
    assert Path(folder).is_dir(), f"SEGKIT_DATA is {folder}, and there is no such folder"
    return Path(folder)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project of its own: data/, notebooks/ (segkit's) and nothing else."""
    (tmp_path / "data").mkdir()
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make_groups(n=300, k=3, *, distance=6.0, seed=0) -> tuple[pd.DataFrame, np.ndarray]:
    """Planted round groups `distance` standard deviations apart, in two columns."""
    rng = np.random.default_rng(seed)
    angle = 2 * np.pi * np.arange(k) / k
    radius = distance / (2 * np.sin(np.pi / k))
    centres = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    truth = np.arange(n) % k
    frame = pd.DataFrame(centres[truth] + rng.normal(size=(n, 2)), columns=["first", "second"])
    frame.index = pd.Index([f"c{row:04d}" for row in range(n)], name="customer_id")
    return frame, truth


def make_transactions(n_customers=60, *, seed=0) -> pd.DataFrame:
    """Orders of two planted kinds of customer: frequent small baskets, rare large ones."""
    rng = np.random.default_rng(seed)
    rows = []
    for customer in range(n_customers):
        frequent = customer % 2 == 0
        for order in range(int(rng.integers(12, 25) if frequent else rng.integers(2, 5))):
            day = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(rng.integers(0, 150)))
            hour = pd.Timedelta(hours=int(rng.integers(7, 23)))
            for _ in range(int(rng.integers(1, 4))):
                product = int(rng.integers(0, 20))
                price = float(rng.integers(100, 900) if frequent else rng.integers(2000, 9000)) / 100
                rows.append(
                    (f"c-{customer:03d}", f"o{customer}-{order}", day + hour, f"p{product}",
                     f"cat{product % 4}", int(rng.integers(1, 4)), price, price / 10)
                )  # fmt: skip
    columns = ["customer", "order", "when", "product", "kind", "count", "price", "saved"]
    return pd.DataFrame(rows, columns=columns)


ORDER_COLUMNS = {
    "customer_id": "customer", "order_id": "order", "order_date": "when", "product_id": "product",
    "category": "kind", "quantity": "count", "unit_price": "price", "discount": "saved",
}  # fmt: skip

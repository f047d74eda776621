"""Public data sets that nobody here wrote, through `segkit new` and on to a report."""

import pytest

import segkit
from segkit.cli import main

pytestmark = pytest.mark.slow


def new(project, name, path, capsys):
    assert main(["new", name, "--transactions", str(path)]) == 0, capsys.readouterr().err
    return segkit.load_tables(name).quality


def test_online_retail_adds_up_to_the_line(project, shared_data, capsys):
    quality = new(project, "retail", shared_data / "online_retail" / "online_retail.csv.gz", capsys)
    counts = quality.lines.set_index("rule")["lines"]
    assert counts.sum() == quality.read["lines"] == 541_909
    assert counts["no customer id"] == 135_080
    assert quality.lines["amount"].sum() == pytest.approx(9_747_747.934, abs=0.01)
    assert quality.read["customers"] == 4_372
    assert quality.read["orders"] == 25_900
    assert "5,268 lines are exact copies" in quality.notices[0]


def test_all_9288_cancellation_lines_are_found(project, shared_data, capsys):
    new(project, "retail", shared_data / "online_retail" / "online_retail.csv.gz", capsys)
    aside = segkit.load_tables("retail").set_aside["transactions"]
    cancelled = aside.filter(aside.InvoiceNo.startswith("C"))
    assert cancelled.count().execute() == 9_288
    under = cancelled.group_by("set_aside_under").agg(n=cancelled.count()).execute()
    assert set(under["set_aside_under"]) == {"cancellation", "no customer id"}


def test_online_retail_without_product_rules_is_the_usual_clean_subset(project, shared_data, capsys):
    new(project, "retail", shared_data / "online_retail" / "online_retail.csv.gz", capsys)
    path = project / "data" / "retail" / "study.yaml"
    text = path.read_text("utf-8")
    path.write_text("\n".join(row for row in text.splitlines() if "non_products:" not in row), "utf-8")
    kept = segkit.load_tables("retail").quality.kept
    assert (kept["lines"], kept["customers"], kept["orders"]) == (397_884, 4_338, 18_532)
    assert kept["amount"] == pytest.approx(8_911_407.904, abs=0.02)


def test_cdnow_adds_up_to_the_line(project, shared_data, capsys):
    quality = new(project, "cdnow", shared_data / "cdnow" / "CDNOW_master.txt.gz", capsys)
    assert quality.read == {
        "customers": 23_570, "orders": 67_591, "lines": 69_659, "amount": 2_500_315.63
    }  # fmt: skip
    assert quality.lines.set_index("rule")["lines"].to_dict() == {"kept": 69_579, "zero price": 80}


def test_the_cdnow_sample_without_a_header_asks_for_names(project, shared_data, capsys):
    sample = shared_data / "cdnow" / "CDNOW_sample.txt"
    assert main(["new", "sample", "--transactions", str(sample)]) == 0
    assert "name the columns in `header`" in capsys.readouterr().out
    path = project / "data" / "sample" / "study.yaml"
    text = path.read_text("utf-8").replace(
        "[column_1, column_2, column_3, column_4, column_5]", "[master, id, date, cds, dollars]"
    )
    for ours, theirs in {"customer_id": "id", "order_date": "date", "amount": "dollars"}.items():
        text = text.replace(f"{ours}: '?'", f"{ours}: {theirs}")
    text = text.replace("    columns:", "    date_format: '%Y%m%d'\n    columns:")
    path.write_text(text.replace("as_of: '?'", "as_of: 1998-07-01"), "utf-8")
    read = segkit.load_tables("sample").quality.read
    assert (read["customers"], read["lines"], read["amount"]) == (2_357, 6_919, 244_091.94)


@pytest.mark.parametrize(
    ("name", "file"),
    [("retail", "online_retail/online_retail.csv.gz"), ("cdnow", "cdnow/CDNOW_master.txt.gz")],
)
def test_real_shops_get_to_a_report_without_editing(project, shared_data, name, file, capsys):
    assert main(["new", name, "--transactions", str(shared_data / file)]) == 0
    assert main(["run", name, "-p", "n_boot=10"]) == 0
    report = project / "reports" / name / "latest" / "report.html"
    assert "were kept." in report.read_text("utf-8")

"""The studies of public customer tables: every quirk of the files gets its treatment, with counts."""

import html
import re

import pandas as pd
import pytest

import segkit
from segkit.errors import StudyError
from tests.conftest import ROOT
from tests.reporting.conftest import QUICK, make_project, segkit_command

STUDIES = ["mcdonalds", "bfi", "customer_personality", "bank_marketing", "online_shoppers",
           "facebook_metrics"]  # fmt: skip
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("shared_data")]


def tables_of(name):
    return segkit.load_tables(segkit.load_study(ROOT / "data" / name))


def features_of(name):
    tables = tables_of(name)
    return segkit.build_features(tables, as_of=tables.study.as_of)


def unread(tables):
    return tables.quality.unread.set_index(["trait", "outcome"])["customers"].to_dict()


@pytest.mark.parametrize(
    ("name", "rows", "bases"),
    [
        ("mcdonalds", 1_453, 1_453),
        ("bfi", 2_800, 2_782),
        ("customer_personality", 2_240, 2_215),
        ("bank_marketing", 45_211, 45_211),
        ("online_shoppers", 12_330, 12_330),
        ("facebook_metrics", 500, 499),
    ],
)
def test_every_row_is_kept_and_who_lacks_a_base_is_counted(name, rows, bases):
    features = features_of(name)
    assert features.frame.shape[0] == rows
    assert len(features.bases) == bases
    assert not features.bases.isna().any(axis=None)


@pytest.mark.parametrize("name", STUDIES)
def test_no_protected_trait_and_no_outcome_forms_segments(name):
    study = segkit.load_study(ROOT / "data" / name)
    assert not {*study.protected, *study.outcomes} & {*study.bases}


def test_mcdonalds_shares_and_the_ends_of_its_scale():
    tables = tables_of("mcdonalds")
    shares = tables.traits[list(tables.study.bases)].mean()
    published = [0.55, 0.91, 0.09, 0.87, 0.53, 0.90, 0.60, 0.64, 0.36, 0.20, 0.24]
    assert shares.round(2).tolist() == published
    liking = tables.traits["liking"].value_counts()
    assert (liking[5.0], liking[-5.0]) == (143, 152)
    assert tables.traits["visits"].min() == "Never"
    assert tables.traits["gender"].value_counts().to_dict() == {"Female": 788, "Male": 665}
    assert "22 equal an earlier one and are kept" in tables.quality.notices[0]


def test_bfi_alphas_are_those_of_the_psych_package():
    scales = features_of("bfi").scales
    assert scales["alpha"].round(2).to_dict() == {
        "agreeableness": 0.70, "conscientiousness": 0.73, "extraversion": 0.76, "neuroticism": 0.81,
        "openness": 0.60,
    }  # fmt: skip
    assert (scales["items"] == 5).all()


def test_bfi_missing_answers_are_counted_and_implausible_ages_set_to_missing():
    tables = tables_of("bfi")
    counts = unread(tables)
    assert sum(n for (trait, _), n in counts.items() if re.fullmatch(r"[ACENO]\d", trait)) == 508
    assert counts["education", "blank"] == 223
    assert counts["age_years", "not plausible (outside 10 to 100)"] == 2
    assert tables.traits["gender"].value_counts().to_dict() == {"female": 1_881, "male": 919}


def test_customer_personality_fillers_and_impossible_years_are_no_values():
    tables = tables_of("customer_personality")
    assert unread(tables) == {
        ("income", "blank"): 24,
        ("income", "a filler (666666)"): 1,
        ("age_years", "not plausible (outside 16 to 110)"): 3,
        ("marital_status", "not a status (Absurd)"): 2,
        ("marital_status", "not a status (YOLO)"): 2,
    }
    accepted = [tables.traits[f"accepted_{number}"].sum() for number in range(1, 6)]
    assert accepted == [144, 30, 163, 167, 163]
    assert tables.traits["response"].sum() == 334
    assert not {"Z_CostContact", "Z_Revenue"} & {t.column for t in tables.study.traits.values()}
    assert tables.traits["joined_days"].min() > 0


def test_bank_marketing_unknown_is_a_level_and_minus_one_is_never_contacted():
    tables = tables_of("bank_marketing")
    assert unread(tables) == {("previous_days", "never contacted before"): 36_954}
    known = {name: (tables.traits[name] == "unknown").sum() for name in ("job", "education", "contact")}
    assert known == {"job": 288, "education": 1_857, "contact": 13_020}
    assert tables.traits["subscribed"].sum() == 5_289
    assert tables.traits["balance"].min() == -8_019
    assert "duration" not in {trait.column for trait in tables.study.traits.values()}


def test_online_shoppers_codes_are_categories_and_the_purchase_is_no_base():
    features = features_of("online_shoppers")
    for name in ("system", "browser", "region", "traffic"):
        assert pd.api.types.is_string_dtype(features.frame[name])
    assert features.descriptors["bought"].sum() == 1_908
    visitors = features.frame["visitor"].value_counts().to_dict()
    assert visitors == {"returning visitors": 10_551, "new visitors": 1_694, "other visitors": 85}
    study = features.study
    with pytest.raises(StudyError, match="bought is both a base and an outcome"):
        segkit.load_study(_with(study, bases=["bought"]))


def _with(study, **keys):
    import yaml

    return yaml.safe_load((study.folder / "study.yaml").read_text("utf-8")) | keys


def test_facebook_posts_are_not_called_people():
    tables = tables_of("facebook_metrics")
    assert unread(tables) == {
        ("paid", "blank"): 1, ("likes", "blank"): 1, ("shares", "blank"): 4
    }  # fmt: skip
    kinds = tables.traits["category"].value_counts().to_dict()
    assert kinds == {"actions": 215, "inspiration": 155, "products": 130}
    assert "customers" not in tables.reading


def test_online_retail_names_its_invoices_and_keeps_only_products():
    tables = tables_of("online_retail")
    lines = tables.quality.lines.set_index("rule")["lines"]
    assert lines.sum() == 541_909
    assert lines["no customer id"] == 135_080
    assert not set(tables.lines.product_id.execute()) & {"POST", "M", "C2"}
    assert "invoices" in tables.reading


def test_cdnow_sets_its_80_purchases_of_nothing_aside():
    tables = tables_of("cdnow")
    assert tables.quality.lines.set_index("rule")["lines"].to_dict() == {
        "kept": 69_579, "zero price": 80
    }  # fmt: skip
    assert features_of("cdnow").bases.shape[1] == 3


def test_hillstrom_s_equal_rows_are_different_people():
    content = {
        "title": "T", "decision": "D", "as_of": "2008-04-01", "bases": ["history"],
        "tables": {"customers": {"file": "$SEGKIT_DATA/hillstrom/hillstrom.csv.gz", "columns": {}}},
        "traits": {"history": {"kind": "number", "basis": "behavioural"}},
    }  # fmt: skip
    tables = segkit.load_tables(segkit.load_study(content))
    assert tables.quality.kept["customers"] == 64_000
    assert "6,562 equal an earlier one and are kept" in tables.quality.notices[0]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The text of the report on mcdonalds, made from its study alone."""
    return report_text(tmp_path_factory.mktemp("public"), "mcdonalds")


def report_text(folder, name):
    project = make_project(folder)
    (project / "data" / name).mkdir()
    study = (ROOT / "data" / name / "study.yaml").read_text("utf-8")
    (project / "data" / name / "study.yaml").write_text(study, "utf-8")
    done = segkit_command("run", name, *QUICK, cwd=project)
    assert done.returncode == 0, done.stderr
    report = (project / "reports" / name / "latest" / "report.html").read_text("utf-8")
    return html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", report, flags=re.DOTALL))


@pytest.mark.parametrize("word", ["orders?", "revenue", "sales", "customers?", "baskets?", "buyers?"])
def test_a_report_without_orders_does_not_speak_of_them(page, word):
    assert not re.search(rf"\b{word}\b", page, re.IGNORECASE)


def test_a_report_without_orders_says_what_was_read(page):
    for said in ("1,453", "rows read, one per respondent", "All 1,453 rows read are kept", "Yummy"):
        assert re.search(r"\s+".join(map(re.escape, said.split())), re.sub(r"\s+", " ", page))


def test_a_report_on_posts_calls_them_posts_and_has_levels(tmp_path):
    text = report_text(tmp_path, "facebook_metrics")
    assert not re.search(r"\b(customers?|orders?|revenue|sales|buyers?)\b", text, re.IGNORECASE)
    assert "Rows are posts, not people" in text
    assert "Kind of post: inspiration" in text
    whole = "499 of 500 posts have every trait that forms the segments; 1 left out: paid for missing"
    assert whole in " ".join(text.split())

import json

import pytest
import yaml

import segkit
from segkit.errors import StudyError
from segkit.study.strictyaml import read_yaml
from tests.conftest import ROOT, study_of

COLUMNS = {"customer_id": "c", "order_date": "d", "amount": "a"}


def test_the_demo_study_is_found_by_name_and_by_path():
    study = segkit.load_study("complete_journey")
    assert segkit.load_study(study.folder) == study
    assert study.reports.parts[-2:] == ("reports", "complete_journey")


def test_a_study_is_found_from_a_folder_below_the_project(project, monkeypatch):
    made = project / "data" / "mine"
    made.mkdir()
    (made / "study.yaml").write_text(
        "{title: T, decision: D, as_of: 2024-01-01, bases: [revenue], "
        "tables: {transactions: {file: f.csv, columns: {customer_id: c, order_date: d, amount: a}}}}"
    )
    (project / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(project / "deep" / "er")
    assert segkit.load_study("mine").folder == made.resolve()


def test_choices_replace_the_study_s_own_and_none_keeps_them():
    study = study_of(COLUMNS).with_choices(as_of="2023-01-01", k=4, n_boot=None)
    assert study.as_of == "2023-01-01"
    assert (study.parameters["k"], study.parameters["n_boot"]) == (4, 50)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"titel": "x"}, "unknown word 'titel'. Did you mean 'title'?"),
        (
            {"parameters": {"n_bot": 5}},
            "parameters holds an unknown word 'n_bot'. Did you mean 'n_boot'?",
        ),
        ({"rules": {"duplicates": "drop"}}, "rules.duplicates is 'drop'. Accepted: keep or set_aside"),
        ({"parameters": {"k": 1}}, "parameters.k is 1"),
        ({"as_of": "2024-13-01"}, "as_of is '2024-13-01'. Accepted: a calendar date, YYYY-MM-DD"),
        ({"as_of": "01.02.2024"}, "as_of is '01.02.2024'"),
        ({"protected": ["n_orders"]}, "n_orders is both a base and protected"),
        ({"bases": []}, "bases is"),
    ],
)
def test_a_wrong_key_or_value_is_named(change, said):
    with pytest.raises(StudyError) as refused:
        study_of(COLUMNS, **change)
    assert said in str(refused.value)


def test_a_study_needs_no_money_but_half_of_it_is_refused():
    dates = {"customer_id": "c", "order_date": "d"}
    assert not study_of(dates, bases=["recency_days"]).has_money
    assert study_of(dates | {"amount": "a"}).has_money
    with pytest.raises(StudyError, match="maps discount, and not what a line cost"):
        study_of(dates | {"quantity": "q", "discount": "x"})


def test_a_folder_without_study_yaml_and_an_unknown_study_are_refused(project):
    (project / "data" / "empty").mkdir()
    with pytest.raises(StudyError, match=r"holds no study\.yaml"):
        segkit.load_study("empty")
    (project / "data" / "shop").mkdir()
    (project / "data" / "shop" / "study.yaml").touch()
    with pytest.raises(StudyError, match=r"no study 'shopp'.* Did you mean 'shop'\? `segkit new"):
        segkit.load_study("shopp")
    with pytest.raises(StudyError, match=r"Known: shop\. `segkit new .*` makes one\.$"):
        segkit.load_study("xyz")


def test_broken_yaml_is_refused(project):
    folder = project / "data" / "broken"
    folder.mkdir()
    (folder / "study.yaml").write_text("title: [")
    with pytest.raises(StudyError, match=r"study\.yaml is not YAML"):
        segkit.load_study("broken")


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            "order_date: d, customer_id: on",
            "columns.customer_id is true, for which YAML takes a bare yes, on or true",
        ),
        ("customer_id: c, order_date: no", 'columns.order_date is false.* Put a text in quotes: "no"'),
        ("customer_id: c, order_date: d, discount: [off, paid]", "columns.discount holds false"),
    ],
)
def test_a_bare_on_where_a_text_belongs_is_named(project, columns, said):
    whole = {"title": "T", "decision": "D", "as_of": "2024-01-01", "bases": ["n_orders"]}
    text = yaml.safe_dump(whole) + f"tables: {{transactions: {{file: f, columns: {{{columns}}}}}}}"
    (project / "data" / "bare").mkdir()
    (project / "data" / "bare" / "study.yaml").write_text(text)
    with pytest.raises(StudyError, match=said):
        segkit.load_study("bare")


def test_a_key_is_text_as_it_is_written():
    assert list(read_yaml("{on: a, Yes: b, 01: c, 2024-01-01: d}")) == ["on", "Yes", "01", "2024-01-01"]


def test_an_unknown_time_zone_is_refused(lines):
    study = study_of({name: name for name in lines}, timezone="Europe/Berln")
    with pytest.raises(StudyError, match="timezone is 'Europe/Berln'"):
        segkit.load_tables(study, transactions=lines)


def test_a_rule_on_a_protected_attribute_is_refused(make_study):
    rules = [{"name": "Women", "where": {"gender": "female"}}, {"name": "Rest", "otherwise": True}]
    with pytest.raises(StudyError, match="looks at gender, which is protected"):
        make_study(
            {"customer_id": "c", "order_date": "d", "amount": "a"}, segments=rules, protected=["gender"]
        )


def test_no_key_of_the_schema_is_given_twice():
    def once(pairs):
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), names
        return dict(pairs)

    text = (ROOT / "segkit" / "study" / "study.schema.json").read_text(encoding="utf-8")
    json.loads(text, object_pairs_hook=once)

"""Sources that don't fit together: refused or counted, with what arrived and what to do."""

import pandas as pd
import pytest
import yaml

import segkit
from segkit.errors import DataError, SegkitError, StudyError
from tests.sources.five import PROFILE, SOURCES, TRAITS, content_of, customer, load_five, make_five


def crm(n=20, **columns) -> pd.DataFrame:
    base = {
        "id": [f"{12300 + row}" for row in range(n)],
        "at": [f"2024-01-{1 + row:02d}" for row in range(n)],
        "city": ["Bonn", "Kiel"] * (n // 2),
    }
    return pd.DataFrame(base | columns)


def web(ids) -> pd.DataFrame:
    return pd.DataFrame({"id": ids, "visits": [str(row) for row, _ in enumerate(ids)]})


def load(crm_frame, web_frame, *, columns=None, **keys):
    content = {
        "title": "T", "decision": "D", "as_of": "2024-06-01",
        "sources": {
            "crm": {"file": "-", "columns": columns or {"customer_id": "id", "observed_at": "at"}},
            "web": {"file": "-", "columns": {"customer_id": "id"}},
        },
        "traits": {
            "city": {"from": "crm", "kind": "category", "basis": "geographic"},
            "visits": {"from": "web", "kind": "number", "basis": "behavioural"},
        },
        "bases": ["visits"],
    }  # fmt: skip
    return segkit.load_tables(segkit.load_study(content | keys), crm=crm_frame, web=web_frame)


def refused(*frames, **keys) -> str:
    with pytest.raises(SegkitError) as error:
        load(*frames, **keys)
    message = str(error.value)
    assert "1230" not in message  # no id is repeated
    return message


# --- study.yaml


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            {"traits": {"city": TRAITS["city"] | {"column": {"crn": "City"}, "from": ["crn"]}}},
            "traits.city.from names 'crn', which is no source of this study. Did you mean 'crm'?",
        ),
        (
            {"traits": {"city": TRAITS["city"] | {"from": ["crm", "web"]}}},
            "traits.city.from names 'web', for which traits.city.column has no column. "
            "Accepted: its sources: crm, survey, social.",
        ),
        (
            {"traits": {"plan": TRAITS["plan"] | {"column": {"crn": "City"}}}},
            "traits.plan.column names 'crn', which is no source of this study. Did you mean 'crm'?",
        ),
        (
            {"traits": {"city": {"kind": "category", "basis": "geographic"}}},
            "traits.city doesn't say from which source it comes, and there are crm, survey, web, "
            "social. Accepted: from: one of them, or more with the most trusted first.",
        ),
        (
            {"scales": {"ease": {"items": ["a", "b"], "range": [1, 5]}}},
            "scales.ease doesn't say from which source it comes",
        ),
        (
            {"traits": {"plan": TRAITS["plan"] | {"conflict": "most_trusted"}}},
            "traits.plan.conflict is 'most_trusted', and no order of trust is stated. Accepted: from: "
            "[most trusted, ..., least trusted], or the same for all as profile.trust.",
        ),
        (
            {"traits": {"plan": TRAITS["plan"] | {"conflict": "oldest"}}},
            "traits.plan.conflict is 'oldest'. Accepted: newest or most_trusted or most_frequent.",
        ),
        (
            {"profile": PROFILE | {"trust": ["crm", "xyz"]}},
            "profile.trust names 'xyz', which is no source of this study. Known: crm",
        ),
        (
            {"profile": {"stale_after_days": {"crn": 365}}},
            "profile.stale_after_days names 'crn', which is no source of this study",
        ),
        ({"profile": {"stale_days": 30}}, "unknown word 'stale_days'. Did you mean 'stale_after_"),
        (
            {"sources": SOURCES | {"crm": {"file": "crm.csv", "columns": {"observed_at": "Updated"}}}},
            "sources.crm.columns lacks customer_id. Add it.",
        ),
        (
            {"sources": SOURCES | {"crm": {"file": "-", "columns": {"customer_id": "a", "mail": "b"}}}},
            "unknown word 'mail'. Did you mean 'email'?",
        ),
        (
            {"sources": SOURCES | {"w": {"file": "-", "columns": {"customer_id": "a", "email": "a"}}}},
            "w.columns maps 'a' twice, as customer_id and as email. Accepted: one meaning for each "
            "column.",
        ),
        (
            {"sources": SOURCES | {"customers": SOURCES["web"]}},
            "a source is called 'customers'. Accepted: a name of letters, digits and underscores that "
            "no other table has.",
        ),
        (
            {"traits": {"who": TRAITS["plan"] | {"column": {"crm": "Email"}}}},
            "traits.who reads 'Email', which crm.columns maps as email. Accepted: traits that many "
            "customers share",
        ),
        ({"sources": {}}, "sources is"),
    ],
)  # fmt: skip
def test_a_study_that_contradicts_itself_is_refused(keys, said):
    with pytest.raises(StudyError) as error:
        segkit.load_study(content_of(**keys))
    assert said in str(error.value)


def test_a_study_with_neither_tables_nor_sources_is_refused():
    content = content_of()
    del content["tables"], content["sources"]
    with pytest.raises(StudyError, match=r"lacks tables\. Accepted: `tables:`, `sources:` or both"):
        segkit.load_study(content)


def test_a_customer_table_without_an_id_joins_nothing():
    tables = {"customers": {"file": "-", "columns": {}}}
    with pytest.raises(StudyError, match="maps no customer_id, and there are sources"):
        segkit.load_study(content_of(tables=tables, bases=["income"]))


def test_a_source_written_twice_is_refused_not_lost(tmp_path):
    text = yaml.safe_dump(content_of())
    twice = text.replace(
        "  web:\n", "  crm:\n    file: b.csv\n    columns: {customer_id: x}\n  web:\n", 1
    )
    (tmp_path / "study.yaml").write_text(twice)
    with pytest.raises(StudyError, match=r"study.yaml holds 'crm' twice \(line \d+\)"):
        segkit.load_study(tmp_path)


# --- ids


def test_ids_that_went_through_floats_are_refused_with_the_way_out():
    message = refused(crm(), web([f"{12300 + row}.0" for row in range(20)]))
    assert "20 values of 'id' look like '99999.0'" in message
    assert "`ids: from_float`" in message


def test_blanks_around_an_id_are_no_other_id():
    tables = load(crm(), web([f" {12300 + row} " for row in range(20)]))
    assert tables.profile.orphans["only_here"].sum() == 0


def test_sources_without_a_common_customer_are_refused_with_the_forms_of_their_ids():
    message = refused(crm(), web([f"user-{row}@x" for row in range(20)]))
    assert "crm': none of its 20 customer ids is in any other table" in message
    assert "crm '99999', web 'aaaa-99@a' and 'aaaa-9@a'" in message
    assert "Map another column of crm as customer_id" in message


def test_ids_that_differ_in_form_only_are_counted_loudly():
    ids = [f"00{12300 + row}" if row < 7 else f"{12300 + row}" for row in range(20)]
    tables = load(crm(), web(ids))
    said = [notice for notice in tables.quality.notices if "likely the same customers" in notice]
    assert len(said) == 2
    assert said[0].startswith("customer ids of crm that equal another table's but for case, zeros")
    assert "'.0': 7; likely" in said[0]
    assert tables.profile.n_customers == 27


@pytest.mark.parametrize("form", ["C-{}", "c{}", "C{}.0", "c-00{}"])
def test_forms_of_one_id(form):
    ids = [f"C{12300 + row}" for row in range(20)]
    other = [form.format(12300), *ids[1:]]
    said = load(crm(id=ids), web(other)).quality.notices
    found = [notice for notice in said if notice.startswith("customer ids of web that equal")]
    assert "'.0': 1;" in found[0]


def test_a_source_without_any_id_is_refused():
    message = refused(crm(id=[None] * 20), web([f"{12300 + row}" for row in range(20)]))
    assert "no row of the given frame 'crm' can be kept: no customer id (20)" in message


# --- dates


def test_unreadable_dates_are_refused_with_their_form():
    ids = [f"{12300 + row}" for row in range(20)]
    message = refused(crm(at=["13.02.2024"] * 20), web(ids))
    assert "20 of 20 values of 'at' can't be read" in message
    assert "date_format 'ISO8601'" in message
    assert "'99.99.9999' (20)" in message


def test_a_few_unreadable_dates_are_set_aside():
    days = ["soon", *crm()["at"][1:]]
    tables = load(crm(at=days), web(crm()["id"]))
    rules = tables.quality.set_aside.set_index(["table", "rule"])["lines"].to_dict()
    assert rules == {("crm", "unreadable date"): 1}


def test_a_source_that_is_known_too_late_is_refused():
    message = refused(crm(at=["2024-06-01"] * 20), web(crm()["id"]))
    assert "can be kept: on or after as_of (20)" in message
    assert "known before as_of 2024-06-01" in message


def test_several_rows_without_a_date_are_refused_with_two_ways_out():
    frame = pd.concat([crm(), crm(4, city=["Graz"] * 4)])
    message = refused(frame, web(crm()["id"]), columns={"customer_id": "id"})
    assert "4 customers have several rows that differ, and no date says which holds" in message
    assert "sources.crm.columns.observed_at" in message
    assert "profile.several_rows: {crm: most_frequent}" in message


# --- columns and values


def test_a_column_that_a_source_lacks_is_named_with_its_nearest():
    frames = make_five()
    frames["survey"] = frames["survey"].rename(columns={"q1_city": "q1_cities"})
    with pytest.raises(DataError) as error:
        load_five(frames)
    assert str(error.value) == (
        "the given frame 'survey' has no column 'q1_city', which the trait 'city' names. "
        "Did you mean 'q1_cities'?"
    )


def test_the_same_column_twice_is_refused():
    frame = crm().assign(City="x")
    assert "more than one column named 'City', 'city'" in refused(frame, web(crm()["id"]))


def test_values_that_one_source_writes_otherwise_are_refused_and_the_source_is_named():
    frames = make_five()
    frames["survey"]["q2_income"] = "20 thousand"
    with pytest.raises(DataError, match="219 of 219 values of 'q2_income' in survey can't be read"):
        load_five(frames)


def test_a_trait_without_a_value_in_any_source_is_refused():
    message = refused(crm(city=[""] * 20), web(crm()["id"]))
    assert "the trait 'city' has no value at all: blank 20" in message


def test_unreadable_birth_dates_are_refused_without_showing_one():
    columns = {"customer_id": "id", "observed_at": "at", "birth_date": "born"}
    message = refused(crm(born=["01/02/1980"] * 20), web(crm()["id"]), columns=columns)
    assert "20 of 20 values of 'born' can't be read as birth dates" in message
    assert "1980" not in message


def test_an_unknown_frame_is_named_with_its_nearest():
    frames = make_five()
    frames["srvey"] = frames.pop("survey")
    with pytest.raises(DataError, match=r"no table 'srvey'\. Did you mean 'survey'"):
        load_five(frames)


def test_files_of_sources_are_read_as_their_tables_say(tmp_path):
    frames = make_five()
    for name, frame in frames.items():
        mark = ";" if name == "crm" else ","
        file = "orders.csv" if name == "transactions" else f"{name}.csv"
        frame.to_csv(tmp_path / file, index=False, sep=mark)
    sources = SOURCES | {"crm": SOURCES["crm"] | {"delimiter": ";"}}
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(content_of(sources=sources)))
    tables = segkit.load_tables(tmp_path)
    pd.testing.assert_frame_equal(tables.traits[list(TRAITS)], load_five().traits)
    assert set(tables.inputs) == {"crm", "survey", "web", "social", "transactions"}
    frames["crm"].rename(columns={"Born": "Birth"}).to_csv(tmp_path / "crm.csv", sep=";")
    with pytest.raises(DataError, match=r"crm\.csv has no column 'Born'"):
        segkit.load_tables(tmp_path)


def test_a_malformed_line_of_a_source_is_kept_and_counted(tmp_path):
    frames = make_five()
    for name, frame in frames.items():
        file = "orders.csv" if name == "transactions" else f"{name}.csv"
        frame.to_csv(tmp_path / file, index=False)
    with (tmp_path / "web.csv").open("a") as web_file:
        web_file.write("one,field,too,many,here\n")
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(content_of()))
    tables = segkit.load_tables(tmp_path)
    assert tables.quality.totals.loc["web"].to_dict() == {"read": 1026, "kept": 1022, "set_aside": 4}
    assert customer(150) in tables.traits.index

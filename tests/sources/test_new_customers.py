"""`segkit new` on files without orders: guessed once, written down, and ready to be checked."""

import io
import os

import numpy as np
import pandas as pd
import pytest
import yaml

from segkit.cli import main
from segkit.sources.guessing.battery import find_batteries
from segkit.sources.guessing.column import tell_column
from segkit.sources.guessing.options import find_questions
from tests.sources import published
from tests.sources.companies import companies

N = 60


@pytest.fixture
def new(project, capsys):
    """Write files, run `segkit new mine`, give the study and what was printed (or refused)."""

    def made(*arguments, **texts):
        for name, text in texts.items():
            content = text if isinstance(text, str) else text.to_csv(index=False)
            path = project / f"{name}.csv"
            path.write_text(content, encoding="utf-8")
            os.utime(path, (1_777_000_000, 1_777_000_000))  # 2026-04-24
        code = main(["new", "mine", *[str(project / f"{name}.csv") for name in texts], *arguments])
        printed = capsys.readouterr()
        path = project / "data" / "mine" / "study.yaml"
        study = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
        return study, printed.out if code == 0 else printed.err

    return made


def check(capsys, kept, rows="customers"):
    code = main(["check", "mine"])
    printed = capsys.readouterr()
    assert (code, printed.err) == (0, "")
    assert f"kept: {kept:,} {rows}" in printed.out
    return printed.out


def crm():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "Contact Nr": [f"K{row}" for row in range(N)],
            "E-Mail": [f"c{row}@example.com" for row in range(N)],
            "Gender": rng.choice(["f", "m"], N),
            "Visits": [str(one) for one in rng.integers(1, 40, N)],
            "Newsletter": rng.choice(["yes", "no"], N),
            "How satisfied are you?": rng.choice(["Satisfied", "Neutral", "Dissatisfied", "n/a"], N),
            "Sign-up date": [f"2026-03-{1 + row % 28:02d}" for row in range(N)],
            "Score": ["999" if row == 3 else str(row % 9) for row in range(N)],
            "ZIP": [f"10{row:03d}" for row in range(N)],
            "Latitude": [f"52.{row:04d}" for row in range(N)],
            "Remarks": [f"called {row} times, wants {row}" for row in range(N)],
        }
    )


def qualtrics(n=40):
    """Answers under three header rows: one preview, two unfinished; item 3 runs against 1 and 2."""
    rng = np.random.default_rng(1)
    names = [*published.HEADERS["QUALTRICS"][:-2], "Q1_1", "Q1_2", "Q1_3", "Q2", "Q3", "Q4"]
    texts = [f"About {name}" for name in names]
    ids = [f'{{"ImportId":"{name}"}}' for name in names]
    mood = rng.integers(1, 6, n)
    rows = []
    for row in range(n):
        answers = dict.fromkeys(names, "")
        answers |= {
            "StartDate": "2026-04-02 10:00:00", "RecordedDate": f"2026-04-{2 + row % 9:02d} 10:05:00",
            "Status": "Survey Preview" if row == 0 else "IP Address",
            "Finished": "False" if row in (1, 2) else "True", "ResponseId": f"R_{row}",
            "IPAddress": "203.0.113.7", "LocationLatitude": "52.5", "LocationLongitude": "13.4",
            "Q1_1": mood[row], "Q1_2": np.clip(mood[row] + rng.integers(-1, 2), 1, 5),
            "Q1_3": 6 - mood[row], "Q2": rng.choice(["Tea,Milk", "Tea", "Milk", "Tea,Water"]),
            "Q3": rng.choice(["Agree", "Disagree", "Neutral"]), "Q4": f"free words {row}",
        }  # fmt: skip
        rows.append([answers[name] for name in names])
    out = io.StringIO()
    pd.DataFrame([texts, ids, *rows], columns=names).to_csv(out, index=False, lineterminator="\n")
    return out.getvalue()


def test_a_crm_extract_is_ready_at_once_and_every_column_is_spoken_of(new, capsys):
    study, out = new(crm=crm())
    check(capsys, N)
    assert study["tables"]["customers"]["columns"] == {"customer_id": "Contact Nr"}
    kinds = {name: trait["kind"] for name, trait in study["traits"].items()}
    assert kinds == {
        "gender": "category", "visits": "number", "newsletter": "yes_no",
        "how_satisfied_are_you": "ordered", "sign_up_date": "date", "score": "number",
        "zip": "postcode_area",
    }  # fmt: skip
    satisfied = study["traits"]["how_satisfied_are_you"]
    assert satisfied["levels"] == ["Dissatisfied", "Neutral", "Satisfied"]
    assert satisfied["missing"] == ["n/a"]
    assert satisfied["basis"] == "psychographic"
    assert study["as_of"] == "2026-03-29"
    assert study["protected"] == ["gender"]
    assert "'E-Mail' is left out: likely e-mail addresses" in out
    assert "'Latitude' is left out: likely coordinates" in out
    assert "'Remarks' is left out: it holds 60 different texts" in out
    assert "is 999 a code for no answer? then `missing: [999]`" in out
    assert "example.com" not in out


def test_what_was_guessed_stands_beside_it_in_the_file(new, project):
    new(crm=crm())
    text = (project / "data" / "mine" / "study.yaml").read_text(encoding="utf-8")
    assert "the basis of a trait from its\n# column's name" in text
    assert "# exclusive; the day after the last 'Sign-up date'" in text
    assert "#   E-Mail: likely e-mail addresses" in text
    assert "example.com" not in text


def test_a_table_without_dates_is_of_the_day_on_which_it_was_written(new, capsys):
    study, out = new(crm=crm().drop(columns="Sign-up date"))
    assert study["as_of"] == "2026-04-24"
    assert "a guess: the table holds no date" in out
    check(capsys, N)


def test_a_key_that_comes_twice_keys_nothing(new, capsys):
    frame = crm().rename(columns={"Contact Nr": "Customer ID"})
    frame.loc[1, "Customer ID"] = "K0"
    study, out = new(sessions=frame)
    assert study["tables"]["customers"]["columns"] == {}
    assert "Customer ID comes on several rows or on few: each row counts as one instead" in out
    check(capsys, N)


def test_qualtrics_answers_are_ready_at_once(new, capsys):
    study, out = new(survey=qualtrics())
    table = study["tables"]["customers"]
    assert table["columns"] == {"customer_id": "ResponseId"}
    assert table["extra_header_rows"] == 2
    assert table["set_aside"]["not finished"] == {"Finished": ["False", "0"]}
    assert study["scales"] == {
        "q1": {"items": ["Q1_1", "Q1_2", "Q1_3"], "range": [1, 5], "reverse": ["Q1_3"]}
    }
    assert study["choices"]["q2"]["options"] == {"tea": "Tea", "milk": "Milk", "water": "Water"}
    assert study["traits"]["q3"]["levels"] == ["Disagree", "Neutral", "Agree"]
    assert study["as_of"] == "2026-04-11"
    assert study["words"]["customers"] == "respondents"
    printed = check(capsys, 37, "respondents")
    assert "not finished" in printed
    assert "a preview or spam" in printed
    assert "'IPAddress' is left out: it speaks of the export" in out
    assert "203.0.113.7" not in out


def test_surveymonkey_s_options_are_a_question(new, capsys):
    text = published.surveymonkey().splitlines()
    header, first = text[:2], text[2].split(",")
    rows = []
    for row in range(20):
        cells = [f"1180522{row:04d}", *first[1:9], "Tea" if row % 2 else "", "Milk" if row % 3 else ""]
        rows.append(",".join([*cells, "", f"because {row}"]))
    study, out = new(survey="\n".join([*header, *rows]) + "\n")
    assert study["tables"]["customers"]["extra_header_rows"] == 1
    assert study["choices"]["which_do_you_drink"]["columns"] == {
        "tea": "Which do you drink?", "milk": "Which do you drink?: Milk",
    }  # fmt: skip
    assert "partial answers are in this export and nothing marks them" in out
    printed = check(capsys, 20, "respondents")
    assert printed.count("blank          4") >= 1


def test_typeform_s_partial_answers_are_set_aside(new, capsys):
    header = ",".join(published.HEADERS["TYPEFORM"])
    line = "a{0},{1},text {0},{2},2026-04-01 10:00:00,,2026-04-{3:02d} 10:05:00,n{0},\n"
    done = ["partial" if row < 3 else "completed" for row in range(25)]
    rows = [line.format(row, row % 5, done[row], 1 + row) for row in range(25)]
    study, _ = new(answers=f"{header}\n{''.join(rows)}")
    assert study["traits"]["how_happy_are_you"]["kind"] == "number"
    assert study["tables"]["customers"]["columns"] == {"customer_id": "#"}
    assert study["as_of"] == "2026-04-26"
    check(capsys, 22, "respondents")


def test_hubspot_companies_come_with_their_traits(new, capsys):
    frame, _ = companies(80)
    frame = frame.drop(columns="Revenue last year").assign(
        **{"Company owner": "Bo Smith", "Phone Number": "+49 170 55501", "City": "Bonn"},
        **{"Create Date": "2026-02-03 10:00"},
    )
    frame["Annual Revenue"] = frame["Annual Revenue"].str.removeprefix("$")  # euros, all of them
    study, out = new(companies=frame)
    assert "companies.csv is HubSpot companies" in out
    kinds = {name: (trait["kind"], trait["basis"]) for name, trait in study["traits"].items()}
    assert kinds == {
        "number_of_employees": ("amount", "firmographic"), "annual_revenue": ("amount", "firmographic"),
        "industry": ("category", "firmographic"), "country_region": ("country", "geographic"),
    }  # fmt: skip
    assert study["traits"]["annual_revenue"]["bands"] == "revenue"
    assert study["words"]["customers"] == "companies"
    check(capsys, 80, "companies")


def test_salesforce_accounts_know_the_order_of_their_rating(new, capsys):
    names = published.HEADERS["SALESFORCE_ACCOUNTS"]
    text = published.people(
        names, "Account ID", n=30, Rating=["Hot", "Cold", "Warm"], Employees=["1,200", "50", "7"],
        Type=["Customer", "Prospect"], Industry=["Retail", "Energy"],
    ) + published.FOOTER  # fmt: skip
    study, _ = new(accounts=text)
    assert study["traits"]["rating"]["levels"] == ["Cold", "Warm", "Hot"]
    assert study["traits"]["employees"]["bands"] == "employees"
    assert study["tables"]["customers"]["footer"] == 5
    check(capsys, 30, "companies")


def test_a_survey_s_weight_is_no_trait(new, capsys):
    frame = crm().assign(weight=["0.5", "1.5"] * (N // 2))
    study, out = new(survey=frame)
    assert study["weight"] == "weight"
    assert "weight" not in study["traits"]
    assert "weight 'weight': sizes and profiles are weighted by it" in out
    assert "sizes and profiles are weighted" in check(capsys, N)


def test_a_weight_with_a_comma_and_a_blank_is_a_weight(new, capsys):
    weights = ["", "1,25", *["0,75", "1,25"] * (N // 2 - 1)]
    study, _ = new(survey=crm().drop(columns="Latitude").assign(weight=weights))
    assert study["weight"] == "weight"
    assert study["tables"]["customers"]["decimal"] == ","
    assert "weight" not in study["traits"]
    assert "sizes and profiles are weighted" in check(capsys, N - 1)


def test_what_is_named_a_weight_and_is_none_is_asked_about(new, capsys):
    study, out = new(survey=crm().assign(weight=[str(50 + row % 40) for row in range(N)]))
    assert "weight" not in study
    assert "weight" not in study["traits"]
    assert "is 'weight' a weight?" in out
    check(capsys, N)


def test_a_file_of_names_and_free_text_alone_is_refused(new):
    frame = crm()[["Contact Nr", "E-Mail", "Remarks"]].rename(columns={"Contact Nr": "customer_id"})
    study, said = new(crm=frame)
    assert study is None
    assert "no column says something that customers share" in said
    assert "'E-Mail': likely e-mail addresses" in said


def test_products_without_orders_are_no_study(new):
    study, said = new(products="product_id,category\np1,tea\n", crm=crm())
    assert study is None
    assert "products.csv holds products, and no file says what customers bought" in said


def test_an_unknown_file_is_read_once(new, monkeypatch):
    from segkit.sources.guessing import table

    read, asked = table.read_raw, []
    monkeypatch.setattr(table, "read_raw", lambda *given: asked.append(given[1]) or read(*given))
    new(crm=crm())
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("birth_year", ["1980", "1999", "2001"], "birth_year"),
        ("region", ["1", "2", "3"], "category"),
        ("spend", ["1.5", "20", "-3"], "number"),
        ("staff", ["1-10", "11-50", "10,001+"], "amount"),
        ("revenue", ["36.9 Million", "5K", "$7M"], "amount"),
        ("month", ["Jan", "Feb", "Mar"], "category"),
        ("joined", ["31.12.2025", "01.02.2026", "28.02.2026"], "date"),
        ("zip_code", ["Urban", "Rural", "Suburban"], "category"),
        ("country", ["DE", "UK", "Germany"], "country"),
        ("liking", ["I hate it!-5", "-3", "0", "2", "I love it!+5"], "number"),
        ("constant", ["x", "x", "x"], ""),
        ("blank", ["", "", ""], ""),
    ],
)  # fmt: skip
def test_each_kind_of_column_is_told_by_its_values(name, values, kind):
    assert tell_column(name, pd.Series(values * 10)).kind == kind


def test_items_are_a_battery_only_where_they_share_a_stem_and_steps():
    rng = np.random.default_rng(0)
    mood = rng.integers(1, 6, 100)
    frame = pd.DataFrame(
        {
            "A1": mood, "A2": 6 - mood, "A3": np.where(mood == 3, 99, mood), "B1": mood, "B2": mood,
            "C1": rng.integers(0, 2, 100), "C2": rng.integers(0, 2, 100), "C3": rng.integers(0, 2, 100),
            "D1": rng.integers(0, 900, 100), "D2": mood, "D3": mood,
        }
    ).astype(str)  # fmt: skip
    (found,) = find_batteries(frame)
    assert (found.stem, found.range, found.reverse, found.missing) == ("A", (1, 5), ("A2",), (99,))


def test_options_beside_each_other_are_one_question():
    frame = pd.DataFrame(
        {"Tea": ["Tea", "", "Tea"], "Milk": ["", "Milk", ""], "age": ["3", "4", "5"],
         "News": ["News", "", ""]}
    )  # fmt: skip
    (found,) = find_questions(frame)
    assert found.columns == {"Tea": "Tea", "Milk": "Milk"}


def test_a_trait_that_check_would_refuse_to_read_is_asked_for(new):
    frame = crm().assign(Spent="61.135", Revenue=["$5M", "€6M"] * (N // 2))
    frame["Spent"] = [f"{10 + row}.135" for row in range(N)]
    _, out = new(crm=frame)
    asked = out.split("To be settled by you")[1]
    assert f"values of 'Spent' such as '99.999' ({N}) can be read two ways" in asked
    assert "crm.csv mixes currencies in 'Revenue': $ 30, € 30" in asked

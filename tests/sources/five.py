"""Five sources on some hundred people, with every conflict, duplicate, orphan and stale value planted.

Numbers in this module's docstrings are the truth that tests hold the joins against.
"""

import numpy as np
import pandas as pd

import segkit

AS_OF = "2024-06-01"
CITIES = ["Bonn", "Graz", "Bern", "Kiel", "Linz", "Thun"]
ORDERS = [*range(350), *(f"g{n}" for n in range(5))]
CRM = [*range(380), *(f"k{n}" for n in range(6))]
SURVEY = [*range(100, 300), *(f"s{n}" for n in range(4))]
WEB = [*range(50, 390), *(f"w{n}" for n in range(2))]
SOCIAL = [*range(200, 395), *(f"t{n}" for n in range(3))]
MEMBERS = {"transactions": ORDERS, "crm": CRM, "survey": SURVEY, "web": WEB, "social": SOCIAL}

MOVED = range(100, 120)
"""20 whose survey is newer than the CRM and names another city."""
SAME_DAY = range(120, 132)
"""12 whose survey is of the CRM's day and names another city."""
OTHER_INCOME = range(140, 149)
"""9 who state another income in the survey."""
OUTVOTED = range(350, 357)
"""7 for whom the CRM and the web say one language, the social network another."""
NEWER_WINS = range(60, 65)
"""5 for whom the dated CRM and the undated web say different languages, and nobody else says one."""
NO_RULE = range(380, 383)
"""3 for whom two undated sources say different languages, and nothing decides."""
PLAN_TIES = range(383, 388)
"""5 for whom two undated sources say different plans, and nothing decides."""
MIXED_DEVICE = range(70, 90)
"""20 with two visits by phone and one by tablet."""
TIED_DEVICE = range(90, 94)
"""4 with one visit by phone and one by tablet."""
ANSWERED_TWICE = range(150, 165)
"""15 with an older survey of another city and income."""
STALE = range(25)
"""25 whose CRM row is of 2022, and who are in no other source."""
LATER = range(30, 41)
"""11 with a CRM row on or after as_of."""
SAME_MAIL = [(160, 161), (162, 163), (164, 165), (166, 167), (168, 169), (170, 171)]
SAME_PHONE = [(180, 181), (182, 183), (184, 185), (186, 187)]
SAME_NAME = [(190, 191), (192, 193), (194, 195)]
TWO_BIRTHS = range(210, 214)
TWO_MAILS = range(220, 223)


def customer(person) -> str:
    return f"c{person:04d}" if isinstance(person, int) else person


def number(person) -> int:
    return person if isinstance(person, int) else 1000 + ord(person[0]) * 10 + int(person[1:])


def city(person) -> str:
    return CITIES[number(person) % 6]


def other_city(person) -> str:
    return CITIES[(number(person) + 1) % 6]


def income(person) -> int:
    return 20_000 + 100 * (number(person) % 300)


def born(person) -> str:
    n = number(person)
    return f"{1950 + n % 45}-{1 + n % 12:02d}-{1 + n % 28:02d}"


def mail(person) -> str:
    return f"person{number(person)}@example.com"


def phone(person) -> str:
    return f"+49 30 {5_000_000 + number(person)}"


def name(person) -> tuple[str, str]:
    n = number(person)
    return (
        f"Ana{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}",
        f"Méier{'abcdefghij'[n // 100 % 10]}",
    )


def crm_day(person) -> str:
    if person in STALE:
        return "2022-06-01"
    return f"2024-01-{1 + number(person) % 28:02d}"


def make_orders() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = [
        (customer(person), f"o{number(person)}-{order}",
         f"2024-{1 + (number(person) + order) % 5:02d}-10", round(float(rng.uniform(5, 90)), 2))
        for person in ORDERS
        for order in range(1 + number(person) % 4)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["customer", "order", "when", "paid"])


def make_crm() -> pd.DataFrame:
    rows = []
    for person in CRM:
        first, last = name(person)
        rows.append(
            {
                "Id": customer(person), "Updated": crm_day(person), "City": city(person),
                "Income": income(person), "Lang": "de", "Email": mail(person).upper(),
                "Phone": phone(person), "First": first, "Last": last, "Born": born(person),
            }
        )  # fmt: skip
    crm = pd.DataFrame(rows).set_index("Id", drop=False)
    for one, two in SAME_MAIL:
        crm.loc[customer(two), "Email"] = mail(one)
    for one, two in SAME_PHONE:
        crm.loc[customer(two), "Phone"] = f"0049-30-{5_000_000 + one}"
    for one, two in SAME_NAME:
        first, last = name(one)
        crm.loc[customer(two), ["First", "Last", "Born"]] = [
            last.replace("é", "e").upper(),
            first,
            born(one),
        ]
    later = crm.loc[[customer(person) for person in LATER]].assign(Updated=AS_OF, City="Later")
    undated = crm.iloc[[200, 201]].assign(Updated="")
    return pd.concat([crm, later, undated], ignore_index=True)


def make_survey() -> pd.DataFrame:
    rows = []
    for person in SURVEY:
        day = crm_day(person) if person in SAME_DAY or person in TWO_MAILS else "2024-03-20"
        moved = person in MOVED or person in SAME_DAY
        rows.append(
            {
                "respondent": customer(person),
                "taken": "2023-01-01" if isinstance(person, str) else day,
                "q1_city": other_city(person) if moved else city(person),
                "q2_income": income(person) + (5_000 if person in OTHER_INCOME else 0),
                "q3_age": "older" if number(person) % 2 else "younger",
                "q4_mail": f"new{number(person)}@example.com" if person in TWO_MAILS else "",
                "q5_born": "1949-12-31" if person in TWO_BIRTHS else "",
            }
        )  # fmt: skip
    survey = pd.DataFrame(rows).set_index("respondent", drop=False)
    before = survey.loc[[customer(person) for person in ANSWERED_TWICE]]
    before = before.assign(taken="2022-01-01", q1_city="Elsewhere", q2_income=1)
    return pd.concat([survey, before, survey.iloc[:6]], ignore_index=True)


def make_web() -> pd.DataFrame:
    rows = []
    for person in WEB:
        devices = ["phone", "phone", "phone" if person not in MIXED_DEVICE else "tablet"]
        devices = ["phone", "tablet"] if person in TIED_DEVICE else devices
        lang = "fr" if person in NEWER_WINS or person in NO_RULE else "de"
        rows += [(customer(person), device, lang, "basic") for device in devices]
    rows += [(None, "phone", "de", "basic")] * 3
    return pd.DataFrame(rows, columns=["visitor", "device", "lang", "plan"])


def make_social() -> pd.DataFrame:
    rows = [
        (customer(person), city(person), "en" if person in OUTVOTED else "de",
         "plus" if person in PLAN_TIES else "basic", 10 + number(person))
        for person in SOCIAL
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["handle", "location", "lang", "plan", "followers"])


def make_five() -> dict[str, pd.DataFrame]:
    """The five tables by name."""
    return {
        "transactions": make_orders(),
        "crm": make_crm(),
        "survey": make_survey(),
        "web": make_web(),
        "social": make_social(),
    }


SOURCES = {
    "crm": {
        "file": "crm.csv",
        "columns": {
            "customer_id": "Id", "observed_at": "Updated", "email": "Email", "phone": "Phone",
            "name": ["First", "Last"], "birth_date": "Born",
        },
    },
    "survey": {
        "file": "survey.csv",
        "columns": {
            "customer_id": "respondent", "observed_at": "taken", "email": "q4_mail",
            "birth_date": "q5_born",
        },
    },
    "web": {"file": "web.csv", "columns": {"customer_id": "visitor"}},
    "social": {"file": "social.csv", "columns": {"customer_id": "handle"}},
}  # fmt: skip
PROFILE = {"several_rows": {"web": "most_frequent"}, "stale_after_days": {"crm": 365, "survey": 180}}
TRAITS = {
    "city": {
        "column": {"crm": "City", "survey": "q1_city", "social": "location"},
        "from": ["crm", "survey", "social"], "kind": "category", "basis": "geographic",
    },
    "income": {
        "column": {"crm": "Income", "survey": "q2_income"}, "from": ["survey", "crm"],
        "conflict": "most_trusted", "kind": "number", "basis": "demographic", "unit": "money",
    },
    "language": {
        "column": {"crm": "Lang", "web": "lang", "social": "lang"}, "conflict": "most_frequent",
        "kind": "category", "basis": "demographic",
    },
    "plan": {
        "column": {"web": "plan", "social": "plan"}, "kind": "category", "basis": "behavioural",
    },
    "device": {"from": "web", "kind": "category", "basis": "behavioural"},
    "followers": {"from": "social", "kind": "number", "basis": "behavioural"},
    "stage": {
        "column": {"survey": "q3_age"}, "kind": "ordered", "levels": ["younger", "older"],
        "basis": "psychographic",
    },
}  # fmt: skip
TRANSACTIONS = {
    "file": "orders.csv",
    "columns": {"customer_id": "customer", "order_id": "order", "order_date": "when", "amount": "paid"},
}


def content_of(**keys) -> dict:
    """The study of the five sources; keys replace its own."""
    return {
        "title": "Five sources",
        "decision": "Nobody decides anything.",
        "as_of": AS_OF,
        "tables": {"transactions": TRANSACTIONS},
        "sources": SOURCES,
        "profile": PROFILE,
        "traits": TRAITS,
        "bases": ["recency_days", "n_orders", "income"],
        "descriptors": ["city", "device"],
        "missing_bases": "leave_out",
    } | keys


def load_five(frames=None, **keys):
    """The five sources loaded."""
    return segkit.load_tables(segkit.load_study(content_of(**keys)), **(frames or make_five()))

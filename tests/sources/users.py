"""Small files as users hold them, about the same 60 made-up customers K000 to K059."""

import numpy as np
import pandas as pd

N = 60
IDS = [f"K{row:03d}" for row in range(N)]


def mail(row) -> str:
    return f"c{row}@example.com"


def crm(ids=IDS):
    """A CRM extract: an address that is never shown, a city, a plan, when it was updated."""
    rng = np.random.default_rng(0)
    n = len(ids)
    return pd.DataFrame(
        {
            "Contact Nr": ids,
            "E-Mail": [mail(row) for row in range(n)],
            "City": rng.choice(["Bonn", "Graz", "Kiel"], n),
            "Plan": rng.choice(["basic", "plus"], n),
            "Income": [str(20_000 + 500 * row) for row in range(n)],
            "Birth date": [f"{1950 + row % 50}-05-{1 + row % 28:02d}" for row in range(n)],
            "Updated": [f"2026-03-{1 + row % 28:02d}" for row in range(n)],
        }
    )


def survey(ids=IDS[:50], dates=True):
    """Two batteries of three items, one item of the first reversed, and a city that may differ."""
    rng = np.random.default_rng(1)
    n = len(ids)
    mood, price = rng.integers(1, 6, n), rng.integers(1, 6, n)
    near = lambda base: np.clip(base + rng.integers(-1, 2, n), 1, 5)  # noqa: E731
    frame = pd.DataFrame({"respondent": ids, "City": rng.choice(["Bonn", "Graz", "Kiel"], n)})
    for stem, base in (("quality", mood), ("price", price)):
        for item in (1, 2, 3):
            frame[f"{stem}_{item}"] = 6 - base if (stem, item) == ("quality", 3) else near(base)
    if dates:
        frame["taken"] = [f"2026-04-{1 + row % 28:02d}" for row in range(n)]
    return frame.astype(str)


def orders(ids=IDS, n=180):
    """Three orders each, the last on 29 June 2026."""
    day = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(n), unit="D")
    return pd.DataFrame(
        {
            "Customer": [ids[row % len(ids)] for row in range(n)],
            "Order No": [f"{5000 + row}" for row in range(n)],
            "Order Date": day.strftime("%Y-%m-%d"),
            "Amount": [f"{5 + row % 17}.50" for row in range(n)],
        }
    )


def moments(n, start="2026-05-01 08:00"):
    return pd.Timestamp(start) + pd.to_timedelta(np.arange(n) * 37, unit="min")


def web_log(ids=IDS, n=400):
    """A log with pages, steps, a channel and a device."""
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "visitor_id": rng.choice(ids, n),
            "timestamp": moments(n).strftime("%Y-%m-%d %H:%M:%S"),
            "page_url": rng.choice(["/home", "/tea", "/cup", "/cart"], n),
            "event": rng.choice(["page_view", "add_to_cart", "purchase"], n, p=[0.8, 0.15, 0.05]),
            "utm_source": rng.choice(["google", "direct", "newsletter"], n),
            "device": rng.choice(["mobile", "desktop"], n),
        }
    )


def visits(ids=IDS, n=300):
    """One row per visit."""
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "client_id": rng.choice(ids, n),
            "session_start": moments(n).strftime("%d.%m.%Y %H:%M"),
            "session_id": [f"s{row}" for row in range(n)],
            "pages_viewed": rng.integers(1, 12, n).astype(str),
            "duration_seconds": rng.integers(0, 900, n).astype(str),
            "bounced": rng.choice(["0", "1"], n),
            "source": rng.choice(["google", "direct"], n),
        }
    )


def mails(ids=IDS, n=500, words=("Sent", "Email Opened", "Clicked")):
    """E-mails under words of their own."""
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "recipient": rng.choice(ids, n),
            "event_time": moments(n).strftime("%Y-%m-%dT%H:%M:%S"),
            "event": rng.choice(list(words), n, p=[0.6, 0.3, 0.1]),
            "mailing": rng.choice(["may", "june"], n),
        }
    )


def calls(ids=IDS, n=200):
    """A CRM's activities, one kind of which segkit has no word for."""
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "Contact ID": rng.choice(ids, n),
            "Activity date": moments(n).strftime("%m/%d/%Y"),
            "Activity type": rng.choice(["Call", "Meeting", "E-Mail", "Gift sent"], n),
            "Owner": rng.choice(["Ana", "Bo"], n),
        }
    )


def likes(ids=IDS, n=200):
    """What customers did with posts, one action a row."""
    rng = np.random.default_rng(6)
    return pd.DataFrame(
        {
            "user": rng.choice(ids, n),
            "date": moments(n).strftime("%Y-%m-%d"),
            "reaction": rng.choice(["liked", "commented", "shared"], n),
            "sentiment": rng.choice(["-0.5", "0.2", "0.9"], n),
        }
    )


def likes_counted(ids=IDS, n=200):
    """The same, as counts per customer and week."""
    rng = np.random.default_rng(7)
    counts = {name: rng.integers(0, 5, n).astype(str) for name in ("likes", "comments", "shares")}
    return pd.DataFrame(
        {"user_id": rng.choice(ids, n), "week_date": moments(n).strftime("%Y-%m-%d"), **counts}
    )


def consent(ids=IDS):
    """A line per customer, purpose and channel; the last ten said no to analytics."""
    rows = [
        (who, purpose, "email", "no" if purpose == "analytics" and place >= len(ids) - 10 else "yes",
         "2026-01-15")
        for place, who in enumerate(ids)
        for purpose in ("analytics", "marketing")
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["customer_id", "purpose", "channel", "granted", "changed_at"])


def consent_wide(ids=IDS):
    """A column per purpose, in German words; the last ten said no to analytics."""
    n = len(ids)
    return pd.DataFrame(
        {
            "Kunde": ids,
            "analytics_consent": ["ja"] * (n - 10) + ["nein"] * 10,
            "advertising_consent": ["ja", "nein"] * (n // 2),
            "Datum": "15.01.2026",
        }
    )


def companies(n=80):
    """A list that no tool wrote: industry, employees, revenue, place."""
    rng = np.random.default_rng(8)
    return pd.DataFrame(
        {
            "Firm": [f"Firm {row}" for row in range(n)],
            "Industry": rng.choice(["Retail", "Energy", "Health"], n),
            "Employees": np.round(np.exp(rng.normal(4, 1.5, n)) + 1).astype(int).astype(str),
            "Revenue": np.round(np.exp(rng.normal(14, 1.5, n))).astype(int).astype(str),
            "Country": rng.choice(["Germany", "France"], n),
            "Visits": rng.integers(0, 20, n).astype(str),
        }
    )

"""Web and e-mail events of made-up people, in planted groups."""

import numpy as np
import pandas as pd


def make_events(n_customers=90, *, seed=0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Web log and e-mails of three planted kinds: phone browsers, desk buyers, mail readers.

    Every 30th row of the web log has no id, and every 40th is a bot's.
    """
    rng = np.random.default_rng(seed)
    kinds = (
        {"visits": 20, "pages": 2, "mobile": 0.9, "basket": 0.1, "opens": 0.1},
        {"visits": 12, "pages": 8, "mobile": 0.1, "basket": 0.7, "opens": 0.2},
        {"visits": 4, "pages": 3, "mobile": 0.5, "basket": 0.2, "opens": 0.8},
    )
    web, emails = [], []
    for customer in range(n_customers):
        kind, who = kinds[customer % 3], f"c-{customer:03d}"
        for _ in range(1 + int(rng.poisson(kind["visits"]))):
            start = pd.Timestamp("2024-01-01") + pd.Timedelta(minutes=int(rng.integers(0, 140 * 1440)))
            device = "mobile" if rng.random() < kind["mobile"] else "desktop"
            channel = str(rng.choice(["Direct", "Search", "Email"]))
            for page in range(1 + int(rng.poisson(kind["pages"]))):
                web.append((who, start + pd.Timedelta(minutes=3 * page), "page", channel, device, ""))
            if rng.random() < kind["basket"]:
                web.append((who, start + pd.Timedelta(minutes=29), "basket", channel, device, ""))
        for week in range(16):
            sent = pd.Timestamp("2024-01-02 08:00") + pd.Timedelta(weeks=week)
            emails.append((who, sent, "Sent", f"week {week}"))
            if rng.random() < kind["opens"]:
                emails.append((who, sent + pd.Timedelta(hours=5), "Opened", f"week {week}"))
                if rng.random() < 0.5:
                    emails.append((who, sent + pd.Timedelta(hours=6), "Clicked", f"week {week}"))
    log = pd.DataFrame(web, columns=["visitor", "when", "what", "source", "device", "agent"])
    log.loc[::30, "visitor"] = ""
    log.loc[::40, "agent"] = "Examplebot/2.1"
    return log, pd.DataFrame(emails, columns=["reader", "at", "did", "mail"])

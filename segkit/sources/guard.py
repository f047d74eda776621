"""Who may be used, and under which name: asked for every table with customers before it is checked."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.sources.check import BARRED, refuse_float_ids, require_columns
from segkit.sources.erasures import Erasures, open_erasures
from segkit.sources.files import Raw
from segkit.sources.pseudonyms import Pseudonyms, open_pseudonyms
from segkit.sources.values import as_id, shape_of
from segkit.study import Study
from segkit.study.tables import TableSpec

ERASED, NO_ID, NEVER_ASKED = "erased on request", "no customer id", "never asked"
_ID, _NAME = "segkit__id", "segkit__name"


@dataclass(frozen=True, eq=False)
class Guard:
    """Leaves out who is erased or has given no consent, and turns ids into pseudonyms.

    Attributes
    ----------
    pseudonyms : Pseudonyms or None
    erasures : Erasures or None
        None when nobody was erased.
    purpose : str
    standing : dict of str to str, or None
        Customer -> status for the purpose, as the consent table has it; None without one.
    """

    pseudonyms: Pseudonyms | None = None
    erasures: Erasures | None = None
    purpose: str = ""
    standing: Mapping[str, str] | None = field(default=None, repr=False)

    @property
    def is_idle(self) -> bool:
        """Whether nobody is left out and ids stay as they are."""
        return self.pseudonyms is None and self.erasures is None and self.standing is None

    def masking(self, raw: Raw) -> Raw:
        """Keep of malformed lines only their form: whose they are can't be told."""
        if self.is_idle or raw.malformed.empty:
            return raw
        return replace(raw, malformed=raw.malformed.assign(text=raw.malformed["text"].map(shape_of)))

    def over(self, con: Backend, raw: Raw, spec: TableSpec) -> Raw:
        """Mark the lines of who may not be used with the rule, and put pseudonyms for ids.

        Lines without an id are marked too where there is a consent table: whose consent it would
        take can't be told.
        """
        if self.is_idle or "customer_id" not in spec.columns:
            return raw
        require_columns(raw, spec)
        refuse_float_ids(raw, spec, ["customer_id"])
        column = str(spec.columns["customer_id"])
        keyed = raw.table.mutate(**{_ID: as_id(raw.table[column], spec)})
        ids = keyed.filter(keyed[_ID].notnull()).select(_ID).distinct().execute()[_ID]
        told = con.create_table(ibis.util.gen_name("told"), self._told(ids), temp=True)
        joined: Any = keyed.left_join(told, _ID).drop(f"{_ID}_right")
        if self.standing is not None:
            joined = joined.mutate(**{BARRED: joined[_ID].isnull().ifelse(NO_ID, joined[BARRED])})
        if self.pseudonyms is not None:
            joined = joined.mutate(**{column: joined[_NAME]})
        table = joined.drop(_ID, _NAME).select(*raw.table.columns, BARRED)
        return replace(raw, table=con.create_table(ibis.util.gen_name("guarded"), table, temp=True))

    def name_of(self, customer_id: str) -> str:
        """The id under which the tables hold a customer."""
        return customer_id if self.pseudonyms is None else self.pseudonyms.of(customer_id)

    def rule_for(self, name: str) -> str | None:
        """The rule under which a customer is left out for lack of consent, by the tables' id."""
        if self.standing is None:
            return None
        status = self.standing.get(name, NEVER_ASKED)
        return None if status == "granted" else f"no consent for {self.purpose}: {status}"

    def _told(self, ids: pd.Series) -> pd.DataFrame:
        erased = set() if self.erasures is None else self.erasures.among(ids)
        names = [self.name_of(one) for one in ids]
        rules = [
            ERASED if one in erased else self.rule_for(name)
            for one, name in zip(ids, names, strict=True)
        ]
        columns = {_ID: list(ids), _NAME: names, BARRED: rules}
        return pd.DataFrame(columns, dtype="str")


def open_guard(study: Study) -> Guard:
    """The guard of a study, before its consent table is read."""
    erasures = open_erasures(study)
    return Guard(open_pseudonyms(study), erasures if erasures.records else None)


def permitted(study: Study) -> dict[str, object]:
    """What decides, beside the study and its files, who may be used and under which name."""
    erasures = open_erasures(study)
    pseudonyms = erasures.pseudonyms
    return {
        "key": "" if pseudonyms is None else pseudonyms.fingerprint,
        "erased": sorted(str(record["digest"]) for record in erasures.records),
    }


def run_keys(study: Study) -> dict[str, str]:
    """Of each run in the private folder, oldest first: the fingerprint of its key, or ""."""
    found = sorted(study.processed.glob("*/tables/quality.json"))
    return {
        path.parent.parent.name: str(json.loads(path.read_text(encoding="utf-8")).get("key", ""))
        for path in found
    }


def key_notices(study: Study, guard: Guard) -> list[str]:
    """Say when ids have other names than in the last run: its customers can't be found in this one."""
    dated = [key for name, key in run_keys(study).items() if re.match(r"\d{4}-", name)]
    ours = "" if guard.pseudonyms is None else guard.pseudonyms.fingerprint
    if not dated or dated[-1] == ours:
        return []
    words = study.words
    what = "the key for pseudonyms has changed" if dated[-1] and ours else "pseudonyms came or went"
    return [
        f"{what} since the last run: its {words['customers']} can't be told among these, and "
        f"segments are matched by their rule instead of their {words['customers']}"
    ]

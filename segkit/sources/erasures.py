"""The record of erasures: who is to be left out, told by a digest that can't be turned back."""

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segkit.errors import DataError
from segkit.sources.pseudonyms import Pseudonyms, open_pseudonyms
from segkit.study import Study

FILE = "erasures.jsonl"
_USE = b"segkit: erased"


@dataclass(frozen=True, eq=False)
class Erasures:
    """Who was erased from a study.

    Attributes
    ----------
    path : pathlib.Path
        `erasures.jsonl`, one erasure a line: `date`, `asked_by`, `digest` of the id, `key` (the
        fingerprint of the key that made it) or `salt`, counts of `files` and `rows`.
    records : tuple of dict
    pseudonyms : Pseudonyms or None
        Digests are made with the study's key where it has one, else with a random salt of the
        study's own: who can read the file and guess an id could then test the guess.
    """

    path: Path
    records: tuple[Mapping[str, Any], ...] = ()
    pseudonyms: Pseudonyms | None = field(default=None, repr=False)

    def among(self, ids: Iterable[str]) -> set[str]:
        """Those of some ids whose owners were erased."""
        known = {record["digest"] for record in self.records}
        makers = self._makers()
        return {one for one in ids if any(maker.digest(_USE, one) in known for maker in makers)}

    def record_of(self, customer_id: str) -> Mapping[str, Any] | None:
        """The first erasure of an id."""
        made = {maker.digest(_USE, customer_id) for maker in self._makers()}
        return next((record for record in self.records if record["digest"] in made), None)

    def add(self, customer_id: str, **said: Any) -> None:
        """Record an erasure: written beside, then put into place."""
        maker, by = self._maker()
        record = {**said, "digest": maker.digest(_USE, customer_id), **by}
        lines = [json.dumps(one, ensure_ascii=False) for one in (*self.records, record)]
        fresh = self.path.with_name(f".{FILE}.{os.getpid()}")
        fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
        fresh.chmod(0o600)
        os.replace(fresh, self.path)

    def _maker(self) -> tuple[Pseudonyms, dict[str, str]]:
        if self.pseudonyms is not None:
            return self.pseudonyms, {"key": self.pseudonyms.fingerprint}
        salts = [record["salt"] for record in self.records if "salt" in record]
        salt = salts[0] if salts else secrets.token_hex(32)
        return Pseudonyms(bytes.fromhex(salt)), {"salt": salt}

    def _makers(self) -> list[Pseudonyms]:
        salts = {record["salt"] for record in self.records if "salt" in record}
        salted = [Pseudonyms(bytes.fromhex(salt)) for salt in sorted(salts)]
        keyed = [self.pseudonyms] if any("key" in record for record in self.records) else []
        return [*salted, *(maker for maker in keyed if maker is not None)]


def open_erasures(study: Study) -> Erasures:
    """The study's erasures.

    Raises
    ------
    DataError
        The file is damaged, or holds erasures under a key that isn't the study's: whom to leave out
        can't be told then, and nothing is loaded.
    """
    path, pseudonyms = study.folder / FILE, open_pseudonyms(study)
    if not path.is_file():
        return Erasures(path, (), pseudonyms)
    records = tuple(_read(path))
    ours = "" if pseudonyms is None else pseudonyms.fingerprint
    strange = sum(record["key"] != ours for record in records if "key" in record)
    if strange:
        raise DataError(
            f"{FILE} holds {strange:,} erasures that were recorded under another key",
            "the key for pseudonyms under which they were recorded: without it, whom to leave out "
            "can't be told",
            "Put that key back, or remove those lines and erase the same customers anew",
        )
    return Erasures(path, records, pseudonyms)


def _read(path: Path) -> Iterable[Mapping[str, Any]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            record = None
        if not isinstance(record, dict) or "digest" not in record or not {"key", "salt"} & set(record):
            raise DataError(
                f"line {number} of {FILE} is no erasure", "one record a line, as segkit writes it",
                "Restore the file: without it, erased customers would come back",
            )  # fmt: skip
        yield record

"""Customer ids -> pseudonyms by a keyed hash, whose key lies outside the repository."""

import hmac
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from segkit.errors import StudyError
from segkit.study import Study, project_root

LEAST_BYTES = 32
LEAST_DIFFERENT = 12
"""Different bytes in a key: one of fewer was typed, not drawn."""
HOW = 'python3 -c "import secrets; print(secrets.token_hex(32))" makes one'


@dataclass(frozen=True)
class Pseudonyms:
    """A keyed hash (HMAC-SHA256) of ids; the key is neither shown nor stored.

    Attributes
    ----------
    key : bytes
    """

    key: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Tells one key from another, and says nothing of it: 12 hexadecimal digits."""
        return hmac.new(self.key, b"segkit: which key", sha256).hexdigest()[:12]

    def of(self, customer_id: str) -> str:
        """The pseudonym of an id: "p" and 32 hexadecimal digits.

        Ids whose letters are the same to a reader (composed or not) are one.

        Examples
        --------
        >>> pseudonym = Pseudonyms(bytes(range(32))).of("ana")
        >>> len(pseudonym), pseudonym == Pseudonyms(bytes(range(32))).of("bo")
        (33, False)
        """
        return "p" + self.digest(b"segkit: customer", customer_id)[:32]

    def digest(self, use: bytes, customer_id: str) -> str:
        """A keyed digest of an id for one use; those of two uses can't be compared."""
        text = unicodedata.normalize("NFC", customer_id).encode()
        return hmac.new(self.key, use + b"\0" + text, sha256).hexdigest()


def open_pseudonyms(study: Study) -> Pseudonyms | None:
    """The study's pseudonyms, or None when it keeps the ids.

    Raises
    ------
    StudyError
        The key is missing, short, or inside the repository. No message holds any of it.
    """
    given = study.pseudonyms
    if given is None:
        return None
    key, where = _from_file(given, study) if "key_file" in given else _from_env(given)
    if len(key) < LEAST_BYTES or len(set(key)) < LEAST_DIFFERENT:
        raise StudyError(
            f"{where} holds {len(key)} bytes, {len(set(key))} of them different",
            f"a key drawn at random, of {LEAST_BYTES} bytes or more",
            HOW,
        )
    return Pseudonyms(key)


def key_fingerprint(study: Study) -> str:
    """The fingerprint of the study's key; empty when it keeps the ids."""
    pseudonyms = open_pseudonyms(study)
    return "" if pseudonyms is None else pseudonyms.fingerprint


def _from_env(given: Mapping[str, str]) -> tuple[bytes, str]:
    name = given["key_env"]
    value = os.environ.get(name, "").strip()
    if not value:
        raise StudyError(
            f"pseudonyms.key_env is '{name}', and that environment variable isn't set",
            "a variable that holds the key",
            "Set it, to the same key as in earlier runs",
        )
    return value.encode(), f"the environment variable {name}"


def _from_file(given: Mapping[str, str], study: Study) -> tuple[bytes, str]:
    stated = given["key_file"]
    path = (study.folder / Path(stated).expanduser()).resolve()
    where = f"pseudonyms.key_file '{stated}'"
    if any(path.is_relative_to(folder) for folder in _repositories(study)):
        raise StudyError(
            f"{where} lies in the repository",
            "a file outside it: the key must never be committed beside what it hides",
            "Move it, for instance to a folder that only you can read, and make a new key if it was "
            "ever committed",
        )
    if not path.is_file():
        raise StudyError(f"{where} is no file", "a file that holds the key", HOW)
    return path.read_bytes().strip(), where


def _repositories(study: Study) -> list[Path]:
    """The project, the study, and the version-controlled folders above them."""
    inside = [project_root().resolve(), study.folder.resolve()]
    above = [folder for start in inside for folder in start.parents if (folder / ".git").exists()]
    return [*inside, *above]

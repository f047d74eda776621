"""Names that speak of what the law protects: such a trait forms no segment without a reason."""

import re
import unicodedata
from collections.abc import Mapping

_TOLD_BY = """
age: age ages aged birth births birthdate birthday birthyear born dob yob alter geburt
    geburtsdatum geburtsjahr geburtstag naissance edad nacimiento
gender: gender sex male female transgender nonbinary geschlecht sexe sexo genre genero
marital status: marital married unmarried divorced widowed widow widower spouse familienstand
health: health medical medication illness sickness disease diagnosis diagnoses disability
    disabilities disabled handicap handicapped impairment pregnant pregnancy diabetes diabetic hiv
    genetic genetics dna biometric biometrics gesundheit krankheit behinderung schwanger
    schwerbehindert sante salud maladie discapacidad
religion: religion religions religious religiosity faith church mosque synagogue parish christian
    muslim islam jewish judaism hindu buddhist sikh catholic protestant atheist konfession kirche
    kirchensteuer
ethnicity: ethnic ethnicity ethnicities race races racial nationality nationalities citizenship
    hispanic latino latina latinx indigenous aboriginal immigrant migrant caste tribe tribal
    ethnie staatsangehorigkeit nationalitat migrationshintergrund nationalite nacionalidad
sexual orientation: sexual sexuality orientation gay lesbian bisexual homosexual heterosexual lgbt
    lgbtq lgbti queer sexualitat
politics: political politics politically politic voter politisch partei parteimitglied politique
    politica
union membership: union unions unionised unionized gewerkschaft gewerkschaftsmitglied syndicat
    syndique sindicato
convictions: criminal conviction convictions felony offender
"""
WORDS: Mapping[str, frozenset[str]] = {
    kind: frozenset(words.split())
    for kind, words in re.findall(r"^(\w[\w ]*): ([^:]+)$", _TOLD_BY, re.M)
}
"""What is protected -> words of a name that speak of it."""
PHRASES = re.compile(
    r"\b(party (affiliation|member|membership|preference)|voting intention|voted for)\b"
)
HARMLESS = re.compile(
    r"\b(credit|western|european|customs) unions?\b|\bunion (pay|jack)\b|\bgenre (of|music|film)\b"
    r"|\b(page|screen|device|label) orientation\b"
)
"""Phrases whose words mean something else."""


def protected_kind(name: str) -> str:
    """What protected attribute a name speaks of; empty when of none.

    Examples
    --------
    >>> [protected_kind(name) for name in ("YearBirth", "trade_union", "credit_union", "healthy")]
    ['age', 'union membership', '', '']
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    text = " ".join(re.findall(r"[A-Z]?[a-z]+|[A-Z]+", plain)).lower()
    if PHRASES.search(text):
        return "politics"
    words = set(HARMLESS.sub(" ", text).split())
    return next((kind for kind, known in WORDS.items() if words & known), "")


def looks_protected(name: str) -> bool:
    """Whether a name speaks of age, gender, marital status or the like.

    Examples
    --------
    >>> [looks_protected(name) for name in ("age_years", "YearBirth", "Marital_Status", "page_views")]
    [True, True, True, False]
    """
    return bool(protected_kind(name))

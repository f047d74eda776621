"""The segmentation card: what the segments are for, what they rest on, and until when."""

from dataclasses import dataclass

from segkit.features.dictionary import STANDARD, daypart_features, describe
from segkit.features.table import Features
from segkit.personas.facts import Fact, Sentence
from segkit.personas.lexicon import lowered
from segkit.personas.phrases import started
from segkit.personas.review import is_passed
from segkit.reporting.audit import association, has_too_many_levels
from segkit.reporting.sentences import Told
from segkit.reporting.workspace import Run

METHODS = {
    "kmeans": "k-means on the traits below",
    "famd": "k-means on scores that weigh the numbers and categories below alike (FAMD)",
    "gmm": "a mixture of normal groups in the traits below",
    "gmm_tied": "a mixture of normal groups of one shape in the traits below",
    "kprototypes": "k-prototypes on the traits below",
    "gower": "medoids by Gower's distance in the traits below",
    "hdbscan": "dense groups in the traits below (HDBSCAN); the rest is noise",
    "ward": "Ward's clustering of the traits below",
    "latent_class": "latent classes of the traits below",
    "rules": "drawn by rules, proven to take in each customer once",
}
NEVER = ("prices per person", "credit", "employment", "who may have a service")
"""What no segment of any study may decide."""


@dataclass(frozen=True)
class About:
    """What the segmentation card says."""

    run: Run
    told: Told

    @property
    def features(self) -> Features:
        """The feature table."""
        return self.run.features

    @property
    def not_for(self) -> list[str]:
        """Uses that are out of scope: everywhere, and in this study."""
        return [*NEVER, *map(lowered, self.run.study.out_of_scope)]

    @property
    def is_overdue(self) -> bool:
        """Whether the review was due before the reference date."""
        return is_passed(self.run.study.review_by, self.run.study.as_of)

    @property
    def method(self) -> str:
        """How customers were put into segments."""
        return METHODS[self.run.segments.method]

    @property
    def tables(self) -> list[str]:
        """Every table that was read."""
        customers = self.told.words["customers"]
        tables = self.run.study.every_table
        return [f"table of {customers}" if name == "customers" else name for name in tables]

    @property
    def left_out(self) -> list[tuple[str, str]]:
        """Features that form no segment on purpose, or that the data can't give, and why."""
        study = self.run.study
        labels = dict(describe([*STANDARD, *daypart_features()], dict(study.words))["label"])
        labels |= dict(self.features.dictionary["label"])
        said = [(str(labels.get(name, name)), "outcome") for name in study.outcomes]
        shielded = sorted(study.shielded - set(study.outcomes))
        said += [(str(labels.get(name, name)), "protected") for name in shielded]
        said += [(str(labels.get(name, name)), why) for name, why in self.features.left_out.items()]
        return said

    @property
    def proxies(self) -> list[tuple[str, Fact]]:
        """How far the segments mirror each protected attribute, as Cramér's V."""
        known, labels = self.features.descriptors, self.run.segments.labels
        if known is None:
            return []
        found = []
        for name in sorted(self.run.study.shielded - set(self.run.study.outcomes)):
            if name not in known:
                continue
            value, n = association(labels, known[name].reindex(labels.index))
            fact = Fact(f"all/{name}/association", value, "score", n, "whose attribute is known")
            if not fact.is_withheld:
                said = self.features.dictionary["label"].get(name, name.replace("_", " "))
                found.append((started(str(said)), self.told.kept(fact)))
        return found

    @property
    def not_audited(self) -> list[str]:
        """Protected texts of too many levels to say anything of, such as undeclared birth dates."""
        known = self.features.descriptors
        if known is None:
            return []
        names = sorted(self.run.study.shielded & set(known.columns))
        return [name for name in names if has_too_many_levels(known[name])]

    @property
    def parameters(self) -> Sentence | None:
        """Starts, refits and seed."""
        structure = self.run.segments.structure
        if structure.reason == "rules":
            return None
        return Sentence(
            "Strong skew is straightened, each trait on one scale; {starts} starts, {boots} refits, "
            "seed {seed}.",
            {
                "starts": self.told.fact("parameters/n_starts", structure.n_starts, "count"),
                "boots": self.told.fact("parameters/n_boot", structure.n_boot, "count"),
                "seed": self.told.fact("parameters/random_state", structure.random_state, "count"),
            },
        )

    @property
    def quality(self) -> Sentence | None:
        """How steady the segments are, from the shakiest to the steadiest."""
        segments = self.run.segments
        if segments.method == "rules":
            return None
        jaccard, fact = segments.stability["jaccard"], self.told.fact
        facts = {
            "low": fact("stability/shakiest", jaccard.min(), "score"),
            "high": fact("stability/steadiest", jaccard.max(), "score"),
            "unsure": fact("confidence/unsure", float(segments.unsure.mean()), "share"),
        }
        spread = "{low}" if facts["low"].text == facts["high"].text else "{low} to {high}"
        said = f"Segments overlap their refits by {spread}; {{unsure}} of {{customers}} are unsure"
        silhouettes = segments.structure.by_k["silhouette"].dropna()
        if len(silhouettes):
            facts["least"] = fact("silhouette/least", silhouettes.min(), "score")
            facts["most"] = fact("silhouette/most", silhouettes.max(), "score")
            said += "; silhouette {least} to {most} over all numbers tried"
        return Sentence(f"{said}.", facts, {"customers": self.told.words["customers"]})

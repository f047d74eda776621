import itertools
from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

import segkit
from segkit.errors import DataError, ParameterError
from segkit.segments.evidence.choose import CLEAR_VALLEY, VALLEY, conditions
from segkit.segments.evidence.structure import Structure
from segkit.segments.kinds import ATOM
from segkit.segments.space import fit_space
from tests.conftest import make_groups
from tests.segments.made import LEAST, QUICK, customers, make_answers, shuffled

CLOUDS = {
    "round": lambda rng: rng.normal(size=(240, 5)),
    "correlated": lambda rng: rng.multivariate_normal(np.zeros(3), 0.6 + 0.4 * np.eye(3), 240),
    "dirichlet": lambda rng: rng.dirichlet([2.0, 2, 2, 2], 240),
    "counts": lambda rng: rng.poisson(rng.gamma(2, 1, (240, 1)) * [1.0, 2, 4]),
    "one-factor answers": lambda rng: (rng.normal(size=(240, 1)) > rng.normal(size=(240, 4))) * 1,
}


@cache
def structure_of(cloud):
    frame = pd.DataFrame(CLOUDS[cloud](np.random.default_rng(0))).rename(columns="x{}".format)
    return segkit.assess_structure(frame, **QUICK)


@pytest.fixture(params=CLOUDS)
def cloud(request):
    """The structure of one cloud."""
    return structure_of(request.param)


@pytest.fixture(scope="module")
def four():
    """Four groups, four standard deviations apart."""
    frame, truth = make_groups(280, 4, distance=4, seed=1)
    return segkit.assess_structure(frame, **QUICK | {"k_max": 5}), frame, truth


def test_planted_groups_are_natural_and_their_number_exact(segments, four):
    assert (segments.structure.verdict, segments.structure.k) == ("natural", 3)
    assert (four[0].verdict, four[0].k) == ("natural", 4)
    assert four[0].reason == "natural"


def test_groups_in_numbers_and_categories_are_natural(mixed_segments):
    assert (mixed_segments.structure.verdict, mixed_segments.structure.k) == ("natural", 3)


def test_groups_of_answers_are_natural():
    structure = segkit.assess_structure(make_answers(280)[0], **QUICK)
    assert (structure.verdict, structure.k) == ("natural", 3)
    assert structure.by_k["bic"].isna().all()


def test_groups_of_ordered_answers_are_found():
    frame = make_groups(240, 3, distance=6)[0]
    rated = frame.apply(lambda column: pd.qcut(column, 5, labels=list("12345")))
    structure = segkit.assess_structure(rated, **QUICK)
    assert structure.space.kinds == ("ordinal", "ordinal")
    assert structure.by_k.at[3, "z"] > 3


def test_one_cloud_is_never_natural(cloud):
    assert cloud.verdict in {"constructive", "reproducible"}
    assert "form separate groups" not in cloud.reading


def test_one_round_cloud_is_constructive():
    assert structure_of("round").verdict == "constructive"
    assert "drawing the lines yourself" in structure_of("round").reading


def test_one_cloud_has_no_gap_and_is_not_too_coarse(cloud):
    assert cloud.gap is None
    assert not any("Too coarse" in warning for warning in cloud.warnings)


def test_stability_is_the_mean_adjusted_rand_of_two_refits(four):
    structure = four[0]
    refits = structure.resamples.labels(structure.space.transform(four[1]), 4)
    naive = [adjusted_rand_score(*pair) for pair in itertools.combinations(refits, 2)]
    row = structure.by_k.loc[4]
    assert row["stability"] == pytest.approx(np.mean(naive))
    assert [row["low"], row["high"]] == pytest.approx(np.percentile(naive, [5, 95]).tolist())


@pytest.mark.parametrize("k", [2, 4])
def test_shares_are_those_of_a_kmeans_cut(four, k):
    structure = four[0]
    X = structure.space.transform(four[1])
    cut = KMeans(k, n_init=20, random_state=0).fit(X)
    row = structure.by_k.loc[k]
    assert row["within_share"] == pytest.approx(cut.inertia_ / (X**2).sum(), rel=1e-3)
    assert row["smallest_share"] == pytest.approx(np.bincount(cut.labels_).min() / 280, abs=0.02)
    assert row["silhouette"] == pytest.approx(silhouette_score(X, cut.labels_), abs=0.01)


def test_every_number_is_told_with_all_its_indices(four):
    by_k = four[0].by_k
    assert by_k.index.tolist() == [2, 3, 4, 5]
    assert by_k.index.name == "k"
    assert set(Structure.SHOWN) <= set(by_k)
    assert by_k.notna().all().all()


def test_no_p_value_is_told_for_a_base(four):
    assert not [name for name in four[0].by_k if name.startswith("p_") or name == "p"]
    assert 0 < four[0].p <= 1


def test_level_borders_in_few_dimensions_are_no_groups():
    """Three of four even shares: four segments tile their tetrahedron with level borders."""
    shares = np.random.default_rng(9).dirichlet(np.ones(4), 1000)[:, :3]
    structure = segkit.assess_structure(pd.DataFrame(shares).rename(columns="part {}".format), **QUICK)
    assert structure.by_k.at[4, "valley"] > VALLEY
    assert structure.verdict == "reproducible"


def test_shares_counted_in_few_baskets_with_zeros_among_them_are_no_groups():
    rng = np.random.default_rng(4)
    parts = np.array(
        [rng.multinomial(5 + size, rng.dirichlet([1, 1, 1])) for size in rng.poisson(30, 500)]
    )
    shares = pd.DataFrame(parts / parts.sum(axis=1, keepdims=True)).rename(columns="part {}".format)
    assert (shares == 0).mean().max() > ATOM
    limits = segkit.assess_structure(shares, **LEAST).by_k["valley_limit"]
    assert (limits == CLEAR_VALLEY).all()


@pytest.mark.parametrize(
    ("n_things", "tastes", "verdict"), [(3, [0.4], "reproducible"), (5, [2, -2], "natural")]
)
def test_rankings_by_one_taste_are_one_cloud_and_by_two_are_groups(n_things, tastes, verdict):
    """Three things can be put in six orders only: six heaps of customers, whoever they are."""
    own = np.resize(tastes, 400)[:, None] * np.linspace(-1, 1, n_things)
    liked = own + np.random.default_rng(2).normal(size=(400, n_things))
    ranked = pd.DataFrame(np.argsort(np.argsort(liked, axis=1), axis=1) + 1)
    structure = segkit.assess_structure(ranked.rename(columns="place of {}".format), **QUICK)
    assert structure.verdict == verdict


def test_more_dimensions_have_room_for_groups_with_level_borders():
    frame = make_groups(280, 4)[0]
    wide = frame.assign(**{f"other {n}": np.sin(frame["first"] * 10**n) for n in (3, 4)})
    few, more = (segkit.assess_structure(one, **LEAST).by_k["valley_limit"] for one in (frame, wide))
    assert (few == CLEAR_VALLEY).all()
    assert (more < CLEAR_VALLEY).all()


def test_a_slanted_box_is_one_cloud():
    """Its halves share a level border, and no box that stands on the columns is as flat as it."""
    rng = np.random.default_rng(510)
    turned = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    box = rng.uniform(-1, 1, (2_000, 4)) * [1.0, 0.6, 0.6, 0.6] @ turned
    structure = segkit.assess_structure(pd.DataFrame(box).rename(columns="x{}".format), **QUICK)
    met = conditions(structure.by_k, structure.p)
    assert met.loc[2, ["tighter", "over_all", "steady"]].all()
    assert structure.by_k.at[2, "valley"] > VALLEY
    assert structure.verdict != "natural"


def test_a_blob_is_less_steady_than_groups(four):
    assert four[0].by_k.at[4, "null_stability"] < four[0].by_k.at[4, "stability"] - 0.2


def test_one_core_a_quiet_run_and_shuffled_customers_give_the_same_answer(four, monkeypatch, capfd):
    monkeypatch.setenv("SEGKIT_QUIET", "1")
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    again = segkit.assess_structure(shuffled(four[1]), **QUICK | {"k_max": 5})
    pd.testing.assert_frame_equal(again.by_k, four[0].by_k, check_exact=True)
    pd.testing.assert_frame_equal(again.flow, four[0].flow)
    assert again.reading == four[0].reading
    assert "refits on resamples" not in capfd.readouterr().err


def test_another_seed_gives_much_the_same_answer(four):
    other = segkit.assess_structure(four[1], random_state=1, **QUICK)
    assert (other.verdict, other.k) == (four[0].verdict, four[0].k)
    assert other.by_k.at[4, "stability"] == pytest.approx(four[0].by_k.at[4, "stability"], abs=0.1)


def test_the_runner_up_is_named_with_its_stability(segments):
    structure = segments.structure
    stability = structure.by_k.at[structure.runner_up, "stability"]
    assert structure.runner_up != structure.k
    assert f"{structure.runner_up} (stability {stability:.2f}" in structure.reading


def test_a_fixed_number_is_compared_but_not_called_put_forward(groups):
    structure = segkit.assess_structure(groups[0], k=5, min_share=0.3, min_size=10, **LEAST)
    assert (structure.k, structure.reason) == (5, "fixed")
    assert list(structure.by_k.index) == [2, 3, 5]
    assert "The number was fixed beforehand." in structure.reading
    assert "Too fine: the smallest of 5 segments holds" in structure.reading


def test_a_segment_that_holds_separate_groups_is_too_coarse():
    pairs = np.array([[0, 0], [6, 6], [40, 0], [46, 6]])[np.arange(240) % 4]
    frame = customers(pairs + np.random.default_rng(0).normal(size=(240, 2))).rename(
        columns="x{}".format
    )
    structure = segkit.assess_structure(frame, k=2, **LEAST)
    coarse = [warning for warning in structure.warnings if warning.startswith("Too coarse")]
    assert len(coarse) == 2
    assert "the segment of 50% of customers" in coarse[0]


def test_few_customers_for_their_bases_are_warned_of(cloud):
    few = cloud.n_customers < 70 * len(cloud.columns)
    assert any("Few customers: 240 for" in warning for warning in cloud.warnings) == few


def test_a_gap_that_the_segments_run_across_changes_the_method(long_structure):
    assert long_structure.gap is not None
    assert long_structure.method == "gmm_tied"
    assert long_structure.gap.reading in long_structure.reading


def test_the_method_follows_the_bases(segments, mixed_segments):
    assert (segments.structure.method, mixed_segments.structure.method) == ("kmeans", "famd")


@pytest.mark.parametrize(
    "frame",
    [
        customers({"spend": np.random.default_rng(0).normal(size=120)}),
        customers({"said_yes": np.arange(120) % 3 == 0}),
        customers({"area": np.array(["city", "village", "suburb"])[np.arange(120) % 3]}),
        customers({"a": np.arange(240) % 2, "b": np.arange(240) // 2 % 2}),
        customers({"visits": np.r_[np.repeat(np.arange(13), 9), np.full(3, 13)], "x": np.arange(120)}),
        customers({"spend": np.r_[np.zeros(100), np.arange(20.0)], "age": np.arange(120) % 40}),
    ],
    ids=["one number", "one yes or no", "one category", "four answers", "14 visits", "mostly none"],
)
def test_odd_frames_get_an_answer(frame):
    structure = segkit.assess_structure(frame, **LEAST | {"k_max": 4})
    assert structure.by_k["stability"].between(-1, 1.0001).all()
    assert structure.k in structure.by_k.index
    assert structure.reading


def test_no_more_segments_are_compared_than_half_the_customers():
    structure = segkit.assess_structure(make_groups(20)[0], **LEAST | {"k_max": 12})
    assert structure.by_k.index.max() == 10


def test_a_base_that_never_varies_inside_a_segment_does_no_harm():
    rng = np.random.default_rng(0)
    answers = customers({f"q{number}": rng.integers(0, 2, 300) for number in range(3)})
    assert segkit.assess_structure(answers, k=2, **LEAST).k == 2


@pytest.mark.parametrize("k", [31, 61])
def test_a_number_of_segments_that_cannot_be_is_refused(k):
    with pytest.raises(DataError, match=f"k is {k}.*2 to 30"):
        segkit.assess_structure(make_groups(60)[0], k=k)


@pytest.mark.parametrize("setting", ["k_max", "n_boot", "n_blobs"])
def test_settings_that_allow_no_comparison_are_refused(setting):
    with pytest.raises(ParameterError, match=rf"{setting} is 1\. Accepted: a whole number, 2 or more"):
        segkit.assess_structure(make_groups(60)[0], **{setting: 1})


def test_a_structure_shows_its_reading_and_no_customer(segments, groups):
    shown = repr(segments.structure) + str(segments.structure._repr_html_())
    assert segments.structure.reading in shown
    assert not any(customer in shown for customer in groups[0].index)


def test_pictures_label_their_axes(segments):
    assert segments.structure.plot().get_ylabel() == "stability (adjusted Rand index)"
    assert segments.structure.plot_flow().get_xlabel() == "number of segments"


def test_a_structure_keeps_what_decided_it(four):
    structure, frame, _ = four
    space, coded = fit_space(frame)
    np.testing.assert_array_equal(structure.space.of_codes(coded), space.of_codes(coded))
    assert (structure.n_boot, structure.n_blobs, structure.n_starts) == (10, 19, 20)
    assert (structure.n_customers, structure.columns) == (280, ("first", "second"))

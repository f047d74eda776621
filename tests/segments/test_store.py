import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import DataError
from segkit.segments.evidence.ellipses import Ellipses
from segkit.segments.fit import fit_segments
from segkit.segments.store import ARRAYS, ASSIGNMENTS, MODEL, load_segments, save_segments
from tests.segments.made import LEAST, customers

FILES = [MODEL, ARRAYS, ASSIGNMENTS]


def check_round_trip(segments, frame, folder):
    """A loaded segmentation says and does what the saved one did."""
    loaded = load_segments(save_segments(segments, folder))
    odd = frame.head(30).copy()
    odd.iloc[0, 0] = None
    pd.testing.assert_frame_equal(loaded.assign(frame), segments.assign(frame), check_exact=True)
    pd.testing.assert_frame_equal(loaded.assign(odd), segments.assign(odd), check_exact=True)
    pd.testing.assert_series_equal(loaded.labels, segments.labels)
    pd.testing.assert_series_equal(loaded.confidence, segments.confidence)
    pd.testing.assert_frame_equal(loaded.stability, segments.stability)
    assert loaded.confused.empty == segments.confused.empty
    if not segments.confused.empty:
        pd.testing.assert_frame_equal(loaded.confused, segments.confused)
    pd.testing.assert_frame_equal(loaded.structure.by_k, segments.structure.by_k)
    assert (loaded.reading, loaded.method, loaded.k) == (segments.reading, segments.method, segments.k)
    assert loaded.structure.reading == segments.structure.reading
    return loaded


@pytest.fixture(scope="module")
def saved(segments, tmp_path_factory):
    return save_segments(segments, tmp_path_factory.mktemp("saved"))


@pytest.fixture(scope="module")
def other(groups, segments, tmp_path_factory):
    """The same customers cut into two."""
    in_two = fit_segments(groups[0], 2, structure=segments.structure)
    return save_segments(in_two, tmp_path_factory.mktemp("other"))


@pytest.fixture
def folder(saved, tmp_path):
    """A copy that may be harmed."""
    return shutil.copytree(saved, tmp_path / "copy")


def test_every_method_comes_back_as_it_was(of_numbers, groups, tmp_path):
    loaded = check_round_trip(of_numbers, groups[0], tmp_path)
    pd.testing.assert_frame_equal(loaded.model.profiles, of_numbers.model.profiles)


def test_every_method_of_mixed_frames_comes_back_as_it_was(of_both, mixed, tmp_path):
    check_round_trip(of_both, mixed[0], tmp_path)


def test_ordered_answers_and_yes_or_no_come_back(tmp_path):
    rng = np.random.default_rng(0)
    rating = pd.Categorical(
        rng.choice(["low", "mid", "high"], 120), ["low", "mid", "high"], ordered=True
    )
    frame = customers({"spend": rng.lognormal(size=120), "is_member": rng.random(120) < 0.3})
    frame["rating"] = rating
    segments = fit_segments(frame, 3, **LEAST)
    loaded = load_segments(save_segments(segments, tmp_path))
    pd.testing.assert_frame_equal(loaded.assign(frame), segments.assign(frame))


def test_skewed_balances_come_back(tmp_path):
    rng = np.random.default_rng(0)
    skewed = rng.lognormal(1, 1, 120)
    frame = customers({"balance": skewed - 2, "spend": skewed**2, "share": skewed / 1000})
    segments = fit_segments(frame, 2, **LEAST)
    assert set(segments.model.space.unskew.methods_) == {"yeo-johnson", "log", "root"}
    check_round_trip(segments, frame, tmp_path)


def test_rules_come_back_as_they_were(groups, tmp_path):
    rules = [{"name": "Low", "where": {"first": {"below": 0}}}, {"name": "High", "otherwise": True}]
    segments = fit_segments(groups[0], rules=rules)
    loaded = check_round_trip(segments, groups[0], tmp_path)
    assert loaded.model.rules.to_dict() == segments.model.rules.to_dict()


def test_an_rfm_grid_comes_back_as_it_was(tmp_path):
    rng = np.random.default_rng(0)
    orders = 1 + rng.poisson(4, 200)
    frame = customers(
        {
            "recency_days": rng.integers(0, 365, 200),
            "n_orders": orders,
            "revenue": orders * rng.random(200),
        }
    )
    check_round_trip(segkit.fit_segments(frame, rules="rfm"), frame, tmp_path)


def test_a_gap_comes_back(long_groups, long_structure, tmp_path):
    segments = fit_segments(long_groups[0], method="gmm_tied", structure=long_structure)
    loaded = check_round_trip(segments, long_groups[0], tmp_path)
    assert loaded.structure.method == "gmm_tied"
    assert vars(loaded.structure.gap) == vars(long_structure.gap)


def test_ellipses_come_back(groups, segments, tmp_path):
    structure = replace(segments.structure, ellipses=Ellipses(3, 4, 0.2, 9.0, 1.5, 0.9, 0.2))
    loaded = check_round_trip(replace(segments, structure=structure), groups[0], tmp_path)
    assert vars(loaded.structure.ellipses) == vars(structure.ellipses)


def test_a_flow_comes_back(segments, saved):
    pd.testing.assert_frame_equal(
        load_segments(saved).structure.flow, segments.structure.flow, check_dtype=False
    )


def test_a_structure_with_a_single_number_comes_back(groups, tmp_path):
    segments = fit_segments(groups[0], 2, **LEAST | {"k_max": 2})
    check_round_trip(segments, groups[0], tmp_path)


def test_numbers_of_numpy_come_back_as_plain_ones(groups, tmp_path):
    segments = fit_segments(groups[0], np.int64(3), random_state=np.int64(0), **LEAST)
    check_round_trip(segments, groups[0], tmp_path)


def test_kept_keys_come_back(groups, segments, tmp_path):
    frame = groups[0] * 1.02
    check_round_trip(fit_segments(frame, 3, previous=segments, **LEAST), frame, tmp_path)


def test_loaded_segments_are_a_previous_run_as_good_as_any(groups, segments, saved):
    again = fit_segments(groups[0], 3, previous=load_segments(saved), random_state=1, **LEAST)
    assert again.model.keys == segments.model.keys


def test_a_loaded_structure_cannot_be_cut_anew(groups, saved):
    with pytest.raises(segkit.SegkitError, match=r"read from a file.*made by assess_structure"):
        fit_segments(groups[0], structure=load_segments(saved).structure)


def test_saving_what_was_loaded_writes_the_same_model(saved, tmp_path):
    again = save_segments(load_segments(saved), tmp_path)
    first, second = (json.loads((folder / MODEL).read_text()) for folder in (saved, again))
    del first["sums"], second["sums"]
    assert first == second


def test_nothing_in_the_folder_can_run(saved):
    assert sorted(path.name for path in saved.iterdir()) == sorted(FILES)
    with np.load(saved / ARRAYS, allow_pickle=False) as arrays:
        assert all(array.dtype.kind in "fiub" for array in arrays.values())
    json.loads((saved / MODEL).read_text(encoding="utf-8"))


def test_the_rule_itself_holds_no_customer(groups, saved):
    text = (saved / MODEL).read_text() + str((saved / ARRAYS).read_bytes())
    assert not any(customer in text for customer in groups[0].index)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_flipped_byte_is_noticed(folder, name, place):
    content = bytearray((folder / name).read_bytes())
    content[int(place * len(content))] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=r"changed after they were saved|is damaged"):
        load_segments(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("cut", [0, 100])
def test_a_cut_off_file_is_noticed(folder, name, cut):
    (folder / name).write_bytes((folder / name).read_bytes()[:cut])
    with pytest.raises(DataError, match=r"changed after they were saved|is damaged"):
        load_segments(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.update(random_state=7),
        lambda model: model["structure"].update(verdict="natural!"),
        lambda model: model["stability"]["data"][0].__setitem__(0, 0.51),
        lambda model: model["keys"].reverse(),
        lambda model: model.pop("stability"),
        lambda model: model["sums"].pop(ARRAYS),
        lambda model: model["sums"].update({"../other": "0"}),
    ],
)
def test_a_changed_model_is_noticed(folder, change):
    model = json.loads((folder / MODEL).read_text())
    change(model)
    (folder / MODEL).write_text(json.dumps(model))
    with pytest.raises(DataError, match="changed after they were saved"):
        load_segments(folder)


@pytest.mark.parametrize("name", FILES)
def test_files_of_two_folders_do_not_go_together(folder, other, name):
    shutil.copy(other / name, folder / name)
    with pytest.raises(DataError, match="changed after they were saved"):
        load_segments(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_gone_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(DataError, match=f"there is no {name} in 'copy'"):
        load_segments(folder)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 2}', '{"format": 2, "sums": ["abc"]}', "\xff"]
)
def test_what_is_no_model_is_refused(folder, text):
    (folder / MODEL).write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match=f"{MODEL} is damaged"):
        load_segments(folder)


def test_another_versions_folder_is_refused(folder):
    model = json.loads((folder / MODEL).read_text())
    (folder / MODEL).write_text(json.dumps(model | {"format": 1}))
    with pytest.raises(DataError, match=r"has format 1.*format \d.*Fit the segments anew"):
        load_segments(folder)


def test_saving_leaves_the_segments_as_they_were(groups, segments, saved):
    assert segments.labels.dtype == "category"
    pd.testing.assert_series_equal(segments.assign(groups[0])["segment_key"], segments.labels)

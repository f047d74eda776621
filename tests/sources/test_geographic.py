"""Places: areas, countries and distances instead of homes."""

import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, StudyError
from segkit.features.build import build_features
from segkit.sources.personal import find_personal
from tests.sources.test_traits import N, cells, read, study, table

AREA = {"kind": "postcode_area", "basis": "geographic"}
AWAY = {"kind": "distance_km", "basis": "geographic", "from": ["lat", "lon"], "to": [52.52, 13.405]}
URBAN = {"kind": "category", "basis": "geographic"}


@pytest.mark.parametrize(
    ("country", "codes", "areas"),
    [
        ("GB", ["SW1A 1AA", "m1 1ae", "B33 8TH"], ["SW", "M", "B"]),
        ("DE", ["10115", "80331", "01067"], ["10", "80", "01"]),
        ("US", ["94103", "94103-1234", "02139"], ["941", "941", "021"]),
        ("NL", ["1012 AB", "1012AB", "9711"], ["10", "10", "97"]),
        ("CA", ["K1A 0B1", "m5v2t6", "H0H 0H0"], ["K", "M", "H"]),
    ],
)
def test_only_the_leading_part_of_a_postcode_stays(country, codes, areas):
    values, _ = read(table(x=cells(*codes, rest=codes[0])), {**AREA, "area": country})
    assert values.iloc[:3].tolist() == areas


def test_a_number_of_characters_can_stay_and_a_whole_code_never_does():
    values, outcomes = read(table(x=cells("10-115", "80", rest="80331")), {**AREA, "area": 2})
    assert set(values.dropna()) == {"10", "80"}
    assert outcomes == {"read": 29, "can't be read": 1}


def test_codes_that_are_no_postcodes_of_the_country_are_counted():
    _, outcomes = read(table(x=cells("1234", "", rest="80331")), {**AREA, "area": "DE"})
    assert outcomes == {"read": 28, "can't be read": 1, "blank": 1}


def test_names_and_codes_of_a_country_are_one():
    given = cells("UK", "GBR", "Great Britain", "U.S.A.", "Deutschland", "de", "The Netherlands",
                  "Côte d'Ivoire", "Atlantis", rest="Germany")  # fmt: skip
    values, outcomes = read(table(x=given), {"kind": "country", "basis": "geographic"})
    assert values.iloc[:8].tolist() == [*["United Kingdom"] * 3, "United States", "Germany", "Germany",
                                        "Netherlands", "Ivory Coast"]  # fmt: skip
    assert outcomes == {"read": 29, "can't be read": 1}


def test_a_distance_is_the_great_circle_s():
    """Berlin to Paris is 877 km, to Munich 504 km, by the haversine on a sphere of 6,371.0088 km."""
    lat = cells("48.8566", "48.1372", rest="52.52")
    lon = cells("2.3522", "11.5755", rest="13.405")
    values, _ = read(table(lat=lat, lon=lon), AWAY)
    assert values.iloc[:3].tolist() == [877, 504, 0]


@pytest.mark.parametrize("mark", [".", ","])
def test_a_coordinate_of_three_places_is_in_no_thousands(mark):
    lat, lon = cells(f"48{mark}857", rest=f"52{mark}520"), cells(f"2{mark}352", rest=f"13{mark}405")
    values, _ = read(table(lat=lat, lon=lon), AWAY)
    assert values.iloc[:2].tolist() == [877, 0]


def test_coordinates_with_a_decimal_comma_are_read():
    lat, lon = cells("48,8566", rest="52,5200"), cells("2,3522", rest="13,4050")
    values, outcomes = read(table(lat=lat, lon=lon), AWAY)
    assert values.iloc[:2].tolist() == [877, 0]
    assert outcomes == {"read": N}


def test_places_that_can_t_be_are_counted_each_under_its_reason():
    lat = cells("113.4", "95", "0", "", "x", rest="52.4")
    lon = cells("52.5", "200", "0", "13", "13", rest="13.1")
    _, outcomes = read(table(lat=lat, lon=lon), AWAY)
    assert outcomes == {
        "read": 25, "latitude and longitude swapped": 1, "outside of the earth's coordinates": 1,
        "at 0, 0, which stands for nowhere": 1, "blank": 1, "can't be read": 1,
    }  # fmt: skip


def test_coordinates_and_full_postcodes_are_personal():
    frame = pd.DataFrame(
        {
            "home_lat": [52.5, 52.6], "place": ["52.5200, 13.4050", "48.8566, 2.3522"],
            "zip": ["SW1A 1AA", "M1 1AE"], "area": ["SW", "M"], "platform": ["web", "app"],
        }
    )  # fmt: skip
    found = {one.column: one.kind for one in find_personal(frame)}
    assert found == {"home_lat": "coordinates", "place": "coordinates", "zip": "full postcodes"}


def test_coordinates_describe_nothing():
    frame = table(lat=[52.0 + row / 100 for row in range(N)], lon=[13.0] * N)
    made = study({"away_km": AWAY}, bases=["away_km"], descriptors=["lat"])
    features = build_features(segkit.load_tables(made, customers=frame), as_of="2014-07-01")
    assert features.bases.shape == (N, 1)
    with pytest.raises(DataError, match="'lat' likely holds coordinates"):
        _ = features.descriptive


def looked_up(tmp_path, entries, column, **more):
    (tmp_path / "urban.csv").write_text(entries)
    trait = {**URBAN, "lookup": {"file": str(tmp_path / "urban.csv"), "key": "area", "value": "type"}}
    return read(table(x=column), {**trait, **more})


def test_a_table_of_the_user_s_says_what_an_area_is(tmp_path):
    given = cells("sw", "M", "", "ZZ", "n/k", rest="SW")
    values, outcomes = looked_up(tmp_path, "area,type\nSW,urban\nM,rural\nN/K,\n", given)
    assert values.value_counts().to_dict() == {"urban": 26, "rural": 1}
    assert outcomes == {"read": 27, "not in the lookup table": 2, "blank": 1}


def test_a_lookup_may_give_numbers_and_is_an_input_of_the_study(tmp_path):
    values, _ = looked_up(tmp_path, "area,type\nSW,12.5\n", cells(rest="SW"), kind="number")
    assert set(values) == {12.5}
    trait = {**URBAN, "lookup": {"file": str(tmp_path / "urban.csv"), "key": "area", "value": "type"}}
    made = study({"x": trait})
    assert "lookup_x" in segkit.load_tables(made, customers=table(x=cells(rest="SW"))).inputs


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ("code,type\nSW,urban\n", "lookup table urban.csv of 'x' has no column 'area'"),
        ("area,type\nSW,urban\nsw,rural\n", "says two things of 1 keys. Accepted: one value for each"),
        ("area,type\nZZ,urban\n", "'x' has no value at all: not in the lookup table 30"),
    ],
)
def test_a_lookup_that_can_t_be_used_is_refused(tmp_path, entries, said):
    with pytest.raises(DataError, match=said):
        looked_up(tmp_path, entries, cells(rest="SW"))


@pytest.mark.parametrize(
    ("trait", "said"),
    [
        (AREA, "postcode_area and has no area"),
        ({**AREA, "area": "XX"}, "area is 'XX'. Accepted: AT, AU"),
        ({**AREA, "area": 9}, "traits.x.area"),
        ({**AWAY, "to": [120, 10]}, r"to is \[120, 10\]. Accepted: \[latitude, longitude\]"),
        ({"kind": "distance_km", "basis": "geographic", "from": ["lat", "lon"]}, "has no to"),
        (
            {"kind": "number", "basis": "geographic", "column": "Home Latitude"},
            "'Home Latitude', which looks like the coordinates of a home.*they name one home",
        ),
        ({**AREA, "area": 2, "lookup": {"file": "a", "key": "b", "value": "c"}}, "has lookup"),
    ],
)
def test_a_place_that_makes_no_sense_is_refused(trait, said):
    with pytest.raises(StudyError, match=said):
        study({"x": trait}, bases=["x"])

"""Fits that several test files look at: made once, from small frames."""

import pytest

import segkit
from segkit.segments.clustering.kmeans import one_thread
from segkit.segments.clustering.methods import METHODS
from tests.conftest import make_groups
from tests.segments.made import QUICK, make_long, make_mixed

FOR_NUMBERS = list(METHODS)
FOR_CATEGORIES = [name for name in METHODS if name != "kmeans"]


@pytest.fixture(scope="session", autouse=True)
def _few_threads():
    with one_thread():
        yield


@pytest.fixture(scope="session")
def groups():
    """Three round groups, six standard deviations apart, and their truth."""
    return make_groups(240)


@pytest.fixture(scope="session")
def segments(groups):
    return segkit.fit_segments(groups[0], **QUICK)


@pytest.fixture(scope="session")
def mixed():
    return make_mixed()


@pytest.fixture(scope="session")
def mixed_segments(mixed):
    return segkit.fit_segments(mixed[0], **QUICK)


@pytest.fixture(scope="session")
def long_groups():
    return make_long()


@pytest.fixture(scope="session")
def long_structure(long_groups):
    return segkit.assess_structure(long_groups[0], **QUICK)


@pytest.fixture(scope="session", params=FOR_NUMBERS)
def of_numbers(request, groups, segments):
    """Customers in numbers, cut into three by each method."""
    return segkit.fit_segments(groups[0], 3, request.param, structure=segments.structure)


@pytest.fixture(scope="session", params=FOR_CATEGORIES)
def of_both(request, mixed, mixed_segments):
    """Customers in numbers and categories, cut into three by each method."""
    return segkit.fit_segments(mixed[0], 3, request.param, structure=mixed_segments.structure)

"""Normal mixtures: groups of any direction and length."""

from collections.abc import Iterator

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture

from segkit.segments.clustering.kmeans import fit_kmeans, one_thread

SHAPES = ("tied", "full")
REGULAR = 1e-4
RANDOM_STARTS, FLATTEST = 3, 2
START_ROWS = 5_000


def fit_mixture(X: np.ndarray, k: int, seed: int, shapes: tuple[str, ...] = SHAPES) -> GaussianMixture:
    """Fit a normal mixture; the shape of the groups, common to all or one each, by BIC.

    EM climbs the nearest hill, so it is started from several cuts: k-means on the rows, on the rows
    made round and along the flattest lines (which finds groups that lie side by side: their spread
    along that line has the lightest tails), twice as fine with what is near joined (which leaves
    small groups beside a large one whole), and at random.
    """
    starts = list(_starts(X, k, seed))
    fits = [mixture_from(X, k, start, shape, seed) for shape in shapes for start in starts]
    return min(fits, key=lambda fit: fit.bic(X))


def mixture_cut(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    """Cut by a mixture of groups of one common shape."""
    return fit_mixture(X, k, seed, ("tied",)).predict(X)


def _starts(X: np.ndarray, k: int, seed: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(seed)
    yield fit_kmeans(X, k, 10, seed).predict(X)
    whitened = PCA(whiten=True).fit_transform(X)
    yield fit_kmeans(whitened, k, 10, seed).predict(whitened)
    for lines in (whitened.T, ((X - X.mean(axis=0)) / (X.std(axis=0) + 1e-12)).T):
        flattest = np.argsort([np.mean(line**4) for line in lines])[:FLATTEST]
        for line in lines[flattest]:
            yield fit_kmeans(line[:, None], k, 5, seed).predict(line[:, None])
    fine = fit_kmeans(X, min(2 * k, len(X)), 10, seed)
    yield (fcluster(linkage(fine.cluster_centers_, "average"), k, "maxclust") - 1)[fine.labels_]
    for _ in range(RANDOM_STARTS):
        centres = whitened[rng.choice(len(X), k, replace=False)]
        yield ((whitened[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)


def mixture_from(X: np.ndarray, k: int, labels: np.ndarray, shape: str, seed: int) -> GaussianMixture:
    """Fit a normal mixture from one cut."""
    share = np.eye(k)[labels] + 1e-3 / k
    mixture = GaussianMixture(
        k,
        covariance_type=shape,
        reg_covar=REGULAR,
        weights_init=share.sum(axis=0) / share.sum(),
        means_init=(share.T @ X) / share.sum(axis=0)[:, None],
        precisions_init=_precisions(X, share, shape),
        random_state=seed,
        max_iter=200,
        init_params="random_from_data",
    )
    return mixture.fit(X)


def _precisions(X: np.ndarray, share: np.ndarray, shape: str) -> np.ndarray:
    means = (share.T @ X) / share.sum(axis=0)[:, None]
    spreads = []
    for weight, mean in zip(share.T, means, strict=True):
        apart = X - mean
        spreads.append((apart.T * weight) @ apart / weight.sum() + 0.01 * np.eye(X.shape[1]))
    if shape == "tied":
        return np.linalg.inv(np.average(spreads, axis=0, weights=share.sum(axis=0)))
    return np.linalg.inv(np.array(spreads))


def mixture_arrays(fit: GaussianMixture) -> dict[str, np.ndarray]:
    """What a fitted mixture needs to place new rows."""
    factors = fit.precisions_cholesky_
    if fit.covariance_type == "tied":
        factors = np.repeat(factors[None], fit.n_components, axis=0)
    return {"centres": fit.means_, "factors": factors, "weights": fit.weights_}


def mixture_bic(X: np.ndarray, ks: list[int], seed: int) -> dict[int, float]:
    """BIC by number of groups of a common shape, on at most 5,000 rows; lower is better."""
    step = max(1, len(X) // START_ROWS)
    with one_thread():
        return {k: float(fit_mixture(X[::step], k, seed, ("tied",)).bic(X[::step])) for k in ks}

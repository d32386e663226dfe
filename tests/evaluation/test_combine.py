"""The network that says what is left in the combination of judge and key terms."""

import numpy as np

from bench.combine import trained


def test_it_learns_what_no_weighted_sum_can() -> None:
    source = np.random.default_rng(1)
    x = source.normal(size=(400, 2))
    rank = np.where(x[:, 0] * x[:, 1] > 0, 2, 0)
    network = trained(x, rank, np.ones(400), seed=0)
    fresh = source.normal(size=(400, 2))
    found = network(fresh).argmax(axis=1)
    assert (found == np.where(fresh[:, 0] * fresh[:, 1] > 0, 2, 0)).mean() > 0.9
    assert np.allclose(network(fresh).sum(axis=1), 1)

"""Pictures enlarged to the size at which they are shown."""

import numpy as np

from talkface_studio.nn.enlarging import enlarged


def test_plain_stays_plain_and_an_edge_stays_narrow():
    plain = np.full((8, 8, 3), 100, np.uint8)
    assert np.array_equal(enlarged(plain, 8), plain)
    assert np.array_equal(np.unique(enlarged(plain, 24)), [100])
    edge = plain.copy()
    edge[:, 4:] = 180
    large = enlarged(edge, 32)[16, :, 0].astype(int)
    # As wide as one of the network's pixels, which four of the picture's are.
    assert np.count_nonzero((large > 108) & (large < 172)) <= 4
    assert abs(large[2] - 100) <= 3
    assert abs(large[-3] - 180) <= 3

import logging
import threading

import pytest
import torch

from talkface_studio.api.errors import DeviceError
from talkface_studio.api.values import Device
from talkface_studio.nn.serving import InHalves, in_order


@pytest.fixture
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class SmallGpu:
    """Doubles numbers, as long as no more than `fit` come at a time."""

    def __init__(self, fit):
        self.fit, self.tried = fit, []

    def __call__(self, items):
        self.tried.append(len(items))
        if len(items) > self.fit:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return [2 * item for item in items]


def test_batches_are_halved_until_they_fit_and_stay_so(caplog):
    gpu = SmallGpu(3)
    fitting = InHalves(gpu)
    with caplog.at_level(logging.WARNING):
        assert fitting(range(8)) == [2 * n for n in range(8)]
        assert fitting(range(5)) == [2 * n for n in range(5)]
    assert gpu.tried == [8, 4, 2, 2, 2, 2, 2, 2, 1]
    assert [record.message for record in caplog.records] == [
        "the GPU has no memory left for 8 frames at a time; going on with 4",
        "the GPU has no memory left for 4 frames at a time; going on with 2",
    ]


def test_no_room_for_one_frame_is_one_line():
    with pytest.raises(DeviceError, match=r"too little free memory for a single frame; .*--device cpu") as caught:
        InHalves(SmallGpu(0))([1, 2])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("at_once", [1, 2, 4])
def test_so_many_batches_are_worked_on_at_a_time_and_come_in_order(one_thread, at_once):
    together = threading.Barrier(at_once, timeout=20)
    under_way, most, lock = 0, 0, threading.Lock()

    def work(batch):
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        together.wait()
        with lock:
            under_way -= 1
        return [batch, -batch]

    made = list(in_order(range(4), work, Device(), at_once=at_once))
    assert made == [0, 0, 1, -1, 2, -2, 3, -3]
    assert most == at_once


@pytest.mark.parametrize("at_once", [1, 2, 4])
def test_batches_are_read_as_they_are_needed(one_thread, at_once):
    read = []
    batches = iter(lambda: read.append(1) or [len(read)], None)
    made = in_order(batches, lambda batch: batch, Device(), at_once=at_once)
    assert next(made) == 1
    assert len(read) == at_once + 1
    made.close()


def test_an_error_of_a_batch_arrives(one_thread):
    with pytest.raises(ZeroDivisionError):
        list(in_order([1, 0, 2], lambda batch: [1 / batch], Device()))

"""Reads tensors from a CTranslate2 model file, without the library.

Little endian: uint32 version, string name, uint32 revision, uint32 number of variables; for each a string name, uint8
rank, uint32 shape, uint8 type, uint32 bytes, data. A string is a uint16 length, its final NUL included, and the bytes.
Source: CTranslate2's converters/utils and specs/model_spec.py, binary version 6.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self._data, self.position = data, 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self._data, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def text(self) -> str:
        (length,) = self.take("H")
        (raw,) = self.take(f"{length}s")
        return bytes(raw).rstrip(b"\0").decode("utf-8")


def read_variables(data: bytes, prefix: str) -> dict[str, NDArray[Any]]:
    """Variables whose name starts with `prefix`, as views into `data`.

    Raises:
        ValueError: the data is no such file.
    """
    cursor = _Cursor(data)
    try:
        cursor.take("I")
        cursor.text()
        (_, count) = cursor.take("II")
        return dict(
            variable for variable in (_variable(cursor, data) for _ in range(count)) if variable[0].startswith(prefix)
        )
    except (struct.error, UnicodeDecodeError, IndexError) as error:
        raise ValueError(f"not a CTranslate2 model: {error}") from error


def _variable(cursor: _Cursor, data: bytes) -> tuple[str, NDArray[Any]]:
    name = cursor.text()
    (rank,) = cursor.take("B")
    shape = cursor.take(f"{rank}I")
    kind, size = cursor.take("BI")
    dtype = np.dtype(TYPES[kind])
    values = np.frombuffer(data, dtype, count=size // dtype.itemsize, offset=cursor.position)
    cursor.position += size
    return name, values.reshape(shape)

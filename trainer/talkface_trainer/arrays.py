"""Writing an array whose length is not known in advance."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray


class RowWriter:
    """An `.npy` file that grows row by row, so that a long clip is never held in memory.

    numpy pads the header so that the first dimension can be rewritten in place once it is known.
    """

    def __init__(self, path: Path, row_shape: tuple[int, ...], dtype: DTypeLike) -> None:
        self._shape = row_shape
        self._dtype = np.dtype(dtype)
        self._rows = 0
        self._file = path.open("wb")
        self._header()
        self._first_byte = self._file.tell()

    def append(self, row: NDArray[Any]) -> None:
        """Add one row of the shape and type given at the start."""
        if row.shape != self._shape or row.dtype != self._dtype:
            raise ValueError(f"row is {row.dtype} {row.shape}, not {self._dtype} {self._shape}")
        self._file.write(np.ascontiguousarray(row).data)
        self._rows += 1

    def close(self) -> None:
        """Write the number of rows and close the file."""
        self._file.seek(0)
        self._header()
        if self._file.tell() != self._first_byte:
            raise ValueError("the header of the array grew")
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._file.close()

    def _header(self) -> None:
        shape = (self._rows, *self._shape)
        facts = {"descr": npy.dtype_to_descr(self._dtype), "fortran_order": False, "shape": shape}
        npy.write_array_header_1_0(self._file, facts)

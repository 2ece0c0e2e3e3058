# SPDX-License-Identifier: BSD-3-Clause
"""What does each dtype cost? The same number of elements in every one that the function keeps: half the bytes should not take
more time than half, where memory decides, and 16-bit types pay for their conversion where arithmetic does.

    pytest benchmarks/test_dtypes.py --benchmark-group-by=param:case,param:size
"""
import importlib.util

import numpy as np
import pytest

from fastrelu.tools import timing

DTYPES = ["float16", "bfloat16", "float32", "float64", "int8", "uint8", "int16", "int32", "int64"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", timing.cases(directions=["forward", "backward", "forward_"]), ids=str)
@pytest.mark.parametrize("size", [2**14, 2**22])
def test_dtype(contest, benchmark, buffers, size, case, dtype):
    if dtype == "bfloat16":
        if not importlib.util.find_spec("ml_dtypes"):
            pytest.skip("needs ml_dtypes")
        import ml_dtypes

        dtype = ml_dtypes.bfloat16
    if not case.keeps(dtype):
        pytest.skip(f"{case} does not keep {np.dtype(dtype)}")
    benchmark.group = f"{case} {size}: dtypes"
    contest(case, buffers(case.shape(size), dtype), "fastrelu")

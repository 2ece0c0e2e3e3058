# SPDX-License-Identifier: BSD-3-Clause
"""Where pickle finds the hidden ufuncs that have the default parameters inside (Dask sends them between processes)."""
from ._registry import defaults


def __getattr__(name):
    if name in defaults:
        return defaults[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

# SPDX-License-Identifier: BSD-3-Clause
"""Where pickle finds the hidden ufuncs that have the default parameters inside (Dask sends them between processes)."""
from ._registry import defaults

globals().update(defaults)

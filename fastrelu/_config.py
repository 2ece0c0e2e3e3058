# SPDX-License-Identifier: BSD-3-Clause
"""What was built and what is in use."""
from . import _ufuncs


def show_config(mode="stdout"):
    """Print how fastrelu was built and what it uses on this machine, or return it.

    Parameters
    ----------
    mode : {"stdout", "dicts"}
        "stdout" prints; "dicts" returns nested dicts, as numpy.show_config.

    Returns
    -------
    dict or None
        With the keys fastrelu, compiler, instruction sets, OpenMP and threads.

    Raises
    ------
    ValueError
        For any other mode.

    >>> fr.show_config(mode="dicts")["instruction sets"]["in use"]
    'avx2'
    """
    if mode not in ("stdout", "dicts"):
        raise ValueError(f'show_config(mode): mode must be "stdout" or "dicts"; it is {mode!r}')
    from . import __version__

    isas = _ufuncs.isas()
    config = {
        "fastrelu": {"version": __version__},
        "compiler": {"C": _ufuncs.compiler(), "Cython": _ufuncs.cython_version()},
        "instruction sets": {
            "built": list(isas), "usable": [name for name, usable in isas.items() if usable], "in use": _ufuncs.isa()},
        "OpenMP": {"runtime": _ufuncs.openmp()},
        "threads": {"default": _ufuncs.get_threads()},
    }
    if mode == "dicts":
        return config
    for section, entries in config.items():
        print(f"{section}:")
        for key, value in entries.items():
            print(f"  {key}: {', '.join(value) if isinstance(value, list) else value}")
    return None

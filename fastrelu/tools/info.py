# SPDX-License-Identifier: BSD-3-Clause
"""The command `info`: what a bug report needs to say about the machine, the build and the settings."""
import contextlib
import importlib.metadata
import os
import pathlib
import platform
import re
import subprocess
import sys

import numpy as np

from .. import _threads
from .._config import show_config
from . import cli

ABOUT = "Show what a bug report needs: the build, the machine, the threads and where their number came from."
EXAMPLES = """\
  python -m fastrelu info
  python -m fastrelu info --json - | python -m json.tool
  python -m fastrelu info --json report.json
"""

PREFIXES = ("FASTRELU_", "OMP_", "GOMP_", "KMP_", "LIBOMP_", "OPENBLAS_", "MKL_", "BLIS_", "VECLIB_", "NPY_", "NUMPY_", "MALLOC_",
            "GLIBC_")
NAMES = ("LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "PYTHON_GIL", "PYTHONMALLOC", "PYTHONOPTIMIZE", "SLURM_CPUS_PER_TASK")
OPTIONAL = ("scipy", "ml_dtypes", "matplotlib", "threadpoolctl", "dask", "xarray", "pandas", "torch", "numexpr", "numba",
            "jax", "onnxruntime")
VECTOR_FLAGS = ("sse4_2", "avx", "f16c", "fma", "avx2", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_bf16",
                "avx512_fp16", "asimd", "asimdhp", "bf16", "sve", "sve2")


def _read(path):
    try:
        return pathlib.Path(path).read_text(errors="replace").strip()
    except OSError:
        return None


def _sysctl(key):
    try:
        return subprocess.run(["sysctl", "-n", key], capture_output=True, text=True, timeout=5).stdout.strip() or None
    except (OSError, subprocess.SubprocessError):
        return None


def _cpuinfo():
    """The first processor of /proc/cpuinfo as a dict."""
    lines = (_read("/proc/cpuinfo") or "").split("\n\n")[0].splitlines()
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}


def cpu_model():
    """The CPU's name as its maker gives it, or the architecture.

    >>> cpu_model()
    'AMD Ryzen 9 7950X 16-Core Processor'
    """
    if sys.platform == "darwin":
        return _sysctl("machdep.cpu.brand_string") or platform.machine()
    return _cpuinfo().get("model name") or platform.processor() or platform.machine()


def caches():
    """The caches of the first CPU, level → size, as text; empty where the system does not say."""
    if sys.platform == "darwin":
        sizes = {"L1d": _sysctl("hw.l1dcachesize"), "L2": _sysctl("hw.l2cachesize"), "L3": _sysctl("hw.l3cachesize")}
        return {level: f"{int(size) // 1024} KiB" for level, size in sizes.items() if size and size.isdigit() and int(size)}
    found = {}
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = (_read(index / name) for name in ("level", "type", "size"))
        if level and size and kind != "Instruction":
            shared = _read(index / "shared_cpu_list") or ""
            found[f"L{level}{'d' if kind == 'Data' else ''}"] = size.replace("K", " KiB") + (
                f", shared by CPUs {shared}" if re.search("[,-]", shared) else "")
    return found


def _memory():
    lines = (_read("/proc/meminfo") or "").splitlines()
    kib = {key: int(value.split()[0]) for key, _, value in (line.partition(":") for line in lines) if value.split()}
    keys = {"total": "MemTotal", "available": "MemAvailable"}
    return {name: f"{kib[key] / 2**20:.1f} GiB" for name, key in keys.items() if key in kib}


def _thread_origin():
    """Every limit on the default number of threads, and which of them decided."""
    limits = {"affinity": _threads._affinity(), "cgroup quota": _threads._quota()}
    ours = os.environ.get("FASTRELU_NUM_THREADS", "").strip()
    limits["FASTRELU_NUM_THREADS" if ours else "OMP_NUM_THREADS"] = _threads._from_environment()
    least = min(n for n in limits.values() if n is not None)
    return least, limits, [name for name, n in limits.items() if n == least]


def _version(package):
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(package)
    return None


def _numpy_config():
    with contextlib.suppress(Exception):    # its layout is NumPy's own affair
        config = np.show_config(mode="dicts")
        simd, blas = config.get("SIMD Extensions", {}), config.get("Build Dependencies", {}).get("blas", {})
        return {"SIMD": [*simd.get("baseline", []), *simd.get("found", [])], "BLAS": f"{blas.get('name')} {blas.get('version')}"}
    return {}


def _pools():
    """threadpoolctl's view, without the paths of the libraries; None where it is not installed."""
    try:
        import threadpoolctl
    except ImportError:
        return None
    return [{**pool, "filepath": os.path.basename(pool.get("filepath") or "")} for pool in threadpoolctl.threadpool_info()]


def collect():
    """Everything as nested dicts that json can write."""
    config = show_config(mode="dicts")
    default, limits, deciders = _thread_origin()
    flags = set((_cpuinfo().get("flags") or _cpuinfo().get("Features") or "").split())
    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    return {
        **{section: dict(entries) for section, entries in config.items() if section != "threads"},
        "threads": {"in use": config["threads"]["default"], "default": default, "decided by": deciders, "limits": limits},
        "Python": {"version": sys.version.split()[0], "implementation": platform.python_implementation(),
                   "compiler": platform.python_compiler(), "GIL": "on" if gil else "off"},
        "NumPy": {"version": np.__version__, **_numpy_config()},
        "system": {"platform": platform.platform(), "machine": platform.machine(),
                   "libc": " ".join(platform.libc_ver()).strip() or None},
        "CPU": {"model": cpu_model(), "CPUs": os.cpu_count(),
                "vector extensions": [flag for flag in VECTOR_FLAGS if flag in flags], "caches": caches(),
                "governor": _read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
        "memory": _memory(),
        "environment": {name: value for name, value in sorted(os.environ.items()) if name.startswith(PREFIXES) or name in NAMES},
        "optional packages": {name: _version(name) for name in OPTIONAL},
        "thread pools": _pools(),
    }


def _says(value):
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_says(entry)}" for key, entry in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _lines(key, value, indent):
    """A key and its value as lines of at most 80 columns, broken between words."""
    head = f"{' ' * indent}{key}: "
    line = head
    for word in _says(value).split(" "):
        if len(line) + len(word) > 80 and line.strip() and line != head:
            yield line.rstrip()
            line = " " * (indent + 2)
        line += word + " "
    yield line.rstrip()


def text(report):
    """The report for people."""
    lines = []
    for section, entries in report.items():
        lines.append(f"{section}:")
        if section == "thread pools":
            if entries is None:
                lines.append("  unknown: threadpoolctl is not installed")
            for pool in entries or ():
                kind = pool.get("internal_api") or pool.get("user_api")
                words = f"{pool.get('num_threads')} threads, {pool['filepath']} {pool.get('version') or ''}"
                lines += _lines(kind, words.rstrip(), 2)
        else:
            for key, value in entries.items():
                if isinstance(value, dict) and value:
                    lines.append(f"  {key}:")
                    for name, entry in value.items():
                        lines += _lines(name, entry, 4)
                else:
                    lines += _lines(key, value, 2)
            if not entries:
                lines.append("  none")
    return "\n".join(lines)


def arguments(parser):
    """Add the options of `info` to an argparse parser."""
    parser.add_argument("--json", metavar="FILE", nargs="?", const="-",
                        help="write JSON to FILE instead; - or nothing: standard output")


def run(args):
    """The command. Returns the exit status."""
    report = collect()
    if args.json:
        cli.write_json(report, args.json)
    else:
        cli.Page(sys.stdout).put(text(report))
    return 0

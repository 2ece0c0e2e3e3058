# SPDX-License-Identifier: BSD-3-Clause
"""How many threads a call may use: the machine's limits, the two environment variables, and the functions that set it."""
import contextlib
import operator
import os

from . import _ufuncs


def _affinity():
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


def _quota():
    """CPUs that the cgroup's quota allows, rounded up; None without one. Every group up to the root can set one."""
    try:
        with open("/proc/self/cgroup") as file:
            groups = [line.rstrip("\n").split(":", 2) for line in file]
    except OSError:
        return None
    found = []
    for _, controllers, path in groups:
        if controllers and "cpu" not in controllers.split(","):
            continue
        # In a container the path is the host's, and what is mounted here starts at our own group: the root is tried too.
        parts = path.strip("/").split("/") if path.strip("/") else []
        for depth in range(len(parts), -1, -1):
            folder = "/".join(["/sys/fs/cgroup" if not controllers else "/sys/fs/cgroup/cpu", *parts[:depth]])
            with contextlib.suppress(OSError, ValueError, ZeroDivisionError):
                if controllers:     # version 1
                    with open(f"{folder}/cpu.cfs_quota_us") as q, open(f"{folder}/cpu.cfs_period_us") as p:
                        quota, period = int(q.read()), int(p.read())
                else:               # version 2
                    with open(f"{folder}/cpu.max") as file:
                        words = file.read().split()
                    quota, period = (-1 if words[0] == "max" else int(words[0])), int(words[1])
                if quota > 0:
                    found.append(max(1, -(-quota // period)))
    return min(found, default=None)


def _from_environment():
    ours = os.environ.get("FASTRELU_NUM_THREADS")
    if ours is not None and ours.strip():
        try:
            return _check(int(ours))
        except ValueError:
            raise ImportError(f"FASTRELU_NUM_THREADS must be a whole number of threads, at least 1; it is {ours!r}") from None
    first = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()   # a list is for nested regions
    return int(first) if first.isascii() and first.isdigit() and 1 <= int(first) < 2**31 else None


def _check(n):
    if not 1 <= n < 2**31:
        raise ValueError
    return n


def _threads(function, n):
    try:
        if isinstance(n, bool):
            raise TypeError
        return _check(operator.index(n))
    except TypeError:
        raise TypeError(f"{function}(n): n must be a whole number of threads, at least 1; it is {n!r}") from None
    except ValueError:
        raise ValueError(f"{function}(n): n must be at least 1; it is {n!r}") from None


def set_num_threads(n):
    """Set how many threads a call on a large array may use, for the whole process.

    Parameters
    ----------
    n : int
        At least 1; it may be more than there are CPUs.

    Raises
    ------
    TypeError, ValueError
        If n is not a whole number, or less than 1.

    >>> fr.set_num_threads(2)
    """
    _ufuncs.set_threads(_threads("set_num_threads", n))


def get_num_threads():
    """How many threads a call from this thread may use, as an int: num_threads' number inside its block, else the process's,
    and never more than threadpoolctl allows.

    >>> fr.get_num_threads()
    2
    """
    return _ufuncs.get_threads()


class num_threads(contextlib.ContextDecorator):
    """A block, or a decorator, in which the calling thread's calls use at most n threads; other threads are not concerned, nor in
    asyncio other tasks: as with np.errstate.

    Parameters
    ----------
    n : int
        At least 1.

    Raises
    ------
    TypeError, ValueError
        If n is not a whole number, or less than 1.

    >>> with fr.num_threads(1):
    ...     fr.relu_(x)
    """

    def __init__(self, n):
        self.n = _threads("num_threads", n)

    # Nothing is kept here: any number of threads and tasks may be in blocks of one object.
    def __enter__(self):
        _ufuncs.enter_threads(self.n)
        return self

    def __exit__(self, *exc):
        _ufuncs.leave_threads()


_ufuncs.set_threads(min(n for n in (_affinity(), _quota(), _from_environment()) if n is not None))

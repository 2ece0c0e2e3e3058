# SPDX-License-Identifier: BSD-3-Clause
"""Threads: how many, who decides, forks in any state, and any number of Python threads at once."""

import asyncio
import os
import threading

import numpy as np
import pytest
import support
from support import same_bytes

import fastrelu as fr

LINUX = pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="counts threads in /proc")
FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
OPENMP = pytest.mark.skipif(fr.show_config(mode="dicts")["OpenMP"]["runtime"] == "none", reason="built without OpenMP")
COUNT = "import os, numpy as np\ncount = lambda: len(os.listdir('/proc/self/task'))\n"


# ---- how many ----


def test_default_is_at_most_the_affinity():
    assert 1 <= fr.get_num_threads() <= (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity")
def test_affinity_limits():
    support.python(
        "import os\nos.sched_setaffinity(0, list(os.sched_getaffinity(0))[:1])\nimport fastrelu as fr\n"
        "assert fr.get_num_threads() == 1",
        env={"OMP_NUM_THREADS": "5"},
    )


@pytest.mark.parametrize("n", [1, 2, 7, 1000])
def test_set_num_threads(n):
    """Any n of at least 1, more than the CPUs too, for every thread of the process."""
    assert fr.set_num_threads(n) is None
    assert fr.get_num_threads() == n
    seen = []
    thread = threading.Thread(target=lambda: seen.append(fr.get_num_threads()))
    thread.start()
    thread.join()
    assert seen == [n]


@pytest.mark.parametrize("n", [np.int64(2), np.uint8(2)])
def test_numpy_integers_count(n):
    fr.set_num_threads(n)
    assert fr.get_num_threads() == 2
    with fr.num_threads(n):
        assert fr.get_num_threads() == 2


@pytest.mark.parametrize("call", [fr.set_num_threads, fr.num_threads], ids=["set_num_threads", "num_threads"])
@pytest.mark.parametrize(
    ("n", "error"),
    [
        (0, ValueError),
        (-1, ValueError),
        (2**31, ValueError),
        (2**70, ValueError),
        (1.5, TypeError),
        (2.0, TypeError),
        ("2", TypeError),
        (None, TypeError),
        (True, TypeError),
        ([2], TypeError),
    ],
)
def test_wrong_numbers(call, n, error):
    """An error that says what is wrong, and nothing changes."""
    before = fr.get_num_threads()
    with pytest.raises(error) as caught:
        call(n)
    assert call.__name__ in str(caught.value)
    assert repr(n) in str(caught.value)
    assert "at least 1" in str(caught.value)
    assert fr.get_num_threads() == before
    with pytest.raises(TypeError):
        call()


def test_num_threads_is_of_the_calling_thread():
    fr.set_num_threads(3)
    seen = []
    with fr.num_threads(5) as _:
        assert fr.get_num_threads() == 5
        thread = threading.Thread(target=lambda: seen.append(fr.get_num_threads()))
        thread.start()
        thread.join()
        with fr.num_threads(1):
            assert fr.get_num_threads() == 1
        assert fr.get_num_threads() == 5
        fr.set_num_threads(4)
        assert fr.get_num_threads() == 5, "the block's number holds"
    assert fr.get_num_threads() == 4
    assert seen == [3]
    with pytest.raises(KeyError), fr.num_threads(2):
        raise KeyError
    assert fr.get_num_threads() == 4


def test_num_threads_again_and_as_decorator():
    fr.set_num_threads(3)
    block = fr.num_threads(2)
    for _ in range(2):
        with block, block:
            assert fr.get_num_threads() == 2
        assert fr.get_num_threads() == 3

    @fr.num_threads(6)
    def inside():
        return fr.get_num_threads()

    assert inside() == 6
    assert fr.get_num_threads() == 3


def test_num_threads_is_of_the_calling_task():
    """Tasks that take turns inside their blocks: each has its own number, also in calls, and nothing is left behind."""
    fr.set_num_threads(3)
    shared = fr.num_threads(7)

    async def one(block, n, turns):
        assert fr.get_num_threads() == 3
        with block:
            for _ in range(turns):
                await asyncio.sleep(0)
                assert fr.get_num_threads() == n
                with fr.num_threads(n + 1):
                    await asyncio.sleep(0)
                    assert fr.get_num_threads() == n + 1
            assert await asyncio.to_thread(fr.get_num_threads) == n, "as with np.errstate"
        assert fr.get_num_threads() == 3

    async def all_of_them():
        await asyncio.gather(one(fr.num_threads(1), 1, 3), one(fr.num_threads(2), 2, 1), one(shared, 7, 2), one(shared, 7, 4))

    for _ in range(2):
        asyncio.run(all_of_them())
        assert fr.get_num_threads() == 3


def test_num_threads_as_decorator_of_many():
    """Recursion, and two threads that leave in the order in which they came."""
    fr.set_num_threads(3)
    order = [threading.Event() for _ in range(3)]
    seen = []

    @fr.num_threads(6)
    def inside(first):
        order[0 if first else 1].set()
        order[1 if first else 2].wait(10)
        seen.append(fr.get_num_threads())

    def work(first):
        inside(first)
        seen.append(fr.get_num_threads())
        order[2].set()

    threads = [threading.Thread(target=work, args=(True,)), threading.Thread(target=work, args=(False,))]
    threads[0].start()
    order[0].wait(10)
    threads[1].start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [3, 3, 6, 6]

    @fr.num_threads(5)
    def again(depth):
        assert fr.get_num_threads() == 5
        if depth:
            again(depth - 1)
        assert fr.get_num_threads() == 5

    again(3)
    assert fr.get_num_threads() == 3


@LINUX
@OPENMP
@pytest.mark.parametrize("kind", ["x", "x.view(Other)", "x[::2]"])
def test_calls_use_their_own_tasks_threads(kind):
    """Every way through: flat, through NumPy, and strided."""
    support.python(
        COUNT
        + f"""
import asyncio, fastrelu as fr
class Other(np.ndarray): pass
fr.set_num_threads(1)
x = np.ones(8_000_000, "f")
before = count()
async def idle():
    with fr.num_threads(3):
        await asyncio.sleep(0.2)
async def serial():
    await asyncio.sleep(0.01)
    for _ in range(5): fr.relu({kind})
    assert count() == before, "another task's threads"
    with fr.num_threads(4):
        await asyncio.sleep(0.3)
        for _ in range(10): fr.relu({kind})
        assert count() == before + 3, count() - before
async def both():
    await asyncio.gather(idle(), serial())
asyncio.run(both())
"""
    )


def test_threadpoolctl():
    """It sees our runtime, and its limit limits us; afterwards all is as before."""
    threadpoolctl = pytest.importorskip("threadpoolctl")
    fr.set_num_threads(2)
    if fr.show_config(mode="dicts")["OpenMP"]["runtime"] == "none":
        pytest.skip("built without OpenMP")
    assert any(info["user_api"] == "openmp" for info in threadpoolctl.threadpool_info())
    with threadpoolctl.threadpool_limits(1):
        assert fr.get_num_threads() == 1
        fr.relu(np.ones(2_000_000, "f"))
    assert fr.get_num_threads() == 2
    with threadpoolctl.threadpool_limits(1, user_api="openmp"):
        assert fr.get_num_threads() == 1


@LINUX
def test_small_arrays_start_no_thread():
    support.python(
        COUNT
        + f"""
import sys; sys.path.insert(0, {str(support.TESTS)!r})
before = count()
import fastrelu as fr
assert count() == before, "import started a thread"
import support
fr.set_num_threads(4)
for k in support.KERNELS:
    for n in (0, 1, 100, 10_000):
        a = [np.ones(n, "f") for _ in range(k.arrays)]
        k.ufunc(*a, *support.given_params(k))
        support.in_place(k)(*a, *support.given_params(k))
assert count() == before, "a small array started a thread"
"""
    )


@LINUX
@OPENMP
def test_large_arrays_use_threads():
    """As many as asked for, and one where one was asked for: otherwise the tests above would prove nothing."""
    script = (
        COUNT
        + """
import fastrelu as fr
before, x = count(), np.ones(8_000_000, "f")
with fr.num_threads({n}):
    for _ in range(10): fr.relu_(x)
print(count() - before)
"""
    )
    for n in (1, 2, 5):
        assert int(support.python(script.format(n=n)).stdout) == n - 1


@LINUX
@OPENMP
def test_team_keeps_its_threads():
    """GNU's runtime ends and remakes threads where the team's size changes, so it is the same for all sizes of arrays."""
    support.python(
        COUNT
        + """
import fastrelu as fr
fr.set_num_threads(8)
before, sizes = count(), (2**17, 2**22, 2**18)
arrays = [np.ones(n, "f") for n in sizes]
fr.gelu_(arrays[0])
assert count() == before + 7, "an array that is worth few threads"
ids = sorted(os.listdir("/proc/self/task"))
for _ in range(30):
    for x in arrays: fr.gelu_(x)
    assert sorted(os.listdir("/proc/self/task")) == ids
"""
    )


@LINUX
@OPENMP
@pytest.mark.skipif("CS_GNU_LIBC_VERSION" not in getattr(os, "confstr_names", ()), reason="GNU's threads have large stacks")
def test_threads_that_cannot_start():
    """Where no stack can be had for another thread the call is serial, and a team comes when there is room again."""
    support.python(
        COUNT
        + """
import pathlib, resource, fastrelu as fr
fr.set_num_threads(3)
before, x = count(), np.linspace(-1, 1, 1_000_000, dtype="f")
expected, out, same = np.maximum(x, 0), np.full_like(x, 5), np.zeros(len(x), bool)
used = int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**20, resource.RLIM_INFINITY))
fr.relu(x, out=out)
assert np.equal(out, expected, out=same).all() and count() == before
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
for _ in range(100): fr.relu(x, out=out)
assert np.array_equal(out, expected) and count() == before + 2
"""
    )


@LINUX
@OPENMP
def test_limits_reach_the_calls():
    for env, expected in [({"FASTRELU_NUM_THREADS": "1"}, 0), ({"OMP_NUM_THREADS": "1"}, 0)]:
        done = support.python(
            COUNT + "import fastrelu as fr\nbefore, x = count(), np.ones(8_000_000, 'f')\n"
            "for _ in range(10): fr.relu_(x)\nprint(count() - before)",
            env=env,
        )
        assert int(done.stdout) == expected


# ---- Python threads ----


def test_many_python_threads():
    """Twelve at once, small and large arrays, functions of every shape: every result is its own."""
    cases = []
    for i, kernel in enumerate(support.SHAPES):
        n = (50, 5000, 400_000)[i % 3]
        arrays = support.operands(kernel, n, np.dtype("f"), i)
        arrays = [np.where(np.isnan(a), np.float32(1), a) for a in arrays]
        params = support.given_params(kernel)
        cases.append((kernel, arrays, params, [w.copy() for w in support.as_tuple(kernel.ufunc(*arrays, *params))]))
    wrong, barrier = [], threading.Barrier(12)

    def work(seed):
        try:
            barrier.wait()
            for at in np.random.default_rng(seed).permutation(len(cases) * 2) % len(cases):
                kernel, arrays, params, wanted = cases[at]
                with fr.num_threads(1 + seed % 3):
                    for got in (kernel.ufunc(*arrays, *params), support.in_place(kernel)(arrays[0].copy(), *arrays[1:], *params)):
                        for g, w in zip(support.as_tuple(got), wanted, strict=True):
                            same_bytes(g, w, kernel)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[0]


def test_errors_in_threads():
    """An exception in one thread is that thread's."""
    locked = np.ones(10, "f")
    locked.flags.writeable = False
    x, stop, bad = np.linspace(-1, 1, 1000), threading.Event(), []

    def wrong():
        while not stop.is_set():
            try:
                fr.relu_(locked)
                bad.append("written")
            except ValueError:
                pass

    thread = threading.Thread(target=wrong)
    thread.start()
    for _ in range(2000):
        assert fr.relu(x)[0] == 0
    stop.set()
    thread.join()
    assert not bad
    assert locked.all()


# ---- fork ----

CHILD = """
import os, sys, threading, time, numpy as np, fastrelu as fr
x = np.linspace(-1, 1, 3_000_000, dtype="f")
wanted = np.maximum(x, 0)

def child():
    # Large and small, in place and not; a Python thread of its own too.
    ok = np.array_equal(fr.relu(x), wanted) and np.array_equal(fr.relu(x[:9]), wanted[:9])
    fr.set_num_threads(3)
    for _ in range(3):
        ok = ok and np.array_equal(fr.relu_(x.copy()), wanted)
    seen = []
    t = threading.Thread(target=lambda: seen.append(np.array_equal(fr.relu(x), wanted)))
    t.start(); t.join()
    return ok and seen == [True]

def check():
    assert np.array_equal(fr.relu(x), wanted)

def fork(inner=None):
    pid = os.fork()
    if pid == 0:
        try:
            ok = child() and (inner is None or inner())
        except BaseException as error:
            print(repr(error), flush=True)
            ok = False
        os._exit(0 if ok else 3)
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            assert status == 0, f"child ended with {status}"
            return True
        time.sleep(0.002)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    raise AssertionError("the child hangs")
"""
STATES = {
    "before any region": "fork()",
    "after a region": "fr.set_num_threads(2)\nfor _ in range(5): fr.relu(x)\nfork()\ncheck()",
    "many times": "fr.set_num_threads(3)\nfor _ in range(10):\n    fr.relu(x)\n    fork()\ncheck()",
    "from a child": "fr.set_num_threads(2)\nfr.relu(x)\nfork(inner=lambda: fork(inner=fork))",
    "inside num_threads": "with fr.num_threads(2):\n    fr.relu(x)\n    fork()",
    "from another thread": """
fr.set_num_threads(2)
fr.relu(x)
tell = []
t = threading.Thread(target=lambda: tell.append(fork()))
t.start(); t.join(); assert tell == [True]
""",
    "after threads that are gone": """
fr.set_num_threads(2)
for _ in range(4):
    t = threading.Thread(target=lambda: fr.relu(x))
    t.start(); t.join()
fork()
""",
    "while others run regions": """
fr.set_num_threads(2)
stop, wrong = threading.Event(), []
def busy():
    mine = x.copy()
    while not stop.is_set():
        if not np.array_equal(fr.relu(mine), wanted): wrong.append(1)
threads = [threading.Thread(target=busy) for _ in range(3)]
for t in threads: t.start()
try:
    for _ in range(12): fork()
finally:
    stop.set()
    for t in threads: t.join()
assert not wrong and np.array_equal(fr.relu(x), wanted)
""",
}


@FORK
@pytest.mark.parametrize("state", STATES)
def test_fork(state):
    """The child computes, and the parent goes on; a child that hangs is killed and fails."""
    # Python 3.12 warns of every fork beside threads: that warning is not what is tested.
    support.python("import warnings; warnings.simplefilter('ignore', DeprecationWarning)\n" + CHILD + STATES[state], timeout=150)


@FORK
def test_multiprocessing_fork():
    """What users do: a pool by fork after the parent has computed."""
    support.python(
        "import warnings; warnings.simplefilter('ignore', DeprecationWarning)\n"
        + CHILD
        + """
import multiprocessing
def work(i):
    return bool(np.array_equal(fr.relu(x), wanted))
if __name__ == "__main__":
    fr.set_num_threads(2)
    fr.relu(x)
    with multiprocessing.get_context("fork").Pool(3) as pool:
        assert pool.map_async(work, range(6)).get(60) == [True] * 6
""",
        timeout=120,
    )

/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads: the only file that knows OpenMP. Without it everything here still answers, and runs on the caller's thread. */
#include <stdint.h>
#include <stdlib.h>

#include "fastrelu.h"
#include "target.h"

#ifdef _OPENMP
#include <omp.h>
#endif
#if !defined(_WIN32)
#include <pthread.h>
#include <time.h>
#endif

#if defined(_MSC_VER) && !defined(__clang__)
#include <windows.h>
typedef volatile LONG64 shared;
#define LOAD(at) (*(at))
#define STORE(at, value) (*(at) = (value))
#define ADD(at, value) InterlockedExchangeAdd64(at, value)
#else
#include <stdatomic.h>
typedef _Atomic int64_t shared;
#define LOAD(at) atomic_load_explicit(at, memory_order_relaxed)
#define STORE(at, value) atomic_store_explicit(at, value, memory_order_relaxed)
#define ADD(at, value) atomic_fetch_add(at, value)
#endif

static shared process_threads = 1;
static FR_THREAD_LOCAL int local_threads = 0;

void fr_set_threads(int n) { STORE(&process_threads, n); }

int fr_set_local_threads(int n)
{
    const int before = local_threads;
    local_threads = n;
    return before;
}

#ifdef _OPENMP
/* What the runtime would use before anybody changed it. A smaller number later is a limit set on us, as threadpoolctl does. */
static int unlimited = 0;

static int limit(void)
{
    const int now = omp_get_max_threads();
    return now < unlimited ? now : 0;
}
#else
static int limit(void) { return 0; }
#endif

int fr_get_threads(void)
{
    const int wanted = local_threads ? local_threads : (int)LOAD(&process_threads), most = limit();
    return most && most < wanted ? most : wanted;
}

#ifdef _OPENMP

/* A thread must have this much to do. A team that still spins costs 1 to 2 µs, which halving 16 µs of work pays for well; one
 * that sleeps costs 15 µs and more, which `account` finds out. benchmarks/ measures both. */
static const double NS_A_THREAD = 8e3;

/* A team can lose time: while another process holds a core, where calls are so rare that it falls asleep in between, and the first
 * time after serial calls, whose data are in one core's caches. What it gained or lost against one thread is known, as the quickest
 * of equal pieces tells what each should have taken: the others may have waited for a core, the caller's own too. Teams have CREDIT
 * to lose, which gains fill up again. One that overdraws it is fined: calls stay serial until teams would have gained as much as the
 * fine. That is CREDIT first, and twice the last one where losses go on, less what was gained since, up to twice what was lost: so
 * losses stay a part of what work there is, and one that is late by accident costs a call or two. */
#define CREDIT 1000000        /* ns, and the lowest fine; a late team loses a time slice of the scheduler, 3 to 10 ms */
static shared owed = -CREDIT; /* ns; above 0, calls are serial */
static shared fine = 0;       /* the last one, less the gains since */
static shared regions = 0;    /* running now, in all threads */
static shared used = 0;       /* any region ever */
static shared serial = 0;     /* after a fork that the runtime did not survive */

static int64_t now_ns(void) { return (int64_t)(omp_get_wtime() * 1e9); }

static ptrdiff_t cut(ptrdiff_t n, ptrdiff_t grain, ptrdiff_t lead, int i, int pieces)
{
    if (i == 0) return 0;
    if (i == pieces) return n;
    const ptrdiff_t even = n / pieces * i;
    return even <= lead ? lead : lead + (even - lead) / grain * grain;
}

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/* Whether a team may be tried; where not, what it would have gained is paid off. */
static int solvent(int64_t gain)
{
    const int64_t before = LOAD(&owed);
    if (before > 0) STORE(&owed, before > gain ? before - gain : -CREDIT);
    return before <= 0;
}

static void account(int64_t gain)
{
    const int64_t now = LOAD(&owed) - gain, last = LOAD(&fine);
    if (gain >= 0 || now <= 0) {
        STORE(&owed, larger(now, -CREDIT));
        if (gain > 0) STORE(&fine, larger(last - gain, 0));
    } else {
        const int64_t most = 2 * (CREDIT + now), twice = larger(2 * last, CREDIT), next = twice < most ? twice : most;
        STORE(&fine, next);
        STORE(&owed, next);
    }
}

#if !defined(_WIN32)
static FR_THREAD_LOCAL int allowed = 1; /* so many threads were once possible */

static void *wait_for(void *lock)
{
    pthread_mutex_lock(lock);
    pthread_mutex_unlock(lock);
    return NULL;
}

/* The runtimes end the process where they cannot start a thread, under a limit of processes or of memory. So that is tried out
 * before a team grows, once in each calling thread, as each has a team of its own: it takes as long as starting the team. A team
 * that cannot be had is fined as if it had lost much, and tried again later. */
static int startable(int threads)
{
    if (threads <= allowed) return 1;
    pthread_t *const made = malloc((size_t)threads * sizeof *made);
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    int n = 1;
    pthread_mutex_lock(&lock);
    while (made && n < threads && !pthread_create(&made[n], NULL, wait_for, &lock)) n++;
    pthread_mutex_unlock(&lock);
    for (int i = 1; i < n; i++) pthread_join(made[i], NULL);
    free(made);
    if (n < threads) {
        account(-16 * CREDIT);
        return 0;
    }
    allowed = threads;
    return 1;
}
#else
static int startable(int threads)
{
    (void)threads;
    return 1;
}
#endif

void fr_parallel(fr_task *task, void *context, ptrdiff_t n, ptrdiff_t grain, ptrdiff_t lead, double ns)
{
    const int threads = ns < 2 * NS_A_THREAD || LOAD(&serial) || omp_in_parallel() ? 1 : fr_get_threads();
    const int pieces = ns < NS_A_THREAD * threads ? (int)(ns / NS_A_THREAD) : threads;
    if (threads == 1 || !solvent((int64_t)(ns - ns / pieces)) || !startable(threads)) {
        task(context, 0, n);
        return;
    }
    const int64_t start = now_ns();
    shared quickest = INT64_MAX;
    ADD(&regions, 1);
    STORE(&used, 1);
    /* The team is always whole, though some of it may have nothing to do: GNU's runtime ends the threads that a smaller one
     * leaves out, and makes them again for the next that is larger. */
#pragma omp parallel num_threads(threads)
    {
        /* The runtime may give fewer than asked for. */
        for (int i = omp_get_thread_num(); i < pieces; i += omp_get_num_threads()) {
            const ptrdiff_t begin = cut(n, grain, lead, i, pieces), end = cut(n, grain, lead, i + 1, pieces);
            const int64_t before = now_ns();
            if (begin < end) task(context, begin, end);
            const int64_t took = now_ns() - before;
            if (took < LOAD(&quickest)) {
#pragma omp critical(fr_quickest)
                if (took < LOAD(&quickest)) STORE(&quickest, took);
            }
        }
    }
    ADD(&regions, -1);
    account(pieces * LOAD(&quickest) - (now_ns() - start));
}

#if !defined(_WIN32)
/* GNU's runtime hangs in a child forked after a region ran: the child's team is gone, and it waits for it. Letting the runtime
 * release its threads before the fork makes the child start afresh. Where it refuses, or where another thread is inside a
 * region at this moment and may hold the runtime's locks, the child stays serial. */
static int child_serial = 0;

/* The runtime that a program meets may be older than the compiler (GNU's has this since version 9; the system of the
 * manylinux_2_28 images has version 8's), so it is looked for when the module is loaded. */
#pragma weak omp_pause_resource_all
static int pause_runtime(void) { return omp_pause_resource_all ? omp_pause_resource_all(omp_pause_soft) : -1; }

static void before_fork(void)
{
    child_serial = (int)LOAD(&serial);
    allowed = 1;
    if (!LOAD(&used)) return;
    if (LOAD(&regions) > 0 || pause_runtime()) child_serial = 1;
}
static void in_child(void)
{
    STORE(&serial, child_serial);
    STORE(&regions, 0);
    STORE(&used, 0);
}
#endif

int fr_parallel_init(void)
{
    unlimited = omp_get_max_threads();
#if !defined(_WIN32)
    return pthread_atfork(before_fork, NULL, in_child);
#else
    return 0;
#endif
}

const char *fr_openmp(void)
{
#if defined(__clang__)
    return "LLVM libomp";
#elif defined(_MSC_VER)
    return "Microsoft vcomp";
#else
    return "GNU libgomp";
#endif
}

#else

void fr_parallel(fr_task *task, void *context, ptrdiff_t n, ptrdiff_t grain, ptrdiff_t lead, double ns)
{
    (void)grain;
    (void)lead;
    (void)ns;
    task(context, 0, n);
}
int fr_parallel_init(void) { return 0; }
const char *fr_openmp(void) { return "none"; }

#endif

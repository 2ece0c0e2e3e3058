# SPDX-License-Identifier: BSD-3-Clause
"""Derives every polynomial and table of vmath*.h, and prints them as C with the error that each was found to have.

    python coefficients.py [NAME ...]

A polynomial is fitted by discrete Remez exchange in multiple precision. Its coefficients are then rounded to the lane's
precision one after another, the lowest order first, the rest being fitted again each time, so that later coefficients make
up for the rounding of earlier ones.
"""
import itertools
import math
import sys

import mpmath as mp
import numpy as np

mp.mp.prec = 240
BITS = {32: 24, 64: 53}


def rounded(x, bits):
    """The nearest number of that many significant bits (ties to even)."""
    x = mp.mpf(x)
    if x == 0:
        return x
    e = mp.floor(mp.log(abs(x), 2))
    unit = mp.mpf(2) ** (int(e) - bits + 1)
    return mp.nint(x / unit) * unit


def literal(x, lane):
    """A hexadecimal C literal of a number that the lane holds exactly."""
    if x == 0:
        return "0"
    text = float(x).hex()
    mantissa, exponent = text.split("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}p{int(exponent)}" + ("f" if lane == 32 else "")


def solve(points, target, basis, weight):
    """The combination of basis whose weighted error alternates at the given points, and that error."""
    n = len(basis)
    rows, right = mp.matrix(n + 1, n + 1), mp.matrix(n + 1, 1)
    for i, x in enumerate(points):
        w = weight(x)
        for j, b in enumerate(basis):
            rows[i, j] = b(x) * w
        rows[i, n] = (-1) ** i
        right[i] = target(x) * w
    answer = mp.lu_solve(rows, right)
    return [answer[j] for j in range(n)], abs(answer[n])


def remez(target, basis, weight, low, high, grid=300, rounds=30):
    """Minimax fit on a Chebyshev grid: (coefficients, greatest weighted error on the grid)."""
    low, high = mp.mpf(low), mp.mpf(high)
    xs = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / grid) for i in range(grid + 1)]
    xs = [x for x in xs if abs(x) > mp.mpf(2) ** -60 and weight(x)]
    ts, ws = [target(x) for x in xs], [weight(x) for x in xs]
    bs = [[b(x) for b in basis] for x in xs]
    n = len(basis)
    if n == 0:
        return [], max(abs(t * w) for t, w in zip(ts, ws, strict=True))
    points = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * (i + mp.mpf("0.52")) / (n + 1)) for i in range(n + 1)]
    best, least = None, None
    for _ in range(rounds):
        c, level = solve(points, target, basis, weight)
        errors = [(sum(a * b for a, b in zip(c, row, strict=True)) - t) * w
                  for row, t, w in zip(bs, ts, ws, strict=True)]
        worst = max(abs(e) for e in errors)
        if least is None or worst < least:
            best, least = c, worst
        if worst <= level * mp.mpf("1.002"):
            break
        # one extremum of every run of equal sign, then the n + 1 neighbouring ones that hold the largest
        runs = []
        for i, e in enumerate(errors):
            if e == 0:
                continue
            if runs and (errors[runs[-1]] > 0) == (e > 0):
                if abs(e) > abs(errors[runs[-1]]):
                    runs[-1] = i
            else:
                runs.append(i)
        while len(runs) > n + 1:
            runs.pop(0 if abs(errors[runs[0]]) < abs(errors[runs[-1]]) else -1)
        if len(runs) < n + 1:
            break
        points = [xs[i] for i in runs]
    return best, least


def fit(target, degree, low, high, lane, weight=lambda x: mp.mpf(1), power=1, bits=None, fixed=()):
    """Coefficients (lowest first, in x**power) rounded one after another, and the weighted error of the result.

    bits: significant bits by coefficient index where not the lane's own; fixed: the leading coefficients, given.
    """
    xs = [mp.mpf(low) + (mp.mpf(high) - mp.mpf(low)) * i / 1000 for i in range(1001)]
    xs = [(x, target(x), weight(x)) for x in xs if weight(x)]

    def error(coefficients):
        return max(abs((sum(c * x ** (power * i) for i, c in enumerate(coefficients)) - t) * w) for x, t, w in xs)

    known, others = list(fixed), None
    while len(known) <= degree:
        # what is left, divided by the next power: its polynomial starts with a constant
        lead = power * len(known)

        def rest(x, known=tuple(known), lead=lead):
            return (target(x) - sum(c * x ** (power * i) for i, c in enumerate(known))) / x ** lead if lead else target(x)

        def rest_weight(x, lead=lead):
            return weight(x) * abs(x) ** lead if lead else weight(x)

        basis = [lambda x, i=i: x ** (power * i) for i in range(degree + 1 - len(known))]
        again, _ = remez(rest, basis, rest_weight, low, high)
        # the exchange may fail on what rounding left, which need not alternate: then the old solution is the better one
        if others is None or error(known + again) < error(known + others):
            others = again
        known.append(rounded(others[0], (bits or {}).get(len(known), BITS[lane])))
        others = others[1:]
    return known, error(known)


def show(name, values, lane, error=None, note=""):
    """Prints a C table."""
    said = "" if error is None else f"error 2^{float(mp.log(error, 2)):.1f}"
    print(f"/* {name}, float{lane}{': ' if said or note else ''}{said}{', ' if said and note else ''}{note} */")
    print("{" + ", ".join(literal(v, lane) for v in values) + "}")


def series(f, centre_value, edge):
    """f, or centre_value where |x| < edge and f would be 0 / 0."""
    return lambda x: centre_value(x) if abs(x) < edge else f(x)


# ---- e^z = T_j 2^m (1 + p), vmath.h ----

# z = k ln 2 / 8 + r: |r| <= ln 2 / 16, and a little for the rounding of k
EXP_EDGE = mp.mpf("0.04338")


def exp_reduction(lane):
    """8 / ln 2, and ln 2 / 8 as a sum of two lanes; expm1 takes 8 times that, which is as exact."""
    step = mp.log(2) / 8
    high = rounded(step, BITS[lane])
    show("exp_reduction: 8/ln 2, ln 2 / 8 and what it lacks",
         [rounded(1 / step, BITS[lane]), high, rounded(step - high, BITS[lane])], lane)


def exp_table(lane):
    """2^(j/8) with two bits to spare, so that it minus 1 stays exact down to 1/4, and the logarithm of what it lacks; without."""
    mantissa = BITS[lane] - 1
    for spare in (0, 2) if lane == 32 else (2,):
        table = [rounded(mp.mpf(2) ** (mp.mpf(j) / 8), BITS[lane] - spare) for j in range(8)]
        words = [int(t * 2 ** mantissa) - (1 << mantissa) + ((127 if lane == 32 else 1023) << mantissa) for t in table]
        print(f"/* exp_table, float{lane}{'' if spare else ', not compensated'}: the bits of T_j less j << {mantissa - 3} */")
        print("{" + ", ".join(f"0x{w - (j << mantissa - 3):x}" for j, w in enumerate(words)) + "}")
    lacks = [mp.log(mp.mpf(2) ** (mp.mpf(j) / 8) / t) for j, t in enumerate(table)]
    if lane == 32:
        show("exp_table, ln(2^(j/8) / T_j)", [rounded(v, 24) for v in lacks], lane)
    else:
        print("/* exp_table, float64, ln(2^(j/8) / T_j): both 32-bit halves equal */")
        print("{" + ", ".join(literal(v, 64) for v in map(same_halves, lacks)) + "}")


def same_halves(x):
    """The double nearest to x whose two 32-bit words are equal."""
    import struct
    if x == 0:
        return mp.mpf(0)
    word = struct.unpack("<Q", struct.pack("<d", float(x)))[0] >> 32
    tries = [struct.unpack("<d", struct.pack("<Q", w << 32 | w))[0] for w in (word - 1, word, word + 1)]
    return mp.mpf(min(tries, key=lambda t: abs(t - x)))


def exp_polynomial(lane):
    """q of e^r - 1 = r + r^2 q(r)."""
    f = series(lambda r: (mp.expm1(r) - r) / r ** 2, lambda r: mp.mpf(1) / 2 + r / 6 + r ** 2 / 24, mp.mpf(2) ** -60)
    for degree in {32: (1, 2), 64: (5,)}[lane]:
        c, e = fit(f, degree, -EXP_EDGE, EXP_EDGE, lane, weight=lambda r: r * r)
        show("exp_polynomial", c, lane, e, "relative to e^r" + ", not compensated" * (degree == 1))


# ---- e^z - 1 = 2^k - 1 + 2^k p, without a table, vmath.h ----

EXPM1_EDGE = mp.mpf("0.3468")


def expm1_polynomial(lane):
    """q of e^r - 1 = r + r^2 q(r)."""
    f = series(lambda r: (mp.expm1(r) - r) / r ** 2, lambda r: mp.mpf(1) / 2 + r / 6 + r ** 2 / 24, mp.mpf(2) ** -60)
    for degree in {32: (4, 5), 64: (10,)}[lane]:
        c, e = fit(f, degree, -EXPM1_EDGE, EXPM1_EDGE, lane, weight=lambda r: r * r / abs(mp.expm1(r)) if r else 0,
                   fixed=[mp.mpf(1) / 2])
        show("expm1_polynomial", c, lane, e, "relative to e^r - 1" + ", not compensated" * (degree == 4))


# ---- log(1 + e) = S + S^3 P(S^2), S = 2 e / (2 + e), for e in [0, 1], vmath.h ----

def log1p_polynomial(lane):
    """P of 2 atanh(S / 2) = S + S^3 P(S^2)."""
    def f(u):
        s = mp.sqrt(u)
        return (2 * mp.atanh(s / 2) - s) / s ** 3 if u > mp.mpf(2) ** -60 else mp.mpf(1) / 12 + u / 80
    c, e = fit(f, {32: 3, 64: 9}[lane], 0, mp.mpf("0.4445"), lane, weight=lambda u: u)
    show("log1p_polynomial", c, lane, e, "relative to S")


# ---- constants that no lane holds, as the sum of two ----

def split(name, value, lane, bits=None, down=False):
    """Prints high and low; high has `bits` bits, or is rounded down so that both have one sign (and inf * both is inf)."""
    value = mp.mpf(value)
    high = rounded(value, bits or BITS[lane])
    if down and high > value:
        high -= mp.mpf(2) ** (int(mp.floor(mp.log(high, 2))) - BITS[lane] + 1)
    show(f"constants, {name}", [high, rounded(value - high, BITS[lane])], lane)


def constants(lane):
    """The constants of the activations."""
    scale, alpha = mp.mpf("1.0507009873554805"), mp.mpf("1.6732632423543772")
    split("selu: lambda", scale, lane, down=True)
    split("selu: lambda * alpha", scale * alpha, lane, down=True)
    split("quick_gelu: 1.702", "1.702", lane)
    slope = 2 * mp.sqrt(2 / mp.pi)
    # seven bits short: it is added to up to 127 times as much without loss
    split("gelu_tanh: 2 sqrt(2 / pi)", slope, lane, bits=BITS[lane] - 7)
    split("gelu_tanh: 2 sqrt(2 / pi) * 0.044715", slope * mp.mpf("0.044715"), lane)
    split("gelu_tanh: 6 sqrt(2 / pi) * 0.044715", 3 * slope * mp.mpf("0.044715"), lane)


# ---- functions in pieces, each with its polynomial in register tables: vmath_pieces.h, gelu.h ----

def normal_cdf(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def gelu(x):
    return x * normal_cdf(x)


def gelu_slope(x):
    return normal_cdf(x) + x * mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def nearly_exact(g, low, high, grid=2048):
    """The points c of a grid where g(c) is closest to a float: (c, that float)."""
    found = []
    for i in range(int(mp.ceil(low * grid)), int(mp.floor(high * grid)) + 1):
        c = mp.mpf(i) / grid
        value = g(c)
        near = rounded(value, 24)
        found.append((abs(near - value) / abs(value), c, near))
    return [(c, near) for _, c, near in sorted(found)[:10]]


def piece(f, size, low, high, form, degree, tries, two_sided):
    """f(c + t) = slope * (c + t) + (constant + t q(t)) on [low, high]: (c, slope, constant, q, error relative to size(x)).

    The form says what the exact part holds: "root" x f'(0) about 0, "slope" x f(c) / c, "constant" f(c), "end slope" and "end
    constant" the line with slope 1 or 0 that f has reached at high. What is left is small beside f, and so are its rounding
    errors; of the centres where slope or constant is nearly a float, those are tried that leave the least.
    """
    if form == "root":
        choices = [(mp.mpf(0), rounded(mp.diff(f, 0), 20), mp.mpf(0))]
    elif form == "end slope":
        choices = [(mp.mpf(high), mp.mpf(1), mp.mpf(0))]
    elif form == "end constant":
        choices = [(mp.mpf(high), mp.mpf(0), mp.mpf(1))]
    elif form == "slope":
        margin = (high - low) / 4
        choices = [(c, v, mp.mpf(0)) for c, v in nearly_exact(lambda c: f(c) / c, low + margin, high - margin)]
    else:
        margin = (high - low) / 5
        choices = [(c, mp.mpf(0), v) for c, v in nearly_exact(f, low + margin, high - margin)]

    def rest(choice, x):
        return f(x) - choice[1] * x - choice[2]

    def spread(choice):
        return max(abs(rest(choice, x)) / size(x) for x in (low or high / 2, high))

    # neighbouring pieces overlap by more than the rounding of an index
    overlap = (high - low) / 8192
    edges = (low - overlap if low else -high if two_sided else low, high if form.startswith("end") else high + overlap)
    best = None
    for choice in sorted(choices, key=spread)[:tries]:
        def away(t):
            return t if abs(t) >= mp.mpf(2) ** -40 else mp.mpf(2) ** -40

        q, error = fit(lambda t, choice=choice: rest(choice, choice[0] + away(t)) / away(t), degree,
                       edges[0] - choice[0], edges[1] - choice[0], 32,
                       weight=lambda t, choice=choice: abs(away(t)) / size(choice[0] + away(t)),
                       fixed=(mp.mpf(0),) if form == "root" else ())
        score = error * 2 ** 24 + spread(choice)
        if best is None or score < best[0]:
            best = (score, (*choice, q, error))
    return best[1]


def pieces(name, f, size, k, beta, first, last, end, form, degree, entries, offset, tries):
    """The pieces first ... last, i being where x (beta - k x) rounds to i, as a table: i is entry (i + offset) mod entries."""
    k, beta, half = mp.mpf(k), mp.mpf(beta), mp.mpf(1) / 2

    def edge(v):
        return (beta - mp.sqrt(beta * beta - 4 * k * v)) / (2 * k)

    made = {}
    for i in range(first, last + 1):
        low, high = edge(i - half), edge(i + half) if i < last else mp.mpf(end)
        if i == 0 and form(i, high) == "root":
            low, high = mp.mpf(0), max(high, -low)
        made[(i + offset) % entries] = piece(f, size, low, high, form(i, high), degree, tries, first < 0)
    rows = [lambda p: p[0], lambda p: p[2]] + [lambda p, n=n: p[3][n] for n in range(degree, -1, -1)] + [lambda p: p[1]]
    error = float(mp.log(max(p[4] for p in made.values()), 2))
    print(f"/* {name}: centre, constant, q from the highest, slope; error 2^{error:.1f} */")
    for row in rows:
        print("{" + ", ".join(literal(row(made[j]) if j in made else mp.mpf(0), 32) for j in range(entries)) + "},")


def tanh_pieces(lane):
    if lane == 32:
        pieces("tanh_pieces", mp.tanh, lambda x: abs(mp.tanh(x)), "0.0861", "1.6022", 0, 7, 10,
               lambda i, high: "root" if i == 0 else "slope" if high < 1 else "constant", 7, 8, 0, 2)


def gelu_pieces(lane):
    if lane == 32:
        pieces("gelu_pieces", gelu, lambda x: abs(gelu(x)), "0.2444", "2.7856", -22, 8, "5.625",
               lambda i, high: "constant" if i < 0 else "root" if i == 0 else "slope" if i < 8 else "end slope", 5, 32, 7, 4)


def gelu_slope_pieces(lane):
    def size(x):
        # beside its zero an error is one beside 0.06, the slope 0.2 away
        return max(abs(gelu_slope(x)), mp.mpf("0.06")) if abs(x + mp.mpf("0.7518")) < mp.mpf("0.2") else abs(gelu_slope(x))

    if lane == 32:
        pieces("gelu_slope_pieces", gelu_slope, size, "0.25", "3.25", -21, 10, "5.96875",
               lambda i, high: "constant" if i < 10 else "end constant", 5, 32, 0, 3)


def gelu_tail(lane):
    """Of gelu left of -5.45 and its slope left of -4.5, what 0.375 e^(-x^2 / 2), and times x, lacks: polynomials in 1 / x^2."""
    def value(v):
        a = 1 / mp.sqrt(v)
        return a * normal_cdf(-a) * mp.exp(a * a / 2) / mp.mpf("0.375") - 1

    def slope(v):
        a = 1 / mp.sqrt(v)
        return (1 / mp.sqrt(2 * mp.pi) - normal_cdf(-a) * mp.exp(a * a / 2) / a) / mp.mpf("0.375") - 1

    if lane == 32:
        for name, f, degree, right in (("gelu_tail", value, 4, "5.45"), ("gelu_slope_tail", slope, 4, "4.49")):
            c, e = fit(f, degree, 1 / mp.mpf("14.5") ** 2, 1 / mp.mpf(right) ** 2, 32)
            show(name, c, lane, e)


# ---- of 16-bit types, functions in pieces that round right for every input: gelu.h, vmath_pieces.h and others ----

LEAST_EXPONENT = {8: -126, 11: -14}


def nearest(y, digits, twice=False, to_even=True):
    """What y rounds to, and the ends of what rounds to that: the midpoints, or, of what is rounded to float32 before, half a
    float32 step beyond them where they round to it, too, and half a step before them where they do not: see round_16."""
    least = LEAST_EXPONENT[digits]
    exponent = max(int(mp.floor(mp.log(abs(y), 2))), least)
    unit = mp.mpf(2) ** (exponent - digits + 1)
    whole, half = mp.nint(y / unit), mp.mpf(1) / 2
    toward_0 = half / 2 if abs(whole) == 2 ** (digits - 1) and exponent > least else half
    low, high = (whole - (toward_0 if whole > 0 else half)) * unit, (whole + (toward_0 if whole < 0 else half)) * unit
    if twice:
        belong = (whole % 2 == 0,) * 2 if to_even else (whole > 0, whole < 0)
        steps = [mp.mpf(2) ** max(int(mp.floor(mp.log(abs(end), 2))) - 24, -150) * (1 if its else -1)
                 for end, its in zip((low, high), belong, strict=True)]
        low, high = low - steps[0], high + steps[1]
    return whole * unit, low, high


def single(values):
    """Doubles rounded to float32."""
    return np.asarray(values).astype(np.float32).astype(float)


def round_16(values, digits, to_even):
    """Doubles that float32 holds, rounded to so many digits; bfloat16's ties to even or away from 0."""
    if digits == 11:
        with np.errstate(over="ignore"):
            return values.astype(np.float16).astype(float)
    bits = values.astype(np.float32).view(np.uint32)
    bits += 0x7fff + (bits >> 16 & 1) if to_even else np.uint32(0x8000)
    return (bits & 0xffff0000).astype(np.uint32).view(np.float32).astype(float)


# How f(x) is made of the polynomial's value T = c + t q at a = |x|: T of x and f(x); f(x) in float32; the signs that x may have.
OFF_HALF = {8: 0, 11: 2.0 ** -46}
NEARLY_1 = 1 - 2.0 ** -12
LEAST_IN_PROGRAM = 2.0 ** -24  # bfloat16's smaller numbers are only tried


def forms(off_half):
    return {
        # T, of x's sign or not
        "even": (lambda x, y: y, lambda x, c, t, q: single(t * q + c), (1,)),
        # 4 T
        "quarter": (lambda x, y: y / 4, lambda x, c, t, q: 4 * single(t * q + c), (1,)),
        # max(x, 0) + (a - off_half) T
        "gate": (lambda x, y: (y - max(x, 0)) / (abs(x) - off_half),
                 lambda x, c, t, q: single(x.clip(0) + single(abs(x) - off_half) * single(t * q + c)), (1, -1)),
        # T to the left, 1 - T to the right, rounded once
        "slope": (lambda x, y: y if x < 0 else 1 - y,
                  lambda x, c, t, q: single(t * q + c) if x[0] < 0 else single(single(1 - c) - t * q), (1, -1)),
        # T of x itself
        "whole": (lambda x, y: y, lambda x, c, t, q: single(t * q + c), (1,)),
        # max(x, 0) + T
        "sum": (lambda x, y: y - max(x, 0), lambda x, c, t, q: single(x.clip(0) + single(t * q + c)), (1, -1)),
        # a T
        "times": (lambda x, y: y / x, lambda x, c, t, q: single(x * single(t * q + c)), (1,)),
        # max(a T, a - NEARLY_1)
        "shrink": (lambda x, y: y / x, lambda x, c, t, q: np.maximum(single(x * single(t * q + c)), single(x - NEARLY_1)), (1,)),
    }


def all_positive(digits, last):
    """The finite numbers above 0, up to last, that have so many digits; bfloat16's from where tiny.h does not take them apart."""
    if digits == 11:
        a = np.arange(1, 0x7c00, dtype=np.uint16).view(np.float16).astype(float)
    else:
        a = (np.arange(32 << 7, 0x7f80, dtype=np.uint32) << 16).view(np.float32).astype(float)
    return a[a <= last]


def short_pieces(name, digits, f, form, degree, steps, bend, last, first=(), close=True, least=0, gone=False, to_even=False):
    """A table of up to 32 polynomials by which all numbers of a 16-bit type round right; the forms are above.

    Piece i is where a (steps - bend a) rounds to i, a = |x| <= last, or, in the form "whole", least <= a = x <= last. Without a
    bend, t is a - i / steps where steps is a power of 2 and else steps a - i; with one it is a less the piece's centre, which
    then is the table's first row. Of the polynomials that round right when computed in float32, each is the one with the least
    relative error (beside a slope's zero: relative to 0.02): linear programming, after Lim & Nagarakatte, RLIBM-32, 2021. The
    evaluation's own rounding is not part of the program: inputs that it turns wrong get a narrower interval, and the program is
    solved again. `first` are coefficients of piece 0, given. What is to be gone is 0 at last, the last piece's centre, and so
    beyond. In that piece, and in all unless close, the error may be as large as the rounding of subnormal results allows. Ties
    of bfloat16 go away from 0 unless to_even; float16's go to even. Negative pieces are counted modulo 16, or 32 where there are
    more.
    """
    from scipy.optimize import linprog
    inverse, value, signs = forms(OFF_HALF[digits])[form]
    steps, to_even = float(single(steps)), to_even or digits == 11
    a = all_positive(digits, max(last, -least))
    a = a[a <= last] if form != "whole" else np.concatenate([-a[::-1][a[::-1] <= -least], a[a <= last]])
    assert a[-1] == last
    right, low, high = {}, np.full(len(a), -np.inf), np.full(len(a), np.inf)
    for sign in signs:
        xs = [sign * mp.mpf(v) for v in a]
        ys = [f(x) for x in xs]
        found = [nearest(y, digits, True, to_even) for y in ys]
        right[sign] = np.array([float(y) for y, *_ in found])
        ends = np.array([sorted(float(inverse(x, end)) for end in ends) for x, (_, *ends) in zip(xs, found, strict=True)])
        exact = np.array([float(inverse(x, y)) for x, y in zip(xs, ys, strict=True)])
        if form != "gate" or (sign < 0 and digits == 8):  # where it is 0, its sign shows
            ends[(right[sign] == 0)[:, None] & (ends * exact[:, None] < 0)] = 0
        low, high = np.maximum(low, ends[:, 0]), np.minimum(high, ends[:, 1])
    index = np.rint(a * single(single(steps) - single(bend) * a)).astype(int)
    size, loose = abs(exact), np.full(len(a), not close)
    if form in ("slope", "whole"):
        size = np.where(abs(a) < 2, np.maximum(size, 0.02), size)
    if gone:
        loose = index == index[-1]
    size = np.where(loose, np.maximum(size, (high - low) * 2 ** 7), size)
    low = np.where(loose, low, np.maximum(low, exact - size / 256))
    high = np.where(loose, high, np.minimum(high, exact + size / 256))

    numbers = range(min(index.min(), 0), index.max() + 1)
    pieces = [np.flatnonzero(index == i) for i in numbers]
    assert len(pieces) <= 32, len(pieces)
    centres = np.array([0] + [round((a[p[0]] + a[p[-1]]) * 256) / 512 for p in pieces[1:]])
    if gone:
        centres[-1] = last
        assert bend or index[-1] == last * steps
    power = math.log2(steps).is_integer()
    t = single(a - centres[index]) if bend else a - index / steps if power else single(a * steps - index)

    def solved(i, at):
        widest, most = abs(t[at]).max(), abs(exact[at]).max()
        given = np.array(first if i == 0 else (0,) if gone and i == index[-1] else ())
        unit, slack = 2.0 ** 14 / size[at], np.zeros(len(at))
        powers = np.vander(t[at] / widest, degree + 1, increasing=True)
        known = powers[:, :len(given)] @ (given * widest ** np.arange(len(given)))
        rows = powers[:, len(given):] * (unit * most)[:, None]
        rows = np.vstack([np.hstack([sign * rows, np.full((len(at), 1), bound)]) for bound in (0, -1) for sign in (-1, 1)])
        counts, free = np.tile(abs(a[at]) >= LEAST_IN_PROGRAM, 4), degree + 1 - len(given)
        for _ in range(24):
            limits = (-low[at] - slack + known, high[at] - slack - known, -exact[at] + known, exact[at] - known)
            limits = np.concatenate([v * unit for v in limits])
            answer = linprog([0] * free + [1], rows[counts], limits[counts], bounds=[(None, None)] * free + [(0, None)]).x
            if answer is None:
                break
            c = single(np.concatenate([given, answer[:-1] * most / widest ** np.arange(len(given), degree + 1)]))
            q = np.full(len(at), c[-1])
            for v in c[-2:0:-1]:
                q = single(q * t[at] + v)
            wrong = np.zeros(len(at), bool)
            for sign in signs:
                y = round_16(value(sign * a[at], c[0], t[at], q), digits, to_even)
                signed = (form != "gate" or (sign < 0 and digits == 8)) & ((a[at] < last) | (not gone))
                wrong |= (y != right[sign][at]) | ((y == 0) & signed & (np.signbit(y) != (exact[at] < 0)))
            if not wrong.any():
                return c, answer[-1] / 2 ** 14
            slack += np.where(wrong, abs(exact[at]) * 2.0 ** -27, 0)
        raise SystemExit(f"{name}: no polynomial of degree {degree} for piece {i}")

    entries = 16 if len(pieces) <= 16 else 32
    made = {i % entries: solved(i, at) for i, at in zip(numbers, pieces, strict=True)}
    made = [made.get(i, (np.zeros(degree + 1), 0)) for i in range(max(made) + 1)]
    error = math.log2(max(e for _, e in made))
    print(f"/* {name}, {digits} digits: {'centres, and ' if bend else ''}from the highest power; error 2^{error:.1f} */")
    for row in ([centres] if bend else []) + list(np.array([c[::-1] for c, _ in made]).T):
        print("{" + ", ".join(literal(mp.mpf(v), 32) for v in row) + "},")


def logistic(z):
    return 1 / (1 + mp.exp(-z))


def gate_slope(z, w):
    """The slope of x / (1 + e^-z), w being x dz/dx."""
    return logistic(z) * (1 + w * logistic(-z))


def squareplus_of_4(x):
    root = mp.sqrt(x * x + 4)
    return (x + root) / 2 if x > 0 else 2 / (root - x)


def squareplus_slope_of_4(x):
    root = mp.sqrt(x * x + 4)
    return 2 / (root * (root - x)) if x < 0 else (1 + x / root) / 2


def mish_slope(x):
    e = mp.exp(x)
    n = e * (e + 2)
    return (n + 4 * x * e * (e + 1) / (n + 2)) / (n + 2)


def tables_of_16_bits(lane):
    """The tables of short_pieces."""
    def odd_cubic(x, times):
        return 2 * mp.sqrt(2 / mp.pi) * (x + times * mp.mpf("0.044715") * x ** 3)

    def tanhshrink(x):
        return x - mp.tanh(x) if x > mp.mpf(2) ** -40 else x ** 3 / 3

    quick, fall = mp.mpf("1.702"), mp.mpf("1.0507009873554805") * mp.mpf("1.6732632423543772")
    half = {"first": (-0.5,), "close": False}
    if lane == 32:
        short_pieces("gelu_short", 11, gelu, "gate", 4, 4, 0, 5.75, **half)
        short_pieces("gelu_short_8", 11, gelu, "gate", 7, 1.25, 0, 5.75, **half)
        short_pieces("gelu_slope_short", 11, gelu_slope, "slope", 4, 4, 0, 7.25, gone=True)
        short_pieces("gelu_tanh_short", 11, lambda x: x * logistic(odd_cubic(x, 1)), "gate", 4, 4, 0, 5.625, **half)
        short_pieces("gelu_tanh_slope_short", 11, lambda x: gate_slope(odd_cubic(x, 1), odd_cubic(x, 3)),
                     "slope", 5, 4, 0, 7, gone=True)
        short_pieces("quick_gelu_slope_short", 11, lambda x: gate_slope(quick * x, quick * x),
                     "slope", 5, 2.326, 0.0323, 18, gone=True)
        short_pieces("silu_slope_short", 11, lambda x: gate_slope(x, x), "slope", 5, 1.335, 0.0082, 28.5, gone=True)
        short_pieces("softplus_short", 11, lambda x: mp.log1p(mp.exp(x)), "sum", 4, 1.75, 0, 17.5, close=False)
        short_pieces("tanhshrink_short", 11, tanhshrink, "shrink", 4, 6, 0, 5, first=(0,), close=False)
        short_pieces("squareplus_short", 11, squareplus_of_4, "sum", 3, 5, 0, 6.1875, close=False)
        short_pieces("squareplus_short", 8, squareplus_of_4, "sum", 2, 3.875, 0, 8, close=False)
        short_pieces("sigmoid_slope_short", 8, lambda x: logistic(x) * logistic(-x), "even", 3, 1.25, 0, 12)
        short_pieces("tanh_squared_short", 11, lambda x: mp.tanh(x) ** 2,
                     "even", 6, 3.125, 0, 4.875, first=(0, 0), close=False)
        short_pieces("tanh_squared_short", 8, lambda x: mp.tanh(x) ** 2,
                     "even", 4, 3, 0, 5.125, first=(0, 0), close=False, to_even=True)
        short_pieces("mish_slope_short", 11, mish_slope, "whole", 6, 1.15, 0, 5.875, least=-20.75)
        short_pieces("gelu_slope_near", 8, lambda x: gelu_slope(-x), "whole", 3, 3.1, 0, 6, least=-3.75)
        short_pieces("gelu_tanh_slope_near", 8, lambda x: gate_slope(odd_cubic(x, 1), odd_cubic(x, 3)), "slope", 4, 2.75, 0, 5.5)
        short_pieces("quick_gelu_slope_near", 8, lambda x: gate_slope(quick * x, quick * x), "slope", 4, 2.25, 0, 6.75)
        short_pieces("silu_slope_near", 8, lambda x: gate_slope(x, x), "slope", 4, 1.25, 0, 12)
        short_pieces("silu_short", 8, lambda x: x * logistic(x), "gate", 2, 3, 0, 10.3125, **half)
        short_pieces("quick_gelu_short", 8, lambda x: x * logistic(quick * x), "gate", 3, 3, 0, 10.3125, **half)
        short_pieces("gelu_near", 8, gelu, "gate", 3, 4.25, 0, 7.375, **half)
        short_pieces("gelu_tanh_short", 8, lambda x: x * logistic(odd_cubic(x, 1)), "gate", 3, 5.5, 0, 5.625, **half)
        short_pieces("softplus_short", 8, lambda x: mp.log1p(mp.exp(x)), "sum", 2, 3, 0, 10.3125, close=False)
        short_pieces("tanh_short", 8, mp.tanh, "even", 2, 9, 0, 3.46875, first=(0,), close=False)
        short_pieces("silu_short", 11, lambda x: x * logistic(x), "gate", 4, 1.5, 0, 20.875, **half)
        short_pieces("quick_gelu_short", 11, lambda x: x * logistic(quick * x), "gate", 4, 2.5, 0, 12.375, **half)
        short_pieces("tanh_short", 11, mp.tanh, "even", 4, 4, 0, 4.515625, first=(0,), close=False)
        short_pieces("tanhshrink_short", 8, tanhshrink, "shrink", 4, 4, 0, 5, first=(0, 0, 1 / 3), close=False)
        short_pieces("expm1_short", 8, lambda a: -mp.expm1(-a), "times", 2, 2.4, 0, 6.25)
        short_pieces("expm1_short", 11, lambda a: -mp.expm1(-a), "times", 3, 1.75, 0, 8.3203125)
        short_pieces("selu_short", 8, lambda a: fall * -mp.expm1(-a), "times", 2, 2.4, 0, 6.25)
        short_pieces("selu_short", 11, lambda a: fall * -mp.expm1(-a), "times", 4, 1.75, 0, 8.75)
        short_pieces("squareplus_slope_short", 8, squareplus_slope_of_4, "slope", 3, 1.75, 0, 8, to_even=True)
        short_pieces("squareplus_slope_short", 11, squareplus_slope_of_4, "slope", 4, 1.46, 0, 10.5)
        short_pieces("logistic_short", 8, lambda x: logistic(-x), "whole", 4, 0.9, 0, 10.3125, least=-6.25)
        short_pieces("logistic_short", 11, logistic, "slope", 4, 1.5, 0, 20, gone=True)
        # The sigmoid's slope, and four times that at 2 x, tanh's, which reaches farther.
        short_pieces("sigmoid_slope_short", 11, lambda x: 4 * logistic(2 * x) * logistic(-2 * x),
                     "quarter", 6, 1.5, 0, 10, gone=True)


def exp_short(lane):
    """float16: e^-r, r what rounding x / ln 2 leaves, as a quintic such that 1 / (1 + e^-x), by computed_logistic, rounds right.
    The tilt takes it away from what it is beside 0, where float32 cannot tell it from midpoints."""
    from scipy.optimize import linprog
    if lane == 64:
        return
    degree, tilt, ln2 = 5, 1.5 * 2.0 ** -23, single(float(mp.log(2)))
    x = all_positive(11, 17.5)
    x = np.concatenate([x[x >= 2.0 ** -14], -x[x >= 2.0 ** -14]])
    k = np.rint(single(x * single(1 / ln2)))
    r, tilt = single(k * -ln2 + x), np.copysign(tilt, x)
    found = [nearest(logistic(mp.mpf(v)), 11, twice=True) for v in x]
    right = np.array([float(y) for y, *_ in found])
    ends = np.array([[float(1 / max(end, mp.mpf(2) ** -60) - 1) for end in ends] for _, *ends in found])
    high, low = (ends - tilt[:, None]).T * 2.0 ** k
    exact, widest, unit, slack = np.exp(-r), abs(r).max(), 2.0 ** 20, np.zeros(len(x))
    powers = np.vander(r / widest, degree + 1, increasing=True)[:, 1:] * unit
    rows = np.vstack([np.hstack([sign * powers, np.full((len(x), 1), bound)]) for bound in (0, -1) for sign in (-1, 1)])
    wrong = np.ones(len(x), bool)
    while wrong.any():
        limits = np.concatenate([1 - low - slack, high - slack - 1, 1 - exact, exact - 1]) * unit
        answer = linprog([0] * degree + [1], rows, limits, bounds=[(None, None)] * degree + [(0, None)]).x
        c = single(np.concatenate([[1], answer[:-1] / widest ** np.arange(1, degree + 1)]))
        q = np.full(len(x), c[-1])
        for v in c[-2::-1]:
            q = single(q * r + v)
        wrong = round_16(single(1 / single(1 + single(q * 2.0 ** -k + tilt))), 11, True) != right
        slack += wrong * 2.0 ** -26
    show("exp_short", c, 32, answer[-1] / unit)


def rounding_pieces(name, f, size, least, error, first=None):
    """Eight cubics in a = |x| that round right for every bfloat16 x, least <= a <= 14.

    f(x) is computed from a cubic's value as size(x, f(x)) gives that value, and size is monotonic in f(x). Of the cubics within
    the error, each is the one that stays farthest, in its own size, from the ends of its intervals: linear programming, after Lim
    & Nagarakatte, RLIBM-32, 2021. Piece i is where a + shift is in the i-th half of an octave from 1 on; the shift is the
    multiple of 1/32 for which the least of these distances is greatest.
    """
    from scipy.optimize import linprog
    points = []
    for exponent in range(-24, 4):
        for mantissa in range(128, 256):
            a = mp.mpf(mantissa) * mp.mpf(2) ** (exponent - 7)
            for x in (-a, a):
                if least <= a <= 14:
                    y = f(x)
                    low, high = sorted(size(x, v) for v in nearest(y, 8)[1:])
                    value = size(x, y)
                    points.append([a, max(low, value * (1 - error)), min(high, value * (1 + error)), value])
    points = np.array(points, dtype=float)

    def cubic(points, first):
        a, low, high, value = points.T
        powers, unit = np.vander(a / a.max(), 4, increasing=True), (2.0 ** 24 / value)[:, None]
        rows = np.hstack([np.vstack([-powers * unit, powers * unit]), np.ones((2 * len(a), 1))])
        found = linprog([0] * 4 + [-1], rows, np.concatenate([-low, high]) * np.tile(unit[:, 0], 2),
                        bounds=[(first, first)] + [(None, None)] * 4).x
        return (0, None) if found is None else (found[4], found[:4] / a.max() ** np.arange(4))

    best = 0, None, None
    for shift in np.arange(32, 65) / 32:
        edges = [0] + [e - shift for e in (1.5, 2, 3, 4, 6, 8, 12, 16) if e > shift]
        made = [cubic(points[(low <= points[:, 0]) & (points[:, 0] < high)], first if low == 0 else None)
                for low, high in itertools.pairwise(edges)]
        best = max(best, (min(slack for slack, _ in made), shift, made), key=lambda b: b[0])
    slack, shift, made = best
    print(f"/* {name}: shift {shift}; from the highest power; no nearer than 2^{np.log2(slack) - 24:.1f} to a midpoint */")
    made = [[mp.mpf(0)] * 4] * (8 - len(made)) + [[rounded(mp.mpf(c), 24) * -mp.mpf(2) ** -64 for c in q] for _, q in made]
    for power in (3, 2, 1, 0):
        print("{" + ", ".join(literal(made[(i + 2) % 8][power], 32) for i in range(8)) + "},")


def gelu_short_pieces(lane):
    """bfloat16: Phi(-a) / E, and the slope at -a over E (zero - a), E = e^(-a^2 / 2), all times -2^-64."""
    def e(x):
        return mp.exp(-x * x / 2)

    if lane == 32:
        zero = mp.findroot(lambda a: gelu_slope(-a), 0.75)
        rounding_pieces("gelu_short", gelu, lambda x, y: (max(x, 0) - y) / (abs(x) * e(x)),
                        mp.mpf(2) ** -20, mp.mpf(2) ** -9, first=0.5)
        rounding_pieces("gelu_slope_short", gelu_slope, lambda x, y: (y if x < 0 else 1 - y) / (e(x) * (zero - abs(x))),
                        mp.mpf(2) ** -14, mp.mpf(2) ** -15)
        show("gelu_slope_zero", [rounded(zero, 24)], 32)
        # 2^(r / 8), r what rounding a power of 2^(1/8) leaves
        c, error = fit(lambda r: mp.mpf(2) ** (r / 8), 2, mp.mpf("-0.5005"), mp.mpf("0.5005"), 32, fixed=(mp.mpf(1),))
        show("gelu_short_power", c, 32, error)


def normal_tail(lane):
    """q of e^(a^2 / 2) Phi(-a) (2 + 17/8 a) = 1 + u q(u - 3/4), u = a / (a + 11/2), a <= 39."""
    c, middle = mp.mpf("5.5"), mp.mpf("0.75")
    known = {}

    def f(v):
        u = v + middle
        if v not in known:
            a = c * u / (1 - u)
            known[v] = ((normal_cdf(-a) * mp.exp(a * a / 2) * (2 + mp.mpf("2.125") * a) - 1) / u if u > mp.mpf(2) ** -60
                        else (mp.mpf("1.0625") - mp.sqrt(2 / mp.pi)) * c)
        return known[v]

    if lane == 64:
        q, e = fit(f, 22, -middle, 39 / (39 + c) - middle, 64, weight=lambda v: v + middle + mp.mpf(2) ** -70)
        show("normal_tail", q, lane, e)


def tanhshrink_series(lane):
    """s of x - tanh x = x^3 (1/3 + s(x^2)) from its linear term on."""
    def f(x):
        return (x - mp.tanh(x)) / x ** 3

    c, e = fit(f, {32: 6, 64: 14}[lane], mp.mpf(2) ** -30, mp.mpf("0.6875"), lane,
               weight=lambda x: 1 / f(x), power=2, fixed=(mp.mpf(1) / 3,))
    show("tanhshrink_series", c[1:], lane, e)


TABLES = [constants, exp_reduction, exp_table, exp_polynomial, expm1_polynomial, log1p_polynomial,
          tanh_pieces, tanhshrink_series, gelu_pieces, gelu_slope_pieces, gelu_tail, gelu_short_pieces,
          tables_of_16_bits, exp_short, normal_tail]


def main():
    wanted = sys.argv[1:]
    for table in TABLES:
        if not wanted or table.__name__ in wanted:
            for lane in (32, 64):
                table(lane)
            print()


if __name__ == "__main__":
    main()

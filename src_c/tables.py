# SPDX-License-Identifier: BSD-3-Clause
"""Derives every polynomial and table of the floating-point formulas, and writes them as C: tables/*.h.

    python tables.py [NAME ...]            writes all headers, or some
    python tables.py --check [NAME ...]    makes them again and says how those that are there differ: exit code 1 if they do

All is computed in multiple precision by whole numbers, so every machine gets the same digits. A polynomial is fitted by
discrete Remez exchange. Its coefficients are then rounded to the lane's precision one after another, the lowest order first, the
rest being fitted again each time, so that later coefficients make up for the rounding of earlier ones.

A header's text is its recipe's docstring, one struct with a comment on each member, and the values for each lane. What took a
long search stands as a number in the recipe (the last lines of this file), and is checked to have what was searched for.
"""
import difflib
import pathlib
import sys
import textwrap
from typing import NamedTuple

import mpmath as mp

mp.mp.prec = 240
BITS = {32: 24, 64: 53}
TINY = mp.mpf(2) ** -60
FOLDER = pathlib.Path(__file__).parent / "tables"


# ---- numbers of a lane ----

def rounded(x, lane, spare=0):
    """The nearest number that the lane holds with so many bits to spare (ties to even)."""
    x = mp.mpf(x)
    if x == 0:
        return x
    unit = mp.mpf(2) ** (exponent(x) - BITS[lane] + spare + 1)
    return mp.nint(x / unit) * unit


def exponent(x):
    """The e of 2^e <= |x| < 2^(e + 1)."""
    return mp.frexp(x)[1] - 1


def literal(x, lane):
    """A hexadecimal C literal of a number that the lane holds exactly."""
    assert x == rounded(x, lane), x
    if x == 0:
        return "0"
    mantissa, power = float(x).hex().split("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}p{int(power)}" + ("f" if lane == 32 else "")


def split(value, lane, spare=0, down=False):
    """A number as the sum of two of the lane's; `down` rounds the first one down, so that both have one sign and infinity times
    both is infinity."""
    value = mp.mpf(value)
    high = rounded(value, lane, spare)
    if down and high > value:
        high -= mp.mpf(2) ** (exponent(high) - BITS[lane] + 1)
    return high, rounded(value - high, lane)


def shifted(x, steps, lane):
    """The lane whose bits are those of x and so many more, counted in the least of them."""
    bits = BITS[lane] - 1
    word = int(abs(x) * mp.mpf(2) ** (bits - exponent(x))) + (exponent(x) << bits) + steps
    power = (word >> bits) - 1
    return mp.sign(x) * (word - (power << bits)) * mp.mpf(2) ** (power - bits)


# ---- fits ----

def chebyshev(low, high, count=400):
    """Points of an interval that are dense at its ends."""
    low, high = mp.mpf(low), mp.mpf(high)
    return [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / (count - 1)) for i in range(count)]


def solved(rows, right):
    """The solution of a system of linear equations, by elimination."""
    rows = [[*row, r] for row, r in zip(rows, right, strict=True)]
    n = len(rows)
    for i in range(n):
        best = max(range(i, n), key=lambda j: abs(rows[j][i]))
        rows[i], rows[best] = rows[best], rows[i]
        head = [v / rows[i][i] for v in rows[i][i + 1:]]
        rows[i][i + 1:] = head
        for j in range(i + 1, n):
            factor = rows[j][i]
            rows[j][i + 1:] = [a - factor * b for a, b in zip(rows[j][i + 1:], head, strict=True)]
    answer = []
    for row in reversed(rows):
        answer.append(row[-1] - mp.fdot(row[n - 1:n - 1 - len(answer):-1], answer))
    return answer[::-1]


def minimax(rows, right, rounds=40):
    """The c for which the greatest of |rows c - right| is least, and that error: Remez exchange."""
    n = len(rows[0])
    if n == 0:
        return [], max(map(abs, right))
    points = [int((1 - mp.cos(mp.pi * (i + mp.mpf("0.52")) / (n + 1))) / 2 * (len(rows) - 1)) for i in range(n + 1)]
    best, least = None, None
    for _ in range(rounds):
        *c, level = solved([[*rows[p], (-1) ** i] for i, p in enumerate(points)], [right[p] for p in points])
        errors = [mp.fdot(c, row) - t for row, t in zip(rows, right, strict=True)]
        worst = max(map(abs, errors))
        if least is None or worst < least:
            best, least = c, worst
        if worst <= abs(level) * mp.mpf("1.0001"):
            break
        # one extremum of every run of equal sign, then the n + 1 neighbouring ones that hold the largest
        runs = []
        for i, e in enumerate(errors):
            if runs and (errors[runs[-1]] > 0) == (e > 0):
                if abs(e) > abs(errors[runs[-1]]):
                    runs[-1] = i
            elif e:
                runs.append(i)
        while len(runs) > n + 1:
            runs.pop(0 if abs(errors[runs[0]]) < abs(errors[runs[-1]]) else -1)
        if len(runs) < n + 1:
            break
        points = runs
    return best, least


def fit(points, target, degree, lane, weight=lambda x: 1, power=1, fixed=()):
    """Coefficients, lowest first, of a polynomial in x^power rounded one after another, and the greatest weighted error of the
    result; `fixed` are the first coefficients, given."""
    points = [(x ** power, target(x), mp.mpf(weight(x))) for x in points]
    rows = [[w * u ** i for i in range(degree + 1)] for u, t, w in points if w]
    right = [t * w for u, t, w in points if w]

    def rest(known):
        return [t - mp.fdot(known, row) for row, t in zip(rows, right, strict=True)]

    known, others = list(fixed), None
    while len(known) <= degree:
        now = rest(known)
        again, error = minimax([row[len(known):] for row in rows], now)
        # the exchange may fail on what rounding left, which need not alternate: then the old solution is the better one
        if others is None or error < max(map(abs, rest(known + others))):
            others = again
        known.append(rounded(others[0], lane))
        others = others[1:]
    return known, max(map(abs, rest(known)))


def rational(points, target, degree, below, lane, weight):
    """Rounded coefficients, lowest first, of a quotient of polynomials of these degrees, the lower one's last being 1, and the
    greatest weighted error of the result.

    A polynomial is fitted to the lower one times the target, which makes the problem linear, its error being divided by the
    lower one as it was found before (Loeb's algorithm).
    """
    points = [(x, target(x), weight(x)) for x in points]
    divisors, found = [(1 + x) ** below for x, *_ in points], None
    for _ in range(12):
        scaled = [(x, f, w / d) for (x, f, w), d in zip(points, divisors, strict=True)]
        rows = [[v * x ** i for i in range(degree + 1)] + [-v * f * x ** i for i in range(below)] for x, f, v in scaled]
        c, error = minimax(rows, [v * f * x ** below for x, f, v in scaled])
        denominator = [*c[degree + 1:], mp.mpf(1)]
        divisors = [mp.polyval(denominator[::-1], x) for x, *_ in points]
        if found and abs(error - found) < mp.mpf("0.001") * error:
            break
        found = error
    denominator = [rounded(v, lane) for v in denominator]

    def divisor(x):
        return mp.polyval(denominator[::-1], x)

    known = {x: (f * divisor(x), w / abs(divisor(x))) for x, f, w in points}
    numerator, error = fit(known, lambda x: known[x][0], degree, lane, weight=lambda x: known[x][1])
    return numerator, denominator, error


# ---- headers ----

class Member(NamedTuple):
    """One member of a table's struct: its comment, its number or numbers, and the error that they were found to have."""
    comment: str
    values: object
    error: object = None


class Recipe(NamedTuple):
    """A header: the function that makes the members of a table (or several, by name) for a lane, given what is known of it."""
    name: str
    make: object
    lanes: dict

    def text(self):
        made = {lane: self.make(lane, **known) for lane, known in self.lanes.items()}
        about = " ".join(self.make.__doc__.split())
        lines = ["/* SPDX-License-Identifier: BSD-3-Clause */",
                 *wrapped(f"/* {about} Made by tables.py, which says how; do not", "edit. */", "", " * ")]
        if len(made) == 1:
            lines.append(f"#if LANE_BITS == {next(iter(made))}")
        for table in next(iter(made.values())):
            lines += struct(table, {lane: tables[table] for lane, tables in made.items()})
        if len(made) == 1:
            lines.append("#endif")
        return "\n".join(lines) + "\n"


def wrapped(words, end, first, others):
    """Lines of at most 130 characters; the end is kept together."""
    glue = "\0"
    lines = textwrap.wrap(f"{words} {end.replace(' ', glue)}", 130, initial_indent=first, subsequent_indent=others,
                          break_on_hyphens=False)
    return [line.replace(glue, " ") for line in lines]


def struct(name, made):
    """The C of a table, given its members for each lane."""
    lines = ["static const struct {"]
    for member, (comment, values, _) in next(iter(made.values())).items():
        count = ""
        if isinstance(values, list):
            counts = [len(members[member].values) for members in made.values()]
            count = f"[{counts[0]}]" if len(set(counts)) == 1 else "[LANE_BITS == 32 ? {} : {}]".format(*counts)
        *words, end = f"lane {member}{count}; /* {comment}".split(" ")
        lines += wrapped(" ".join(words), f"{end} */", "    ", "     * ")
    lines.append(f"}} {name} =")
    for lane, members in made.items():
        if len(made) > 1:
            lines.append("#if LANE_BITS == 32" if lane == 32 else "#else")
        lines.append("    {")
        for member, (_, values, error) in members.items():
            several = isinstance(values, list)
            words = "{" + ", ".join(literal(v, lane) for v in values) + "}" if several else literal(values, lane)
            if error:
                lines.append(f"        /* error 2^{float(mp.log(error, 2)):.1f} */")
            lines += wrapped(f".{member} = {words},", "", " " * 8, " " * 12)
        lines.append("    };")
    if len(made) > 1:
        lines.append("#endif")
    return lines


# ---- e^z ----

def powers_of_2(lane, s, step, count, within):
    """The powers T_j = s 2^(j step) of a lane as s 2^(k step), j = k mod count, takes them: their bits less j step exponents, so
    that adding k step exponents makes up for it. Then the s that suits them best, and how far they are from s 2^(j step), which
    must be less than `within`."""
    roots = [mp.mpf(2) ** (j * step) for j in range(count)]
    powers = [rounded(mp.mpf(s) * root, lane) for root in roots]
    ratios = [power / root for power, root in zip(powers, roots, strict=True)]
    best = (max(ratios) + min(ratios)) / 2
    error = max(ratios) / best - 1
    assert error < within, error
    return [shifted(power, -int(j * step * 2 ** (BITS[lane] - 1)), lane) for j, power in enumerate(powers)], best, error


def seek_powers_of_2(lane, low, high, step, count, within, tries):
    """Finds s for powers_of_2, low <= s < high, among so many successive numbers of the lane: all that come within, best first.

    exp: (lane, 1.0222, 1.045, 1 / 8, 8, ...): the best float; of the doubles the first within 2^-58, the 6,420,901st. Below
    1.0222 the sigmoid's reciprocal might get smaller than half of what E's is. GELU: (32, 0.443, 0.46, -1 / 4, 4, 2^-29, ...),
    and for its slope from 0.475 to 0.535: of the 64 best each, the one that gives the least greatest error over all floats, for
    how they happen to round makes a tenth of an ulp.
    """
    import numpy as np
    unit = mp.mpf(2) ** (exponent(low) - BITS[lane] + 1)
    first = int(mp.mpf(low) / unit)
    roots = [mp.mpf(2) ** (j * step) for j in range(count)]
    # T_j in its own steps, as whole numbers modulo 2^64 of which 2^64 are a step, for T_0 = first units and each unit more
    scale = [unit * root / mp.mpf(2) ** (exponent(mp.mpf(low) * root) - BITS[lane] + 1) * 2 ** 64 for root in roots]
    found = []
    end = min(tries, int(mp.mpf(high) / unit) - first)
    for start in range(0, end, 1 << 22):
        left = np.arange(start, min(start + (1 << 22), end), dtype=np.uint64)
        for j in range(1, count):
            near = int(2 * within * 2 ** (BITS[lane] + 64))
            shift = (int(first * scale[j]) + near) % 2 ** 64
            left = left[left * np.uint64(int(scale[j]) % 2 ** 64) + np.uint64(shift) < np.uint64(2 * near)]
        for i in left:
            s = (first + int(i)) * unit
            error = powers_of_2(lane, s, step, count, 1)[2]
            if error < within:
                found.append((error, s))
    return sorted(found)


def reduction(step, lane, per_step, what):
    """What reduces z to k steps and a rest. The step's own k-fold is subtracted exactly by a fused multiply-add, as the rest has
    no finer bits than z and the step."""
    high, low = split(step, lane)
    return {"per_step": Member(per_step, rounded(1 / step, lane)),
            "step": Member(f"{what}, which k times is subtracted exactly,", high),
            "step_low": Member("and what it lacks", low)}


def exp_rest(s, lane, degree):
    """e^r / s - 1 for |r| <= ln 2 / 16, and a little for the rounding of k."""
    return fit(chebyshev("-0.04338", "0.04338"), lambda r: mp.exp(r) / s - 1, degree, lane, weight=lambda r: s / mp.exp(r))


def softmax(lane, s, within, degree):
    """The p of exp.h with a term more: an error of the largest terms is one of their sum, too."""
    p, error = exp_rest(powers_of_2(lane, s, 0.125, 8, within)[1], lane, degree)
    return {"softmax_table": {"p": Member("e^r / s - 1, lowest first", p, error)}}


def exponential(lane, s, within, degree):
    """e^z = E (1 + p(r)), E = T_(k mod 8) 2^(k / 8 rounded down), z = k ln 2 / 8 + r, where T_j = s 2^(j/8) with an s such that
    all eight are numbers of the lane, nearly, and p holds 1 / s. e^-z takes p(-r)."""
    powers, s, off = powers_of_2(lane, s, 0.125, 8, within)
    p, error = exp_rest(s, lane, degree)
    return {"exp_table": {
        **reduction(mp.log(2) / 8, lane, "8 / ln 2", "ln 2 / 8"),
        "power": Member("the bits of T_j less j << (stored bits of the lane - 3): adding k shifted so far gives E", powers, off),
        "p": Member("e^r / s - 1, lowest first", p, error)}}


def exp_minus_1(lane, degree, fixed):
    """e^z - 1 = 2^k - 1 + 2^k (r + r^2 q(r)), z = k ln 2 + r: without a table, so that 2^k - 1 is exact where it matters."""
    edge = mp.mpf("0.3468")
    q, error = fit(chebyshev(-edge, edge), lambda r: (mp.expm1(r) - r) / r ** 2 if abs(r) > TINY else mp.mpf(1) / 2, degree, lane,
                   weight=lambda r: r * r / abs(mp.expm1(r)) if r else 0, fixed=[mp.mpf(v) for v in fixed])
    return {"expm1_table": {
        **reduction(mp.log(2), lane, "1 / ln 2", "ln 2"),
        "q": Member("(e^r - 1 - r) / r^2, lowest first; the error is relative to e^r - 1", q, error)}}


# ---- the logarithm ----

def log1p(lane, degree):
    """log(1 + e) = S + S^3 P(S^2), S = 2 e / (2 + e), for 0 <= e <= 1."""
    def f(u):
        s = mp.sqrt(u)
        return (2 * mp.atanh(s / 2) - s) / s ** 3 if u > TINY else mp.mpf(1) / 12
    p, error = fit(chebyshev(0, "0.4445"), f, degree, lane, weight=lambda u: u)
    return {"log1p_table": {
        "p": Member("(2 atanh(S / 2) - S) / S^3 in powers of S^2, lowest first; error relative to S", p, error)}}


# ---- tanh ----

def tanh(lane, last, rate, bend, first, degree):
    """tanh a = T + (1 - T^2) tau / (1 + T tau), T = tanh c, tau = tanh(a - c) = t + t s P(s), t = a - c, s = t^2, c one of eight
    centres. Each T is a number of the lane such that c and 1 - T^2 are, too, nearly."""
    rate, bend, last = (rounded(v, lane) for v in (rate, bend, last))
    index = [(rate - mp.sqrt(rate ** 2 - 4 * bend * (i + mp.mpf(1) / 2))) / (2 * bend) for i in range(7)]
    lows, highs = [mp.mpf(0), *index], [*index, last]
    middles = [(low + high) / 2 for low, high in zip(lows, highs, strict=True)]
    # where tanh is least beside what is added to it: T is nearly halfway between the values at the piece's ends
    middles[1] = mp.mpf(first)
    centres, values = [mp.mpf(0)], [mp.mpf(0)]
    for j in range(1, 8):
        # tanh gets flat: from the fifth piece on few of the lane's numbers are left near the middle
        middle, margin = middles[j], mp.mpf("0.012") * (9 if j >= 5 else 1)
        near = rounded(mp.tanh(middle), lane)
        found = []
        for d in range(-400, 401):
            value = near + d * mp.mpf(2) ** -BITS[lane]
            if value == rounded(value, lane) and value < 1:
                c = mp.atanh(value)
                if abs(c - middle) <= margin:
                    slope = 1 - value ** 2
                    off = abs(c - rounded(c, lane)) * slope + abs(slope - rounded(slope, lane)) / 2
                    found.append((off, rounded(c, lane), value))
        _, c, value = min(found)
        centres.append(c)
        values.append(value)

    edge = max(max(c - low, high - c) for c, low, high in zip(centres, lows, highs, strict=True))

    def weight(t):
        """What an error of tau relative to t s does to tanh, relative to that, in the piece and on the side where it is worst."""
        worst = mp.mpf(0)
        for c, value, low, high in zip(centres, values, lows, highs, strict=True):
            for side in (t, -t):
                if c + side > 0 and low - mp.mpf(2) ** -20 <= c + side <= high + mp.mpf(2) ** -20:
                    slope = (1 - value ** 2) / (1 + value * mp.tanh(side)) ** 2
                    worst = max(worst, abs(t ** 3 * slope / mp.tanh(c + side)))
        return worst

    p, error = fit(chebyshev(0, edge ** 2), lambda s: (mp.tanh(mp.sqrt(s)) / mp.sqrt(s) - 1) / s if s > TINY else -mp.mpf(1) / 3,
                   degree, lane, weight=lambda s: weight(mp.sqrt(s)))
    return {"tanh_table": {
        "least": Member("a is held here: a normal number whose tanh is itself", mp.mpf(2) ** -40),
        "last": Member("and here, where tanh has become 1", last),
        "rate": Member("the number of a's piece is a (rate - bend a),", rate),
        "bend": Member("rounded", bend),
        "centre": Member("c", centres),
        "value": Member("tanh c", values),
        "p": Member("(tanh t - t) / t^3 in powers of t^2, lowest first; error relative to tanh a", p, error)}}


def tanhshrink(lane, degree, last):
    """a - tanh a = a^3 (third + s(a^2)) near 0, where x - tanh x cancels."""
    def f(a):
        return (a - mp.tanh(a)) / a ** 3 if a > TINY else mp.mpf(1) / 3
    third, third_low = split(mp.mpf(1) / 3, lane)
    s, error = fit(chebyshev(0, last), f, degree, lane, weight=lambda a: 1 / f(a), power=2, fixed=[mp.mpf(1) / 3])
    return {"tanhshrink_table": {
        "last": Member("a is at most this here", mp.mpf(last)),
        "third": Member("1/3", third),
        "third_low": Member("and what it lacks", third_low),
        "s": Member("the coefficients of a^2, a^4 and so on; error relative to a - tanh a", s[1:], error)}}


# ---- the normal distribution ----

def mills_ratio(a):
    """e^(a^2 / 2) Phi(-a): the normal distribution's tail over its peak's height at a."""
    return mp.exp(a * a / 2) * mp.erfc(a / mp.sqrt(2)) / 2


def mills(lane, degree):
    """The normal distribution's tail: e^(a^2 / 2) Phi(-a) (2 + 17/8 a) = 1 + u q(u - 3/4), u = a / (a + 11/2), 0 <= a <= 39."""
    c, middle = mp.mpf("5.5"), mp.mpf("0.75")

    def f(v):
        u = v + middle
        a = c * u / (1 - u)
        return (mills_ratio(a) * (2 + mp.mpf("2.125") * a) - 1) / u if u > TINY else (mp.mpf("1.0625") - mp.sqrt(2 / mp.pi)) * c

    q, error = fit(chebyshev(-middle, 39 / (39 + c) - middle), f, degree, lane, weight=lambda v: v + middle)
    return {"mills_table": {"q": Member("lowest first; error relative to 1 + u q", q, error)}}


def gelu(lane, last, shift, s, degree, slope_s, slope_degree, within):
    """For 0 <= a <= last, Phi(-a) = E (1 + S(a)) / (shift + a), and GELU's slope at -a is E (1 + S(a)) (a - zero), S a quotient
    of polynomials and E = C e^(-a^2 / 2), a C and an S for each of the two. E = G (1 + p(r)), G = C 2^(-n/4), a^2 = n step + r +
    lacks a^2: n step is exact, as step is ln 2 / 2 with few digits, and lacks a^2 is what that lacks."""
    last, shift = mp.mpf(last), mp.mpf(shift)
    # so short that n step is exact where it is less than 2^8
    step = mp.nint(mp.log(2) / 2 * 2 ** 16) / 2 ** 16
    assert last ** 2 < 2 ** 8
    longer = mp.log(2) / 2 / step
    edge = step / 2 * mp.mpf("1.004")
    p, p_error = fit(chebyshev(-edge, edge), lambda r: mp.expm1(-longer * r / 2), 4, lane,
                     weight=lambda r: mp.exp(longer * r / 2), fixed=[mp.mpf(0)])
    points = [last * ((1 - mp.cos(mp.pi * i / 299)) / 2) ** 2 for i in range(300)]

    def quotient(f, constant, degree):
        """S of f = constant (1 + S)."""
        return rational(points, lambda a: f(a) / constant - 1, *degree, lane, lambda a: constant / f(a))

    power, constant, off = powers_of_2(lane, s, -0.25, 4, within)
    numerator, denominator, error = quotient(lambda a: (shift + a) * mills_ratio(a), constant, degree)

    def height(a):
        return mills_ratio(a) - a / mp.sqrt(2 * mp.pi)

    root = mp.findroot(height, 0.75)
    zero = mp.nint(root * 2 ** 20) / 2 ** 20
    slope_power, slope_constant, slope_off = powers_of_2(lane, slope_s, -0.25, 4, within)
    slope_numerator, slope_denominator, slope_error = quotient(lambda a: height(a) / (root - a), slope_constant, slope_degree)
    return {
        "gelu_table": {
            "last": Member("left of minus this GELU and its slope are 0", last),
            "rate": Member("1 / step", rounded(1 / step, lane)),
            "step": Member("nearly ln 2 / 2, of few digits,", step),
            "magic_step": Member("and 1.5 2^23 times that", step * 3 * 2 ** 22),
            "lacks": Member("1 - step / (ln 2 / 2)", rounded(1 - 1 / longer, lane)),
            "shift": Member("of few digits, such that |S| is at most 0.071, for its error grows with it", shift),
            "inverse": Member("1 / shift", rounded(1 / shift, lane)),
            **pairs(lane, peak=(1 / (constant * mp.sqrt(2 * mp.pi)), "1 / (C sqrt(2 pi)),", {})),
            "power": Member("the bits of C 2^(-j/4) plus j << 21, j = n mod 4: subtracting n << 21 gives G", power, off),
            "p": Member("e^(-r / 2 / (1 - lacks)) - 1, from the linear term on", p[1:], p_error),
            "numerator": Member("of S, lowest first; error relative to 1 + S", numerator, error),
            "denominator": Member("lowest first", denominator)},
        "gelu_slope_table": {
            "zero": Member("the slope's zero is at minus this, of few digits, so that a - zero is exact near it,", zero),
            "zero_low": Member("and this less: what is to be added to a - zero", rounded(zero - root, lane)),
            "power": Member("as above, of -C", [-v for v in slope_power], slope_off),
            "numerator": Member("as above", slope_numerator, slope_error),
            "denominator": Member("lowest first", slope_denominator)}}


# ---- constants that no lane holds, as the sum of two that do ----

def pairs(lane, **constants):
    """Members high and high_low for each constant."""
    made = {}
    for name, (value, comment, how) in constants.items():
        high, low = split(value, lane, **how)
        made |= {name: Member(comment, high), f"{name}_low": Member("and what it lacks", low)}
    return made


def density(lane):
    """The normal distribution's density at 0."""
    return {"density_table": pairs(lane, peak=(1 / mp.sqrt(2 * mp.pi), "1 / sqrt(2 pi),", {}))}


def selu(lane):
    """SELU's constants; of one sign, so that infinity times both parts is infinity."""
    scale, alpha = mp.mpf("1.0507009873554805"), mp.mpf("1.6732632423543772")
    return {"selu_table": pairs(lane, scale=(scale, "lambda, rounded down,", {"down": True}),
                                fall=(scale * alpha, "lambda alpha, rounded down,", {"down": True}))}


def quick_gelu(lane):
    """The rate of GELU by a sigmoid."""
    return {"quick_gelu_table": pairs(lane, rate=("1.702", "1.702,", {}))}


def gelu_tanh(lane):
    """The constants of GELU by a tanh: x (c1 + c3 x^2) is the sigmoid's argument, x (c1 + c9 x^2) x times its slope."""
    c1 = 2 * mp.sqrt(2 / mp.pi)
    c3 = c1 * mp.mpf("0.044715")
    return {"gelu_tanh_table": pairs(
        lane, c1=(c1, "2 sqrt(2 / pi), seven bits short, so that adding up to 127 times as much loses nothing,", {"spare": 7}),
        c3=(c3, "c1 times 0.044715,", {}), c9=(3 * c3, "three times that,", {}))}


def hardsigmoid(lane):
    """1/6: in two parts of one sign, so that infinity times both is infinity; rounded; and rounded up, with what is too much."""
    sixth = mp.mpf(1) / 6
    high, low = split(sixth, lane, down=True)
    above = high + mp.mpf(2) ** (exponent(high) - BITS[lane] + 1)
    return {"sixth_table": {"high": Member("1/6, rounded down,", high), "low": Member("what it lacks;", low),
                            "rounded": Member("1/6 rounded;", rounded(sixth, lane)), "above": Member("1/6 rounded up,", above),
                            "above_low": Member("and what is to be added, rounded up",
                                                -split(above - sixth, lane, down=True)[0])}}


RECIPES = [
    Recipe("softmax", softmax, {32: {"s": "1.02402031713661", "within": mp.mpf(2) ** -27.58, "degree": 4}}),
    Recipe("exp", exponential, {32: {"s": "1.02402031713661", "within": mp.mpf(2) ** -27.58, "degree": 3},
                                64: {"s": float.fromhex("0x1.05aee638183aep+0"), "within": mp.mpf(2) ** -58, "degree": 7}}),
    Recipe("expm1", exp_minus_1, {32: {"degree": 4, "fixed": ()}, 64: {"degree": 10, "fixed": (0.5,)}}),
    Recipe("log1p", log1p, {32: {"degree": 3}, 64: {"degree": 9}}),
    Recipe("tanh", tanh, {32: {"last": "9.02", "rate": "0.91416", "bend": "0.00922", "first": "0.89", "degree": 5}}),
    Recipe("tanhshrink", tanhshrink, {32: {"degree": 6, "last": 0.6875}, 64: {"degree": 14, "last": 0.6875}}),
    Recipe("mills", mills, {64: {"degree": 22}}),
    Recipe("density", density, {32: {}, 64: {}}),
    Recipe("gelu", gelu, {32: {"last": 14.625, "shift": 0.84375, "s": 0.45119979977607727, "degree": (5, 5),
                               "slope_s": 0.5304279923439026, "slope_degree": (4, 4), "within": 2 ** -29}}),
    Recipe("selu", selu, {32: {}, 64: {}}),
    Recipe("quick_gelu", quick_gelu, {32: {}, 64: {}}),
    Recipe("gelu_tanh", gelu_tanh, {32: {}, 64: {}}),
    Recipe("hardsigmoid", hardsigmoid, {32: {}, 64: {}}),
]


def main(arguments):
    check = "--check" in arguments
    wanted = [a for a in arguments if a != "--check"]
    unknown = set(wanted) - {recipe.name for recipe in RECIPES}
    if unknown:
        return f"tables.py: no table is called {', '.join(sorted(unknown))}; there are {', '.join(r.name for r in RECIPES)}"
    differ = False
    for recipe in RECIPES:
        if wanted and recipe.name not in wanted:
            continue
        path, text = FOLDER / f"{recipe.name}.h", recipe.text()
        if not check:
            path.write_text(text, encoding="utf-8")
            continue
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        for line in difflib.unified_diff(there.splitlines(), text.splitlines(), f"{path} as it is", "as made", lineterm="", n=0):
            differ = True
            print(line)
    return int(differ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

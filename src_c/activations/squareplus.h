/* SPDX-License-Identifier: BSD-3-Clause */
/* (x + sqrt(x^2 + b)) / 2: softplus's shape without an exponential. */
#ifdef FORMULAS_FLOAT
/* Plain arithmetic neither overflows nor loses bits for |x| <= FAR and b within [1 / B, B]; the rest is scaled. */
#if LANE_BITS == 32
#define FR_SQUAREPLUS_FAR 0x1p40f
#define FR_SQUAREPLUS_B 0x1p40f
#define FR_SQUAREPLUS_1_B 0x1p-40f
#define FR_SQUAREPLUS_SMALL 0x1p-60f /* so small a numerator is divided 2^64 times as large */
#define FR_SQUAREPLUS_UP 0x1p64f
#define FR_SQUAREPLUS_DOWN 0x1p-64f
#define FR_SQUAREPLUS_MIN 0x1p-126f
#define FR_SQUAREPLUS_MAX 0x1p126f
#define FR_SQUAREPLUS_BIAS 127
#define FR_SQUAREPLUS_SHIFT 23
#else
#define FR_SQUAREPLUS_FAR 0x1p300
#define FR_SQUAREPLUS_B 0x1p300
#define FR_SQUAREPLUS_1_B 0x1p-300
#define FR_SQUAREPLUS_SMALL 0x1p-500
#define FR_SQUAREPLUS_UP 0x1p512
#define FR_SQUAREPLUS_DOWN 0x1p-512
#define FR_SQUAREPLUS_MIN 0x1p-1022
#define FR_SQUAREPLUS_MAX 0x1p1022
#define FR_SQUAREPLUS_BIAS 1023
#define FR_SQUAREPLUS_SHIFT 52
#endif
/* a^2 + b = square + low, and its root S + rest / (2 S). */
typedef struct {
    vec square, low, root, rest;
} LOCAL(squareplus_root);
FORCE_INLINE LOCAL(squareplus_root) LOCAL(squareplus_root_of)(vec a, vec b)
{
    LOCAL(squareplus_root) s;
    vec h = v_mul(a, a);
    s.square = v_add(h, b);
    s.low = v_add(v_sub(v_min(h, b), v_sub(s.square, v_max(h, b))), v_fms(a, a, h));
    s.root = v_sqrt(s.square);
    s.rest = v_add(v_fnma(s.root, s.root, s.square), s.low);
    return s;
}
/* numerator / (high + low), the quotient by high given by its approximate inverse. */
FORMULA(squareplus_divide)(vec numerator, vec high, vec low, vec inverse)
{
    vec quotient = v_mul(numerator, inverse);
    vec rest = v_fnma(quotient, low, v_fnma(quotient, high, numerator));
    return v_fma(rest, inverse, quotient);
}
/* first = (a + S) / 2, right of zero the value, and second = numerator / (a + S), which with b / 2 is the value left of zero:
 * nothing cancels. One division serves both: 1 / S is (a + S) times 1 / (S (a + S)). */
FORMULA_PAIR(squareplus_sides)(vec a, vec b, vec numerator)
{
    LOCAL(squareplus_root) s = LOCAL(squareplus_root_of)(a, b);
    vec sum = v_add(a, s.root);
    if (!COMPENSATED) return (PAIR){v_mul(v_set(0.5f), sum), v_div(numerator, sum)};
    vec inverse = v_div(v_set(1), v_mul(s.root, sum));
    vec half_1_root = v_mul(v_mul(v_set((lane)0.5), sum), inverse);
    vec low = v_fma(s.rest, half_1_root, v_sub(a, v_sub(sum, s.root)));
    PAIR sides = {v_mul(v_set((lane)0.5), v_add(sum, low)),
                  LOCAL(squareplus_divide)(numerator, sum, low, v_mul(s.root, inverse))};
    return sides;
}
/* numerator / (S (S + a)): with b / 2 the derivative left of zero. S (S + a) is the square and a S, whose errors are known. */
FORMULA(squareplus_slope)(vec a, vec b, vec numerator)
{
    LOCAL(squareplus_root) s = LOCAL(squareplus_root_of)(a, b);
    vec product = v_mul(a, s.root), high = v_add(s.square, product);
    if (!COMPENSATED) return v_div(numerator, high);
    vec low = v_add(v_add(v_sub(product, v_sub(high, s.square)), v_fms(a, s.root, product)), s.low);
    vec inverse = v_div(v_set(1), high);
    vec half_a_root = v_mul(v_mul(v_mul(v_set((lane)0.5), a), v_add(s.root, a)), inverse);
    return LOCAL(squareplus_divide)(numerator, high, v_fma(s.rest, half_a_root, low), inverse);
}

/* For any x and b: a and b times a power of two and its square that bring the larger of a and sqrt b near 1. The numerators b / 2
 * are scaled once (for the value) or twice (for the slope), then up by `up` where they are small, which the result undoes in one
 * rounding. */
typedef struct {
    vec a, b, once, scale, unscale;
} LOCAL(squareplus_scaled);
FORCE_INLINE LOCAL(squareplus_scaled) LOCAL(squareplus_scaled_of)(vec x, vec b)
{
    LOCAL(squareplus_scaled) s;
    vec a = v_min(v_set(FR_LARGEST), v_abs(x)), larger = v_max(v_sqrt(v_abs(b)), a);
    larger = v_min(v_set(FR_SQUAREPLUS_MAX), v_max(v_set(FR_SQUAREPLUS_MIN), larger));
    ivec exponent = i_shr(v_bits(larger), FR_SQUAREPLUS_SHIFT);
    s.scale = v_frombits(i_shl(i_sub(i_set(2 * FR_SQUAREPLUS_BIAS), exponent), FR_SQUAREPLUS_SHIFT));
    s.unscale = v_frombits(i_shl(exponent, FR_SQUAREPLUS_SHIFT));
    s.a = v_mul(a, s.scale);
    s.once = v_mul(b, s.scale);
    s.b = v_mul(s.once, s.scale);
    return s;
}
FORMULA(squareplus_any)(vec x, vec b)
{
    LOCAL(squareplus_scaled) s = LOCAL(squareplus_scaled_of)(x, b);
    mask small = v_lt(v_abs(s.once), v_set(FR_SQUAREPLUS_SMALL));
    vec half = v_mul(v_set((lane)0.5), v_where(small, v_mul(s.once, v_set(FR_SQUAREPLUS_UP)), s.once));
    PAIR sides = LOCAL(squareplus_sides)(s.a, s.b, half);
    vec left = v_mul(sides.second, v_where(small, v_set(FR_SQUAREPLUS_DOWN), v_set(1)));
    vec y = v_where(v_lt(x, v_set(0)), left, v_mul(sides.first, s.unscale));
    y = v_where(m_or(v_eq(x, v_set(-FR_INFINITY)), m_and(v_eq(x, v_set(0)), v_eq(b, v_set(0)))), v_set(0), y);
    return v_where(m_or(v_eq(x, v_set(FR_INFINITY)), v_eq(b, v_set(FR_INFINITY))), v_set(FR_INFINITY), y);
}
FORMULA(squareplus_backward_any)(vec x, vec b)
{
    LOCAL(squareplus_scaled) s = LOCAL(squareplus_scaled_of)(x, b);
    mask small = v_lt(v_abs(s.b), v_set(FR_SQUAREPLUS_SMALL));
    vec half = v_mul(v_set((lane)0.5), v_where(small, v_mul(v_mul(s.once, v_set(FR_SQUAREPLUS_UP)), s.scale), s.b));
    vec slope = LOCAL(squareplus_slope)(s.a, s.b, half);
    slope = v_mul(slope, v_where(small, v_set(FR_SQUAREPLUS_DOWN), v_set(1)));
    slope = v_where(v_lt(x, v_set(0)), slope, v_sub(v_set(1), slope));
    slope = v_where(m_and(v_eq(b, v_set(FR_INFINITY)), v_lt(v_abs(x), v_set(FR_INFINITY))), v_set((lane)0.5), slope);
    mask zero = m_or(v_eq(x, v_set(-FR_INFINITY)), m_and(v_le(x, v_set(0)), v_eq(b, v_set(0))));
    return v_where(zero, v_set(0), v_where(v_eq(x, v_set(FR_INFINITY)), v_set(1), slope));
}

FORCE_INLINE int LOCAL(squareplus_extreme)(vec a, vec b)
{
    mask ordinary_b = m_and(v_le(v_set(FR_SQUAREPLUS_1_B), b), v_le(b, v_set(FR_SQUAREPLUS_B)));
    return m_any(m_or(v_lt(v_set(FR_SQUAREPLUS_FAR), a), m_not(ordinary_b)));
}
#ifdef NARROW
/* squareplus_slope_short, for b = 4 and near 0 */
#if FR_DIGITS == 11
#define FR_SQUAREPLUS_SLOPE_SHORT 10.5f
static const float squareplus_slope_short[5][16] = {
    {-0x1.0a04a6p-10f, -0x1.1e86e8p-9f, -0x1.31da9ap-11f, 0x1.a7d4fap-13f, 0x1.db6716p-13f, 0x1.1bef42p-13f, 0x1.2f88p-14f,
     0x1.419632p-15f, 0x1.5e3358p-16f, 0x1.8c0c08p-17f, 0x1.d02da4p-18f, 0x1.19d616p-18f, 0x1.62802ep-19f, 0x1.ca22eap-20f,
     0x1.2fbb8ep-20f, 0x1.a0e04ep-21f},
    {0x1.5681bep-7f, 0x1.df2376p-9f, -0x1.20a30ap-9f, -0x1.52b63ap-9f, -0x1.a9a414p-10f, -0x1.d72884p-11f, -0x1.028616p-11f,
     -0x1.23c4bp-12f, -0x1.5618f2p-13f, -0x1.a11cbap-14f, -0x1.07c574p-14f, -0x1.58cfaap-15f, -0x1.d04bc2p-16f,
     -0x1.40f424p-16f, -0x1.c63cc6p-17f, -0x1.48a7c8p-17f},
    {-0x1.11f922p-14f, 0x1.75e43cp-6f, 0x1.7940a4p-6f, 0x1.e8dea2p-7f, 0x1.195d26p-7f, 0x1.41f8f6p-8f, 0x1.7c247ap-9f,
     0x1.d3851p-10f, 0x1.2b60ap-10f, 0x1.8de38cp-11f, 0x1.113fc8p-11f, 0x1.824cbep-12f, 0x1.180e48p-12f, 0x1.9f2f88p-13f,
     0x1.39d7b4p-13f, 0x1.e2c066p-14f},
    {-0x1.5eadd4p-3f, -0x1.28f278p-3f, -0x1.89e434p-4f, -0x1.dbfbf4p-5f, -0x1.1f859ap-5f, -0x1.67ce7ep-6f, -0x1.d62b3ep-7f,
     -0x1.402b8ap-7f, -0x1.c457fcp-8f, -0x1.49d3d6p-8f, -0x1.ee3e56p-9f, -0x1.7b0f2ap-9f, -0x1.28a36ap-9f, -0x1.d87a16p-10f,
     -0x1.7e13c2p-10f, -0x1.3929cap-10f},
    {0x1.000002p-1f, 0x1.5a1da4p-2f, 0x1.bd5974p-3f, 0x1.22346ap-3f, 0x1.89db66p-4f, 0x1.177e82p-4f, 0x1.9cfe82p-5f,
     0x1.3bb762p-5f, 0x1.f0969p-6f, 0x1.8fdb7ep-6f, 0x1.48628ep-6f, 0x1.123816p-6f, 0x1.d08706p-7f, 0x1.8e4b4cp-7f,
     0x1.5925d2p-7f, 0x1.2de228p-7f}};
#else
#define FR_SQUAREPLUS_SLOPE_SHORT 8
static const float squareplus_slope_short[4][16] = {
    {0x1.6d883ap-8f, 0x1.7fda34p-9f, -0x1.47648p-11f, -0x1.a9a524p-10f, -0x1.5a096ap-10f, -0x1.bd4478p-11f, -0x1.0ef806p-11f,
     -0x1.4899f4p-12f, -0x1.92afb4p-13f, -0x1.007b2cp-13f, -0x1.4bc7eep-14f, -0x1.b8dfbap-15f, -0x1.2f9a4ep-15f,
     -0x1.ab8dd8p-16f, -0x1.49e0c8p-16f},
    {0x1.c508cap-14f, 0x1.cea1a4p-7f, 0x1.18926ep-6f, 0x1.b1c9f4p-7f, 0x1.1cdd86p-7f, 0x1.651efep-8f, 0x1.c0c36cp-9f,
     0x1.2056p-9f, 0x1.7ccbbep-10f, 0x1.02e99ap-10f, 0x1.69e052p-11f, 0x1.0318f4p-11f, 0x1.7b922cp-12f, 0x1.1baa98p-12f,
     0x1.ae04ecp-13f},
    {-0x1.2498ecp-3f, -0x1.041058p-3f, -0x1.7efe22p-4f, -0x1.001dd4p-4f, -0x1.4e2cdap-5f, -0x1.b96a4cp-6f, -0x1.2b6c62p-6f,
     -0x1.a2b23cp-7f, -0x1.2d7108p-7f, -0x1.bdc57ep-8f, -0x1.51872ap-8f, -0x1.04f84ap-8f, -0x1.9b0af8p-9f, -0x1.490046p-9f,
     -0x1.0b2554p-9f},
    {0x1.000008p-1f, 0x1.73594ap-2f, 0x1.01fb2ap-2f, 0x1.6596fep-3f, 0x1.fab826p-4f, 0x1.7235cp-4f, 0x1.16faa4p-4f,
     0x1.b06c86p-5f, 0x1.576b22p-5f, 0x1.16821ap-5f, 0x1.cbe95p-6f, 0x1.81a1acp-6f, 0x1.47aep-6f, 0x1.19aceep-6f,
     0x1.e92f6cp-7f}};
#endif
#endif
#if FR_TABLED
/* squareplus_short, for b = 4 and near 0 */
#if FR_DIGITS == 11
#define FR_SQUAREPLUS_SHORT 6.1875f
static const float squareplus_short[4][32] = {
    {-0x1.c536a4p-17f, -0x1.8ec6eap-15f, -0x1.7bcf8ap-14f, -0x1.f839f2p-14f, -0x1.2101fap-13f, -0x1.2bd1a2p-13f,
     -0x1.236478p-13f, -0x1.0eaf4p-13f, -0x1.e6fd42p-14f, -0x1.ac2e08p-14f, -0x1.72b12ap-14f, -0x1.3dad2p-14f,
     -0x1.0e8c8ep-14f, -0x1.cb4a38p-15f, -0x1.85b11ep-15f, -0x1.4a7bc6p-15f, -0x1.18ac1p-15f, -0x1.de2c6cp-16f,
     -0x1.982224p-16f, -0x1.5d7136p-16f, -0x1.2c6cbp-16f, -0x1.02fc78p-16f, -0x1.bfd1b4p-17f, -0x1.848e76p-17f,
     -0x1.52cb5cp-17f, -0x1.286c8ep-17f, -0x1.043a28p-17f, -0x1.ca6692p-18f, -0x1.948cc4p-18f, -0x1.662436p-18f,
     -0x1.3e6254p-18f, -0x1.24d108p-18f},
    {0x1.48018ep-8f, 0x1.42a364p-8f, 0x1.34cfp-8f, 0x1.1fd99ep-8f, 0x1.063c2p-8f, 0x1.d4eff2p-9f, 0x1.9d457ap-9f,
     0x1.686cf2p-9f, 0x1.3827a8p-9f, 0x1.0d3e78p-9f, 0x1.cf9ffcp-10f, 0x1.8f24b8p-10f, 0x1.58109ep-10f, 0x1.293abp-10f,
     0x1.018032p-10f, 0x1.bfa13p-11f, 0x1.86715cp-11f, 0x1.55d264p-11f, 0x1.2c6128p-11f, 0x1.08f1e4p-11f, 0x1.d51bc8p-12f,
     0x1.a0cb32p-12f, 0x1.739df8p-12f, 0x1.4c730ep-12f, 0x1.2a6226p-12f, 0x1.0ca57ep-12f, 0x1.e532c4p-13f, 0x1.b76a08p-13f,
     0x1.8f0c8ap-13f, 0x1.6b5688p-13f, 0x1.4ba874p-13f, 0x1.2f4cdep-13f},
    {-0x1.999a4ep-4f, -0x1.70d832p-4f, -0x1.494554p-4f, -0x1.23e724p-4f, -0x1.017a7ap-4f, -0x1.c4d7bap-5f, -0x1.8db9a6p-5f,
     -0x1.5d6b74p-5f, -0x1.33732ap-5f, -0x1.0f2f22p-5f, -0x1.dfe056p-6f, -0x1.aa150ep-6f, -0x1.7bbf1p-6f, -0x1.53c3d2p-6f,
     -0x1.312dd8p-6f, -0x1.132b36p-6f, -0x1.f21446p-7f, -0x1.c469f6p-7f, -0x1.9c5c86p-7f, -0x1.791996p-7f, -0x1.59f0ep-7f,
     -0x1.3e4e7ep-7f, -0x1.25b60ep-7f, -0x1.0fbebp-7f, -0x1.f81f84p-8f, -0x1.d4bc34p-8f, -0x1.b4d382p-8f, -0x1.97f83cp-8f,
     -0x1.7dccdap-8f, -0x1.6600eep-8f, -0x1.504f24p-8f, -0x1.3c7b9ep-8f},
    {0x1p0f, 0x1.cf5a8ep-1f, 0x1.a3bd58p-1f, 0x1.7cf198p-1f, 0x1.5aa412p-1f, 0x1.3c6ef4p-1f, 0x1.21e3b4p-1f, 0x1.0a935cp-1f,
     0x1.ec28eap-2f, 0x1.c80d14p-2f, 0x1.a82798p-2f, 0x1.8be2aap-2f, 0x1.72bd36p-2f, 0x1.5c48ecp-2f, 0x1.4827fcp-2f,
     0x1.360adp-2f, 0x1.25ade8p-2f, 0x1.16d7fcp-2f, 0x1.095854p-2f, 0x1.fa0aep-3f, 0x1.e3779ap-3f, 0x1.ceb9fap-3f,
     0x1.bb9d9ap-3f, 0x1.a9f536p-3f, 0x1.99999ap-3f, 0x1.8a68a4p-3f, 0x1.7c449p-3f, 0x1.6f134ap-3f, 0x1.62bde4p-3f,
     0x1.57302ap-3f, 0x1.4c583ap-3f, 0x1.42263cp-3f}};
#else
#define FR_SQUAREPLUS_SHORT 8
static const float squareplus_short[3][32] = {
    {0x1.10441ap-7f, 0x1.09b836p-7f, 0x1.ee8bd8p-8f, 0x1.b9c2aap-8f, 0x1.7ecdf2p-8f, 0x1.43de44p-8f, 0x1.0dffa4p-8f,
     0x1.be920ap-9f, 0x1.7033e2p-9f, 0x1.2fc2c2p-9f, 0x1.f6bd42p-10f, 0x1.a1e906p-10f, 0x1.5d574cp-10f, 0x1.25c0ep-10f,
     0x1.f12292p-11f, 0x1.a73dbp-11f, 0x1.6a8e64p-11f, 0x1.36fc4p-11f, 0x1.0ea948p-11f, 0x1.d5ad58p-12f, 0x1.99a94cp-12f,
     0x1.69e7bp-12f, 0x1.41159cp-12f, 0x1.1c036ep-12f, 0x1.f88d82p-13f, 0x1.c500c8p-13f, 0x1.9819e4p-13f, 0x1.6e8f34p-13f,
     0x1.4a5822p-13f, 0x1.2c6e76p-13f, 0x1.11f7fp-13f, 0x1.fd4fb2p-14f},
    {-0x1.083fe8p-3f, -0x1.ccfb58p-4f, -0x1.8ca108p-4f, -0x1.51f134p-4f, -0x1.1e564cp-4f, -0x1.e467aap-5f, -0x1.9a50ep-5f,
     -0x1.5cd536p-5f, -0x1.2a1702p-5f, -0x1.003bcp-5f, -0x1.bb6bb6p-6f, -0x1.821956p-6f, -0x1.52647p-6f, -0x1.2a5b2p-6f,
     -0x1.08a1fap-6f, -0x1.d7f6d6p-7f, -0x1.a717bep-7f, -0x1.7d0ccap-7f, -0x1.58c46cp-7f, -0x1.39463cp-7f, -0x1.1db81p-7f,
     -0x1.059074p-7f, -0x1.e08684p-8f, -0x1.bad274p-8f, -0x1.993bbp-8f, -0x1.7b457p-8f, -0x1.606a52p-8f, -0x1.484748p-8f,
     -0x1.32773ep-8f, -0x1.1ebcb6p-8f, -0x1.0cd2dp-8f, -0x1.f8e6dap-9f},
    {0x1.fffffcp-1f, 0x1.c22e36p-1f, 0x1.8ca54p-1f, 0x1.5ed416p-1f, 0x1.37ea7ap-1f, 0x1.16fc7p-1f, 0x1.f63df2p-2f,
     0x1.c6f5aep-2f, 0x1.9eaa3cp-2f, 0x1.7c21aep-2f, 0x1.5e59c4p-2f, 0x1.44807p-2f, 0x1.2debacp-2f, 0x1.1a1204p-2f,
     0x1.088418p-2f, 0x1.f1cebcp-3f, 0x1.d5e3bp-3f, 0x1.bccd98p-3f, 0x1.a627ccp-3f, 0x1.919f1ap-3f, 0x1.7eed9p-3f,
     0x1.6dd87ap-3f, 0x1.5e2e4ap-3f, 0x1.4fc4d8p-3f, 0x1.427804p-3f, 0x1.3628cap-3f, 0x1.2abc7ap-3f, 0x1.201beap-3f,
     0x1.1632dep-3f, 0x1.0cefaep-3f, 0x1.0442ep-3f, 0x1.f83d9ep-4f}};
#endif
FORMULA(squareplus_short_value)(vec x)
{
    const int32_t degree = FR_DIGITS == 11 ? 3 : 2;
    const lane steps = FR_DIGITS == 11 ? 5 : 3.875f;
    vec rest = LOCAL(short_value)(LOCAL(short_piece_at)(squareplus_short[0], 32, degree, steps, 0, FR_SQUAREPLUS_SHORT, x));
    return v_add(v_max(v_set(0), x), rest);
}
#endif
FORMULA(squareplus)(vec x, PARAMS)
{
    vec a = v_abs(x), b = p[0];
#if FR_TABLED
    if (FR_LIKELY(m_all(m_and(v_eq(b, v_set(4)), v_le(a, v_set(FR_SQUAREPLUS_SHORT)))))) return LOCAL(squareplus_short_value)(x);
#endif
    if (LOCAL(squareplus_extreme)(a, b)) return LOCAL(squareplus_any)(x, b);
    PAIR sides = LOCAL(squareplus_sides)(a, b, v_mul(v_set((lane)0.5), b));
    return v_where(v_lt(x, v_set(0)), sides.second, sides.first);
}
FORMULA(squareplus_slope_of)(vec x, vec b)
{
    vec a = v_abs(x);
    if (LOCAL(squareplus_extreme)(a, b)) return LOCAL(squareplus_backward_any)(x, b);
    vec slope = LOCAL(squareplus_slope)(a, b, v_mul(v_set((lane)0.5), b));
    return v_where(v_lt(x, v_set(0)), slope, v_sub(v_set(1), slope));
}
FORMULA(squareplus_backward)(vec dy, vec x, PARAMS)
{
#ifdef NARROW
    if (FR_LIKELY(m_all(v_eq(p[0], v_set(4))))) {
        const int32_t degree = FR_DIGITS == 11 ? 4 : 3;
        const lane steps = FR_DIGITS == 11 ? 1.46f : 1.75f, last = FR_SQUAREPLUS_SLOPE_SHORT;
        mask far = v_lt(v_set(last), v_abs(x));
        vec slope = LOCAL(short_slope)(LOCAL(short_piece_at)(squareplus_slope_short[0], 16, degree, steps, 0, last, x), x);
        if (!FR_LIKELY(!m_any(far))) slope = v_where(far, LOCAL(squareplus_slope_of)(x, v_set(4)), slope);
        return v_mul(dy, slope);
    }
#endif
    return v_mul(dy, LOCAL(squareplus_slope_of)(x, p[0]));
}
FORMULA(squareplus_backward_from_output)(vec dy, vec y, PARAMS)
{
    vec a = v_abs(y), b = p[0];
    /* y (y / (y^2 + b / 4)): with this order a tiny y underflows at the end only, and needs no scaling. */
    if (LOCAL(squareplus_extreme)(a, b)) {
        LOCAL(squareplus_scaled) s = LOCAL(squareplus_scaled_of)(v_mul(v_set(2), v_min(v_set(FR_LARGEST / 4), a)), b);
        vec slope = v_mul(s.a, v_div(s.a, v_add(v_mul(s.a, s.a), s.b)));
        slope = v_where(v_eq(a, v_set(FR_INFINITY)), v_set(1), v_where(v_eq(a, v_set(0)), v_set(0), slope));
        return v_mul(dy, slope);
    }
    return v_mul(dy, v_mul(a, v_div(a, v_fma(v_set((lane)0.25), b, v_mul(a, a)))));
}
#endif

KERNEL(NEARLY_AT_4, squareplus, 1, 1, 1)
KERNEL(PROVEN_AT_4, squareplus_backward, 2, 1, 1)
KERNEL(OF_OUTPUT_AT_4, squareplus_backward_from_output, 2, 1, 1)
ACTIVATION(
    .name = "squareplus",
    .title = "squareplus",
    .formula = "where(x < 0, b / (2 * (sqrt(x * x + b) - minimum(x, 0))), (x + sqrt(x * x + b)) / 2)",
    .derivative = "where(x < 0, b / (2 * sqrt(x * x + b) * (sqrt(x * x + b) - minimum(x, 0))), (1 + x / sqrt(x * x + b)) / 2)",
    .derivative_from_output = "y * y / (y * y + b / 4)",
    .params = {{"b", 4, 0, "how round the corner is; not negative, 0 is ReLU"}},
    .notes = "x * x does not overflow. With b = 0 the derivative at 0 is 0, as that of ReLU.",
    .source = "Barron, Squareplus: a softplus-like algebraic rectifier, 2021",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "np.multiply(x, x, out=t); t += b; np.sqrt(t, out=t); t += x; np.multiply(t, 0.5, out=out)",
    .numpy_backward = "np.multiply(x, x, out=t); t += b; np.sqrt(t, out=t); np.divide(x, t, out=t); t += 1; t *= 0.5; "
                      "np.multiply(dy, t, out=out)",
    .numpy_backward_from_output = "np.multiply(y, y, out=t); np.divide(t, t + b / 4, out=t); np.multiply(dy, t, out=out)")

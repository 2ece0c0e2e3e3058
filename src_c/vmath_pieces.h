/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions whose values come from register tables of short polynomials (float32), and the normal distribution's tail. Included by
 * kernels.h behind vmath.h; all coefficients come from coefficients.py. */

#if LANE_BITS == 32
/* f(x) in pieces. Piece i is where x (beta - k x) rounds to i: its edges lie on a parabola, which spreads them as the function
 * needs and takes three operations. There f(x) = slope * x + (constant + t q(t)), t = x - centre. One of slope and constant is 0
 * and the other holds most of f, without error: it is the slope where f is nearly proportional to x (about a root at 0 above all),
 * the constant elsewhere, and the centre was sought where it is a float but for 2^-29 of it. So the rounding of q, which is of
 * lower order, hardly counts, and the result is rounded once.
 *
 * A table's rows: centre, constant, q's coefficients, the highest first, and the slope where not 0 everywhere. `entries` are
 * looked up of the `width` of a row. */
FORMULA(table_row)(const float *table, int width, int entries, int row, ivec at)
{
    table += width * row;
    return entries == 8 ? v_lut8(table, at) : entries == 16 ? v_lut16(table, at) : v_lut32(table, at);
}
/* first + second = constant + t q(t); second is what the rounding of the first cut. */
FORMULA_PAIR(piece_rest)(const float *table, int width, int entries, int degree, vec x, ivec at, int low)
{
    vec t = v_sub(x, LOCAL(table_row)(table, width, entries, 0, at)), q = LOCAL(table_row)(table, width, entries, 2, at);
    vec constant = LOCAL(table_row)(table, width, entries, 1, at);
    for (int row = 3; row < 3 + degree; row++) q = v_fma(q, t, LOCAL(table_row)(table, width, entries, row, at));
    PAIR rest = {v_fma(t, q, constant), v_set(0)};
    if (low) rest.second = v_fma(t, q, v_sub(constant, rest.first));
    return rest;
}

#ifdef NARROW
#ifndef HAS_SHORTCUTS
/* a less the nearest multiple of 1 / steps, a power of 2. */
FORCE_INLINE vec v_remainder(vec a, int steps)
{
    const vec round = v_set(FR_ROUND / (lane)steps);
    return v_sub(a, v_sub(v_add(a, round), round));
}
/* |a| up to `most`, which it is for a quiet NaN; of a signalling one it may be either. */
FORCE_INLINE vec v_abs_up_to(vec most, vec a) { return v_min(v_abs(a), most); }
/* c where x is negative, else 1 - c. */
FORCE_INLINE vec v_complement_right(vec x, vec c) { return v_where(v_lt(x, v_set(0)), c, v_sub(v_set(1), c)); }
#endif
/* f(x) of a 16-bit type by up to 32 polynomials in a = |x| that are not the nearest to f but such that every input rounds right
 * (after Lim & Nagarakatte, RLIBM-32, 2021; short_pieces in coefficients.py, with the forms below). Nothing is to be looked at then,
 * and there is no division, exponential, or other way for some lanes.
 *
 * Piece i is where a (steps - bend a) rounds to i; there f is made of constant + t q(t), t being a less the piece's centre, times
 * `steps` where that is not a power of 2 and there is no bend. With a bend the centres are the table's first row; the others are
 * coefficients, the highest first. a is at most `last`, from where on nothing changes; in tables of numbers of both signs i counts
 * modulo the entries. Negative `steps`, no power of 2, are for -a. */
typedef struct {
    vec t, q, constant;
} LOCAL(short_piece);
FORCE_INLINE LOCAL(short_piece) LOCAL(short_piece_of)(const float *table, int entries, int degree, lane steps, lane bend, vec a)
{
    const int32_t whole = (int32_t)steps, is_power = whole > 0 && steps == (lane)whole && (whole & (whole - 1)) == 0;
    const vec round = v_set(is_power && bend == 0 ? FR_ROUND / steps : FR_ROUND);
    const int width = entries == 8 ? FR_TABLE8 : entries;
    LOCAL(short_piece) piece;
    vec at;
    if (bend != 0) {
        at = v_fma(a, v_fnma(a, v_set(bend), v_set(steps)), round);
        piece.t = v_sub(a, LOCAL(table_row)(table, width, entries, 0, v_bits(at)));
        table += width;
    } else if (is_power) {
        at = v_add(a, round);
        piece.t = v_remainder(a, whole);
    } else {
        at = v_fma(a, v_set(steps), round);
        piece.t = v_fms(a, v_set(steps), v_sub(at, round));
    }
    piece.q = LOCAL(table_row)(table, width, entries, 0, v_bits(at));
    for (int row = 1; row < degree; row++)
        piece.q = v_fma(piece.q, piece.t, LOCAL(table_row)(table, width, entries, row, v_bits(at)));
    piece.constant = LOCAL(table_row)(table, width, entries, degree, v_bits(at));
    return piece;
}
FORCE_INLINE LOCAL(short_piece)
    LOCAL(short_piece_at)(const float *table, int entries, int degree, lane steps, lane bend, lane last, vec x)
{
    return LOCAL(short_piece_of)(table, entries, degree, steps, bend, v_min(v_set(last), v_abs(x)));
}
FORMULA(short_value)(LOCAL(short_piece) piece) { return v_fma(piece.t, piece.q, piece.constant); }
/* max(x, 0) + a f(x), f negative and a = v_abs_up_to(last, x); nearer to x / 2 on the side where its midpoints should go: see
 * FR_OFF_HALF. */
FORMULA(short_gate)(LOCAL(short_piece) piece, vec a, vec x)
{
    const vec above = v_max(v_set(0), x);
    if (FR_DIGITS == 8) return v_fma(a, LOCAL(short_value)(piece), above);
    /* The sign is that of a zero, too. */
    return LOCAL(signed_as)(v_fma(v_sub(a, v_set(FR_OFF_HALF)), LOCAL(short_value)(piece), above), x);
}
/* f(x) to the left, 1 - f(x) to the right. */
FORMULA(short_slope)(LOCAL(short_piece) piece, vec x)
{
    vec constant = v_complement_right(x, piece.constant);
    return v_fnma(LOCAL(times_sign)(piece.t, x), piece.q, constant);
}

/* 1 / (1 + e^-(sign x)): logistic_short. float16's is 0 from 20 on; bfloat16's, of -x, has become very small at 10.3125, but not 0. */
#if FR_DIGITS == 11
static const float logistic_short[5][32] = {
    {-0x1.46af56p-12f, -0x1.023a7p-10f, -0x1.90d67ap-11f, -0x1.668b06p-13f, 0x1.e78ac2p-14f, 0x1.3e47a6p-13f, 0x1.cc2f4ep-14f,
     0x1.149eb6p-14f,  0x1.32faep-15f,  0x1.47445ap-16f,  0x1.5648dap-17f,  0x1.643092p-18f, 0x1.6fa0e6p-19f, 0x1.7ac124p-20f,
     0x1.84e744p-21f,  0x1.8f2262p-22f, 0x1.996b66p-23f,  0x1.a3f982p-24f,  0x1.b068c2p-25f, 0x1.bd3118p-26f, 0x1.c8832ap-27f,
     0x1.d433aep-28f,  0x1.e0194cp-29f, 0x1.ec633cp-30f,  0x1.fafe34p-31f,  0x1.05052ep-31f, 0x1.0ca388p-32f, 0x1.126a24p-33f,
     0x1.185086p-34f,  0x1.20ad9ep-35f, -0x1.b8245p-27f},
    {0x1.9c69b4p-8f,   0x1.f1686cp-9f,   -0x1.49eb8ap-15f, -0x1.ef6feap-10f, -0x1.f1b09cp-10f, -0x1.590274p-10f, -0x1.9a6734p-11f,
     -0x1.c5cd86p-12f, -0x1.e3e946p-13f, -0x1.fa8e88p-14f, -0x1.06a694p-14f, -0x1.0ef25cp-15f, -0x1.170d9p-16f,  -0x1.1ee704p-17f,
     -0x1.26d8ap-18f,  -0x1.2ecffp-19f,  -0x1.3709e4p-20f, -0x1.3f5bdp-21f,  -0x1.47f45ap-22f, -0x1.50c59p-23f,  -0x1.59dd32p-24f,
     -0x1.6316p-25f,   -0x1.6caafap-26f, -0x1.76636cp-27f, -0x1.8072d2p-28f, -0x1.8aa66ep-29f, -0x1.956044p-30f, -0x1.a03c4cp-31f,
     -0x1.ab5fe6p-32f, -0x1.b6b904p-33f, -0x1.f6db2ap-28f},
    {-0x1.1787c6p-16f,
     0x1.065f86p-6f,
     0x1.5e41f2p-6f,
     0x1.232006p-6f,
     0x1.80df96p-7f,
     0x1.c302ccp-8f,
     0x1.effafep-9f,
     0x1.07d352p-9f,
     0x1.13e458p-10f,
     0x1.1df7d6p-11f,
     0x1.271046p-12f,
     0x1.2fb776p-13f,
     0x1.3845d2p-14f,
     0x1.40dc26p-15f,
     0x1.499594p-16f,
     0x1.527d14p-17f,
     0x1.5b9b4ap-18f,
     0x1.64f3cep-19f,
     0x1.6e887ep-20f,
     0x1.785de6p-21f,
     0x1.827924p-22f,
     0x1.8cd8eep-23f,
     0x1.978088p-24f,
     0x1.a27086p-25f,
     0x1.ada904p-26f,
     0x1.b92e1ap-27f,
     0x1.c50394p-28f,
     0x1.d12fbap-29f,
     0x1.ddaf8ap-30f,
     0x1.ea7ddep-31f,
     0},
    {-0x1.55552ep-3f,  -0x1.320becp-3f,  -0x1.c2d166p-4f,  -0x1.1eb59p-4f,   -0x1.4bc524p-5f,  -0x1.6b45c8p-6f,  -0x1.81d786p-7f,
     -0x1.933844p-8f,  -0x1.a1d13ep-9f,  -0x1.af0a9ap-10f, -0x1.bbacb4p-11f, -0x1.c8259cp-12f, -0x1.d4aea2p-13f, -0x1.e16a8cp-14f,
     -0x1.ee6ab4p-15f, -0x1.fbba84p-16f, -0x1.04b00ep-16f, -0x1.0bb086p-17f, -0x1.12e03cp-18f, -0x1.1a40eep-19f, -0x1.21d406p-20f,
     -0x1.299b4p-21f,  -0x1.3197a4p-22f, -0x1.39cb16p-23f, -0x1.4236b4p-24f, -0x1.4adc66p-25f, -0x1.53bd04p-26f, -0x1.5cdaeap-27f,
     -0x1.663774p-28f, -0x1.6fd478p-29f, -0x1.7b9dfap-30f},
    {0x1.000002p-1f,
     0x1.5b62bp-2f,
     0x1.ab3afcp-3f,
     0x1.e8415p-4f,
     0x1.0a1d1ep-4f,
     0x1.1a2cccp-5f,
     0x1.26af9ep-6f,
     0x1.3143e6p-7f,
     0x1.3ae256p-8f,
     0x1.44176cp-9f,
     0x1.4d3068p-10f,
     0x1.565794p-11f,
     0x1.5fa3d2p-12f,
     0x1.692286p-13f,
     0x1.72db5p-14f,
     0x1.7cd32p-15f,
     0x1.870d6ep-16f,
     0x1.918cf6p-17f,
     0x1.9c541p-18f,
     0x1.a764e8p-19f,
     0x1.b2c19ap-20f,
     0x1.be6c48p-21f,
     0x1.ca670ep-22f,
     0x1.d6b41ap-23f,
     0x1.e355a8p-24f,
     0x1.f04dfap-25f,
     0x1.fd9f6p-26f,
     0x1.05a62p-26f,
     0x1.0cab86p-27f,
     0x1.13e13p-28f,
     0}};
FORMULA(logistic)(int sign, vec x)
{
    LOCAL(short_piece) piece = LOCAL(short_piece_at)(logistic_short[0], 32, 4, 1.5f, 0, 20, x);
    return LOCAL(short_slope)(piece, sign > 0 ? x : LOCAL(negated)(x));
}
#else
static const float logistic_short[5][16] = {
    {-0x1.a23feep-13f, -0x1.ccb3eep-8f, -0x1.2bedf8p-12f, 0x1.2ebeb6p-10f, 0x1.3c20a2p-11f, 0x1.da6452p-13f, 0x1.463b2ap-14f,
     0x1.b583bp-16f, 0x1.1d58f2p-17f, 0x1.a502b6p-19f, -0x1.da07fap-14f, -0x1.e70a56p-13f, -0x1.44123ep-11f, -0x1.30b342p-10f,
     0x1.a8e3aep-12f, 0x1.d5dc24p-8f},
    {0x1.c34222p-6f, 0x1.5df6c6p-8f, -0x1.2e547ap-7f, -0x1.8ff7b4p-8f, -0x1.446d28p-9f, -0x1.c834dp-11f, -0x1.335208p-12f,
     -0x1.973934p-14f, -0x1.0c9f7p-15f, -0x1.5eb5ep-17f, -0x1.188b36p-12f, -0x1.c873ecp-11f, -0x1.448da8p-9f, -0x1.9002fcp-8f,
     -0x1.2e3e08p-7f, 0x1.5e931ep-8f},
    {0x1.67fed6p-15f, 0x1.db11dcp-5f, 0x1.66c31ap-5f, 0x1.394132p-6f, 0x1.c58d5p-8f, 0x1.3428acp-9f, 0x1.9a0736p-11f,
     0x1.0ed834p-12f, 0x1.65206ap-14f, 0x1.d5bf58p-16f, -0x1.9c0bbcp-11f, -0x1.33fb2ep-9f, -0x1.c54e78p-8f, -0x1.3939d8p-6f,
     -0x1.66ff7ap-5f, -0x1.db5962p-5f},
    {-0x1.1c6222p-2f, -0x1.a80868p-3f, -0x1.91884p-4f, -0x1.2eb8a2p-5f, -0x1.a1a41ap-7f, -0x1.174bfcp-8f, -0x1.71a9ep-10f,
     -0x1.e79a12p-12f, -0x1.413688p-13f, -0x1.a719acp-15f, -0x1.71c452p-10f, -0x1.174acap-8f, -0x1.a1a2ap-7f, -0x1.2eb85ep-5f,
     -0x1.9188dap-4f, -0x1.a8094cp-3f},
    {0x1.fffff2p-2f, 0x1.fb37d4p-3f, 0x1.907a8p-4f, 0x1.1a2ca2p-5f, 0x1.7c585cp-7f, 0x1.f8c1f8p-9f, 0x1.4d2f7p-10f,
     0x1.b71acap-12f, 0x1.212e4p-13f, 0x1.7cd38cp-15f, 0x1.ff596cp-1f, 0x1.fe073cp-1f, 0x1.fa0e9ap-1f, 0x1.ee5d34p-1f,
     0x1.cdf0ccp-1f, 0x1.81322ep-1f}};
FORMULA(logistic)(int sign, vec x)
{
    const lane last = 10.3125f, least = -6.25f;
    const mask far = sign > 0 ? v_lt(x, v_set(-last)) : v_lt(v_set(last), x);
    vec held = sign > 0 ? v_max(v_set(-last), v_min(v_set(-least), x)) : v_max(v_set(least), v_min(v_set(last), x));
    vec y = LOCAL(short_value)(LOCAL(short_piece_of)(logistic_short[0], 16, 4, (lane)-sign * 0.9f, 0, held));
    return FR_LIKELY(!m_any(far)) ? y : v_where(far, LOCAL(gate_of)(sign, v_set(1), x, x, 0), y);
}
#endif
/* (1 - e^-a) / a, and from where on 1 - e^-a rounds to 1: expm1_short */
#if FR_DIGITS == 11
#define FR_EXPM1_SHORT(sign) 16, 3, sign 1.75f, 0
#define FR_EXPM1_LAST 8.3203125f
static const float expm1_short[4][16] = {
    {-0x1.c840ccp-8f, -0x1.44b1bep-8f, -0x1.a195f6p-9f, -0x1.0dbe0ep-9f, -0x1.6270f8p-10f, -0x1.d76852p-11f, -0x1.3e09dap-11f,
     -0x1.bd07bcp-12f, -0x1.2c3afap-12f, -0x1.a6a668p-13f, -0x1.2dc232p-13f, -0x1.b5a14ap-14f, -0x1.429ca4p-14f, -0x1.e2d9f8p-15f,
     -0x1.6ea548p-15f, -0x1.3d72eep-15f},
    {0x1.bbe212p-5f, 0x1.2522a2p-5f, 0x1.85cafap-6f, 0x1.06b38p-6f, 0x1.67b28p-7f, 0x1.f4a5fep-8f, 0x1.626fa6p-8f, 0x1.febd1cp-9f,
     0x1.769802p-9f, 0x1.179bdap-9f, 0x1.a8a888p-10f, 0x1.47d514p-10f, 0x1.011728p-10f, 0x1.99347ap-11f, 0x1.4a2568p-11f,
     0x1.0be0acp-11f},
    {-0x1.248ce4p-2f, -0x1.9380d6p-3f, -0x1.1bb24ap-3f, -0x1.97216p-4f, -0x1.2a4c44p-4f, -0x1.be68c6p-5f, -0x1.5505c6p-5f,
     -0x1.09c2aep-5f, -0x1.a62f12p-6f, -0x1.554648p-6f, -0x1.185ebcp-6f, -0x1.d37c68p-7f, -0x1.8aee5p-7f, -0x1.519d54p-7f,
     -0x1.23b01ap-7f, -0x1.fcdcbep-8f},
    {0x1.fffffep-1f, 0x1.8602dep-1f, 0x1.3120dep-1f, 0x1.e9c1ap-2f, 0x1.926fc6p-2f, 0x1.51d0cp-2f, 0x1.20fabep-2f, 0x1.f69f2ep-3f,
     0x1.bb5daap-3f, 0x1.8be55cp-3f, 0x1.6537b6p-3f, 0x1.45360ep-3f, 0x1.2a5a38p-3f, 0x1.13874ap-3f, 0x1.ffd402p-4f,
     0x1.ddc694p-4f}};
#else
#define FR_EXPM1_SHORT(sign) 16, 2, sign 2.4f, 0
#define FR_EXPM1_LAST 6.25f
static const float expm1_short[3][16] = {
    {0x1.b7c8eap-6f, 0x1.6030d6p-6f, 0x1.02604ap-6f, 0x1.804d74p-7f, 0x1.218484p-7f, 0x1.b4f45ep-8f, 0x1.4c6356p-8f,
     0x1.006224p-8f, 0x1.8f27dap-9f, 0x1.382b0ep-9f, 0x1.f1330ap-10f, 0x1.8c4faap-10f, 0x1.3ee17cp-10f, 0x1.04fd36p-10f,
     0x1.abd0b2p-11f, 0x1.709312p-11f},
    {-0x1.a9eee8p-3f, -0x1.45677ep-3f, -0x1.f49a12p-4f, -0x1.84f22ap-4f, -0x1.3180f6p-4f, -0x1.e564c8p-5f, -0x1.85e326p-5f,
     -0x1.3ca6b4p-5f, -0x1.0413aap-5f, -0x1.afc668p-6f, -0x1.6a12ap-6f, -0x1.32bfcap-6f, -0x1.063d2ep-6f, -0x1.c46874p-7f,
     -0x1.89843ap-7f, -0x1.5879cap-7f},
    {0x1.ffff4p-1f, 0x1.a2b2d8p-1f, 0x1.5b607cp-1f, 0x1.243e8ap-1f, 0x1.f25838p-2f, 0x1.ae515ap-2f, 0x1.77fa76p-2f,
     0x1.4c1646p-2f, 0x1.283d94p-2f, 0x1.0aa514p-2f, 0x1.e3e606p-3f, 0x1.ba44dap-3f, 0x1.96d716p-3f, 0x1.78699p-3f,
     0x1.5e0eb4p-3f, 0x1.470c34p-3f}};
#endif
/* 1 - e^(sign y) */
FORMULA(one_minus_exp_of)(int sign, vec y)
{
    vec a = v_min(v_set(FR_EXPM1_LAST), v_abs(y));
    vec down = v_mul(a, LOCAL(short_value)(LOCAL(short_piece_of)(expm1_short[0], FR_EXPM1_SHORT(+), a)));
    mask up = sign > 0 ? v_lt(v_set(0), y) : v_lt(y, v_set(0));
    return FR_LIKELY(!m_any(up)) ? down : v_where(up, LOCAL(one_minus_exp_up)(v_abs(y), y, 0), down);
}
/* min(x, -0), at least -last, and -0 for NaN. */
FORMULA(short_fall)(lane last, vec x) { return v_max(v_min(x, v_set(-0.0f)), v_set(-last)); }

#if FR_DIGITS == 11 && FR_TABLED
/* log(1 + e^-a): softplus_short */
static const float softplus_short[5][32] = {
    {-0x1.0f61dap-11f, -0x1.96b89ap-12f, -0x1.4eb6e8p-14f, 0x1.0c47b8p-13f, 0x1.81fc2cp-13f, 0x1.493892p-13f, 0x1.ccb096p-14f,
     0x1.25055ap-14f,  0x1.610b4cp-15f,  0x1.9e06e4p-16f,  0x1.dcec7ap-17f, 0x1.1040fep-17f, 0x1.35d956p-18f, 0x1.5fa326p-19f,
     0x1.8e70b6p-20f,  0x1.c227bep-21f,  0x1.fd53bcp-22f,  0x1.200e2ep-22f, 0x1.447c8p-23f,  0x1.6d8726p-24f, 0x1.9d544cp-25f,
     0x1.d6dda4p-26f,  0x1.0a54ap-26f,   0x1.2d249ap-27f,  0x1.533a7ep-28f, 0x1.7e0328p-29f, 0x1.aff0f8p-30f, 0x1.e86542p-31f,
     0x1.142ec8p-31f,  0x1.38280ep-32f,  0x1.5db7aap-33f,  0x1.fa3636p-34f},
    {-0x1.d0dee8p-16f, -0x1.033744p-9f,  -0x1.7f906ap-9f,  -0x1.6d34c8p-9f,  -0x1.167918p-9f,  -0x1.75f4cp-10f,  -0x1.d25dcap-11f,
     -0x1.16b974p-11f, -0x1.450ec4p-12f, -0x1.75e0bp-13f,  -0x1.aaaabp-14f,  -0x1.e4abb2p-15f, -0x1.129b58p-15f, -0x1.36bb02p-16f,
     -0x1.5f525ap-17f, -0x1.8d0058p-18f, -0x1.c08a84p-19f, -0x1.fab288p-20f, -0x1.1e34a6p-20f, -0x1.4337ecp-21f, -0x1.6d1232p-22f,
     -0x1.9c581cp-23f, -0x1.d1ba62p-24f, -0x1.07019ep-24f, -0x1.291764p-25f, -0x1.4f7f74p-26f, -0x1.7aecdap-27f, -0x1.abf91cp-28f,
     -0x1.e35e48p-29f, -0x1.10e478p-29f, -0x1.345c4cp-30f, -0x1.4e301cp-31f},
    {0x1.4e694cp-5f,  0x1.347b98p-5f,  0x1.ea635p-6f,   0x1.59eb4ep-6f,  0x1.c046d6p-7f,  0x1.12cb28p-7f,  0x1.459462p-8f,
     0x1.79fc6ap-9f,  0x1.b1ad66p-10f, 0x1.ee3434p-11f, 0x1.1880fap-11f, 0x1.3db892p-12f, 0x1.676cep-13f,  0x1.965142p-14f,
     0x1.cb24ecp-15f, 0x1.035d2p-15f,  0x1.24fb46p-16f, 0x1.4aeed8p-17f, 0x1.75cb0ap-18f, 0x1.a6316cp-19f, 0x1.dcd876p-20f,
     0x1.0d4564p-20f, 0x1.301fa8p-21f, 0x1.577cc8p-22f, 0x1.83f3ecp-23f, 0x1.b62cc4p-24f, 0x1.eee35cp-25f, 0x1.177888p-25f,
     0x1.3ba468p-26f, 0x1.647f3p-27f,  0x1.92a976p-28f, 0x1.c81b86p-29f},
    {-0x1.249248p-2f,  -0x1.a65deap-3f,  -0x1.1af90cp-3f,  -0x1.653186p-4f,  -0x1.b0216ap-5f,  -0x1.fc7e5cp-6f,  -0x1.261b98p-6f,
     -0x1.50c7a4p-7f,  -0x1.7f5f4ep-8f,  -0x1.b2eea4p-9f,  -0x1.ec78f6p-10f, -0x1.1681bap-10f, -0x1.3acf7p-11f,  -0x1.63b886p-12f,
     -0x1.91de26p-13f, -0x1.c5f354p-14f, -0x1.00600cp-14f, -0x1.2192aap-15f, -0x1.470ffep-16f, -0x1.7166fp-17f,  -0x1.a13836p-18f,
     -0x1.d7399ap-19f, -0x1.0a1c28p-19f, -0x1.2c8e02p-20f, -0x1.537516p-21f, -0x1.7f656p-22f,  -0x1.b1057ep-23f, -0x1.e911f8p-24f,
     -0x1.142fd4p-24f, -0x1.37ef9cp-25f, -0x1.604f78p-26f, -0x1.8dd8d6p-27f},
    {0x1.62e42ep-1f,  0x1.ca735ep-2f,  0x1.1b7242p-2f,  0x1.53224p-3f,   0x1.8cb89p-4f,   0x1.c9792ap-5f,  0x1.0579bp-5f,
     0x1.295e4ep-6f,  0x1.512f2ap-7f,  0x1.7dae3cp-8f,  0x1.afa152p-9f,  0x1.e7d91ep-10f, 0x1.139bb6p-10f, 0x1.375a6ap-11f,
     0x1.5fb2f2p-12f, 0x1.8d4028p-13f, 0x1.c0b00ep-14f, 0x1.fac6a8p-15f, 0x1.1e3078p-15f, 0x1.433c28p-16f, 0x1.6d132ap-17f,
     0x1.9c5472p-18f, 0x1.d1b37p-19f,  0x1.06fd6ep-19f, 0x1.2907cep-20f, 0x1.4f7a22p-21f, 0x1.7ae668p-22f, 0x1.abf186p-23f,
     0x1.e355bcp-24f, 0x1.10f2aep-24f, 0x1.3446fcp-25f, 0x1.5c2ec6p-26f}};
FORMULA(softplus_short_rest)(vec x)
{
    return LOCAL(short_value)(LOCAL(short_piece_at)(softplus_short[0], 32, 4, 1.75f, 0, 17.5f, x));
}
#elif FR_TABLED
/* The same: softplus_short. Farther from 0 it has become very small, but not 0. */
#define FR_SOFTPLUS_SHORT 10.3125f
static const float softplus_short[3][32] = {
    {0x1.c62684p-7f,  0x1.b9ec4p-7f,   0x1.96fb7ap-7f,  0x1.651b4ep-7f,  0x1.2b6468p-7f,  0x1.e51066p-8f,  0x1.7f33fap-8f,
     0x1.261ba8p-8f,  0x1.ba735cp-9f,  0x1.486572p-9f,  0x1.e1bb0ep-10f, 0x1.5c8a86p-10f, 0x1.00e384p-10f, 0x1.75bb96p-11f,
     0x1.0f2d32p-11f, 0x1.82b4bcp-12f, 0x1.134a0cp-12f, 0x1.8d9b1ap-13f, 0x1.1ef392p-13f, 0x1.9deb06p-14f, 0x1.2a72d4p-14f,
     0x1.a794a8p-15f, 0x1.2c85fcp-15f, 0x1.b10cdap-16f, 0x1.3ce7d8p-16f, 0x1.c8d822p-17f, 0x1.43a1bp-17f,  0x1.cb8b32p-18f,
     0x1.458554p-18f, 0x1.ce33f8p-19f, 0x1.522a8ep-19f, 0x1.07b638p-19f},
    {-0x1.55514ep-3f,  -0x1.1d0efep-3f,  -0x1.cf73ccp-4f,  -0x1.6f9c28p-4f,  -0x1.1d4228p-4f,  -0x1.b29cc6p-5f,  -0x1.463b36p-5f,
     -0x1.e3e308p-6f,  -0x1.63ca42p-6f,  -0x1.03b068p-6f,  -0x1.79609p-7f,   -0x1.10e5dep-7f,  -0x1.8a0d6p-8f,   -0x1.1ba7cp-8f,
     -0x1.983b0ep-9f,  -0x1.254b36p-9f,  -0x1.a512b4p-10f, -0x1.2df8e8p-10f, -0x1.b16ffcp-11f, -0x1.369cfp-11f,  -0x1.bd9b2ep-12f,
     -0x1.3f68c6p-12f, -0x1.c9ce9ap-13f, -0x1.47ecb8p-13f, -0x1.d5fcaep-14f, -0x1.509514p-14f, -0x1.e3003ap-15f, -0x1.59b5a2p-15f,
     -0x1.eff362p-16f, -0x1.62e922p-16f, -0x1.fcc1fp-17f,  -0x1.6abf18p-17f},
    {0x1.62e426p-1f,  0x1.14a328p-1f,  0x1.a8518p-2f,   0x1.40c85ap-2f,  0x1.df2988p-3f,  0x1.62534cp-3f,  0x1.03f512p-3f,
     0x1.7b19c8p-4f,  0x1.1327c8p-4f,  0x1.8e08b4p-5f,  0x1.1f28a8p-5f,  0x1.9d96ap-6f,   0x1.295f6ep-6f,  0x1.ab3deap-7f,
     0x1.32b12cp-7f,  0x1.b81ad8p-8f,  0x1.3ba892p-8f,  0x1.c4a84ep-9f,  0x1.447fb2p-9f,  0x1.d12ed2p-10f, 0x1.4d6588p-10f,
     0x1.dde128p-11f, 0x1.567874p-11f, 0x1.ead11p-12f,  0x1.5fb0d6p-12f, 0x1.f803b2p-13f, 0x1.692a06p-13f, 0x1.02cb8cp-13f,
     0x1.72e51p-14f,  0x1.09c1fcp-14f, 0x1.7cd622p-15f, 0x1.10e4a8p-15f}};
FORMULA(softplus_short_rest)(vec x)
{
    return LOCAL(short_value)(LOCAL(short_piece_at)(softplus_short[0], 32, 2, 3, 0, FR_SOFTPLUS_SHORT, x));
}
#endif
#endif

/* tanh on [0, 10], where its square too has become 1; pieces: error 2^-28.0 */
static const float tanh_pieces[11][FR_TABLE8] = {
    {FR_EIGHT(0, 0x1.7dp-1f, 0x1.2bep0f, 0x1.f84p0f, 0x1.691p1f, 0x1.dc3p1f, 0x1.4408p2f, 0x1.b6f8p2f)},
    {FR_EIGHT(0, 0, 0x1.a64134p-1f, 0x1.ec7458p-1f, 0x1.fc616ap-1f, 0x1.ff6634p-1f, 0x1.fff582p-1f, 0x1.ffffb6p-1f)},
    {FR_EIGHT(0x1.789764p-6f, -0x1.2aa27ep-8f, 0x1.3a8e02p-14f, 0x1.2f331p-12f, -0x1.aa7d12p-18f, -0x1.eb1b36p-19f,
              -0x1.da9e5ap-22f, -0x1.50bccap-29f)},
    {FR_EIGHT(-0x1.08666ap-4f, 0x1.8199e6p-6f, -0x1.32a318p-8f, -0x1.78b288p-11f, 0x1.956eeap-14f, 0x1.a66edp-16f,
              0x1.2b8e14p-19f, 0x1.0f83c8p-25f)},
    {FR_EIGHT(0x1.56e46p-9f, -0x1.3941cp-9f, 0x1.20913ap-6f, 0x1.c7d618p-17f, -0x1.01625ep-11f, -0x1.a2ba42p-14f,
              -0x1.e8f9d2p-18f, -0x1.7ead96p-23f)},
    {FR_EIGHT(0x1.105346p-3f, -0x1.06c78ap-4f, -0x1.b871eep-6f, 0x1.39bcaep-8f, 0x1.b95fc8p-10f, 0x1.426e08p-12f, 0x1.64b464p-16f,
              0x1.46aee2p-21f)},
    {FR_EIGHT(0x1.c5fd36p-16f, 0x1.a04edap-4f, -0x1.d3b0bap-9f, -0x1.310564p-6f, -0x1.24b47ap-8f, -0x1.969884p-11f,
              -0x1.bec5e6p-15f, -0x1.93ca1ep-20f)},
    {FR_EIGHT(-0x1.555596p-2f, 0x1.43369p-5f, 0x1.c65d0cp-4f, 0x1.6b118p-5f, 0x1.2d43d2p-7f, 0x1.987108p-10f, 0x1.bf8eb2p-14f,
              0x1.8ab0a2p-19f)},
    {FR_EIGHT(0x1.8ebb58p-27f, -0x1.84bf1p-2f, -0x1.0e1c44p-2f, -0x1.270c8p-4f, -0x1.ca6426p-7f, -0x1.330d4p-9f, -0x1.4fba3ep-13f,
              -0x1.273ee4p-18f)},
    {FR_EIGHT(0, -0x1.fb7848p-3f, 0x1.4784f8p-2f, 0x1.32c262p-4f, 0x1.cda7c8p-7f, 0x1.3369ccp-9f, 0x1.4fbcb2p-13f,
              0x1.27fa5p-18f)},
    {FR_EIGHT(1, 0x1.b29856p-1f, 0, 0, 0, 0, 0, 0)}};
FORMULA(tanh_index)(vec a) { return v_fma(a, v_fnma(a, v_set(0.0861f), v_set(1.6022f)), v_set(FR_ROUND)); }
FORMULA(tanh_magnitude)(vec a)
{
    a = v_min(v_set(10), a);
    if (!COMPENSATED) {
        vec n = LOCAL(expm1)(v_add(a, a), a, 0).first;
        return v_div(n, v_add(n, v_set(2)));
    }
    ivec at = v_bits(LOCAL(tanh_index)(a));
    vec rest = LOCAL(piece_rest)(tanh_pieces[0], FR_TABLE8, 8, 7, a, at, 0).first;
    return v_fma(a, LOCAL(table_row)(tanh_pieces[0], FR_TABLE8, 8, 10, at), rest);
}
FORMULA_PAIR(tanh_parts)(vec a)
{
    a = v_min(v_set(10), a);
    ivec at = v_bits(LOCAL(tanh_index)(a));
    PAIR rest = LOCAL(piece_rest)(tanh_pieces[0], FR_TABLE8, 8, 7, a, at, 1);
    vec slope = LOCAL(table_row)(tanh_pieces[0], FR_TABLE8, 8, 10, at), line = v_mul(a, slope), sum = v_add(line, rest.first);
    /* one of the two is 0 or the line is the larger */
    vec low = v_add(v_sub(rest.first, v_sub(sum, line)), v_add(v_fms(a, slope, line), rest.second));
    PAIR tanh = {sum, low};
    return tanh;
}
#else
FORMULA_PAIR(tanh_parts)(vec a)
{
    a = v_min(v_set(20), a);
    PAIR n = LOCAL(expm1)(v_add(a, a), a, 0);
    vec two = v_set(2), d = v_add(n.first, two);
    vec d_low = v_add(v_sub(v_min(n.first, two), v_sub(d, v_max(n.first, two))), n.second);
    vec inverse = v_div(v_set(1), d), quotient = v_mul(n.first, inverse);
    vec rest = v_add(v_fnma(quotient, d_low, v_fnma(quotient, d, n.first)), n.second);
    PAIR tanh = {quotient, v_mul(rest, inverse)};
    return tanh;
}
FORMULA(tanh_magnitude)(vec a)
{
    PAIR tanh = LOCAL(tanh_parts)(a);
    return v_add(tanh.first, tanh.second);
}

/* The normal distribution's tail: for 0 <= a <= 39, the integral from a over its peak's height at a, e^(a^2/2) Phi(-a), is
 * (1 + s) / (high + low), high + low = 2 + 17/8 a, s = u q(u - 3/4), q a polynomial: normal_tail. s is
 * steep at 0, where u = a / (a + 11/2) keeps its relative precision, and q's terms are small where u is not. */
typedef struct {
    vec s, high, low, inverse;
} LOCAL(mills);
FORCE_INLINE LOCAL(mills) LOCAL(mills_of)(vec a)
{
    const vec two = v_set(2), slope = v_set(2.125);
    LOCAL(mills) m;
    m.high = v_fma(slope, a, two);
    m.low = v_fms(slope, a, v_sub(m.high, two));
    vec sum = v_add(a, v_set(5.5)), sum_low = v_sub(a, v_sub(sum, v_set(5.5)));
    vec both = v_div(v_set(1), v_mul(sum, m.high)), part = v_mul(m.high, both);
    m.inverse = v_mul(sum, both);
    vec u = v_mul(a, part);
    u = v_fma(v_fnma(u, sum_low, v_fnma(u, sum, a)), part, u);
    vec t = v_sub(u, v_set(0.75)), t2 = v_mul(t, t), t4 = v_mul(t2, t2);
    vec q = v_fma(v_set(-0x1.d1ab105aaac7cp-11), t2, LOCAL(line)(t, -0x1.4093530bf83a7p-4, -0x1.ef638753045a3p-7));
    q = v_fma(q, t4,
              LOCAL(cubic)(t, t2, -0x1.15b2980272505p-4, -0x1.4f0cf419e9b65p-3, -0x1.01530f702168ep-2, -0x1.8c98bf8610489p-3));
    q = v_fma(q, t4,
              LOCAL(cubic)(t, t2, -0x1.893d0fdec5e63p-4, 0x1.75fa4742d9e88p-5, 0x1.4421aad962427p-7, -0x1.ff63e4fd9e7dbp-5));
    q = v_fma(q, t4,
              LOCAL(cubic)(t, t2, 0x1.4fd1da8a3488dp-1, -0x1.5911985e2a9cdp-2, 0x1.3026a15cda7e9p-4, 0x1.26ef715e04d19p-4));
    q = v_fma(q, t4, LOCAL(cubic)(t, t2, 0x1.f37bdbe9d1dcp-1, -0x1.1f063d90ca90dp0, 0x1.1c6ccbbf46197p0, -0x1.e1e62a2d72457p-1));
    q = v_fma(q, t4,
              LOCAL(cubic)(t, t2, -0x1.24951a46f2faap-3, -0x1.b3858d1c225f4p-4, 0x1.a12c573c4b28dp-2, -0x1.6f1f610d9e0c4p-1));
    vec s = v_mul(u, q), t_low = v_sub(u, v_add(t, v_set(0.75)));
    m.s = v_fnma(v_mul(v_set(5), s), t_low, s); /* t lacks a bit for u < 3/8, where u q' is -5 s or so */
    return m;
}
#endif

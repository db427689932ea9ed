/* Addressed noise: every draw is a pure function of (seed, run, day, slot).
 *
 * One text serves both programs: the includer defines F and U as float and uint32_t, or as vectors
 * of them, and the operations that the two spell differently:
 *   AS_FLOAT(u)  convert an integer below 2^31      TO_BITS(f)  convert a positive float, truncating
 *   BITS_OF(f)   reinterpret as integer             OF_BITS(u)  reinterpret as float
 *   SQRT(f)      square root
 *   MIDDLE_OR_TAIL(w)   normal_middle(w) where w < 5, else normal_tail(w)
 */
#include <stdint.h>

static inline U mix(U x)
{
    x ^= x >> 16;
    x *= 0x21f0aaadu;
    x ^= x >> 15;
    x *= 0xd35a2d97u;
    return x ^ (x >> 15);
}

typedef struct { U d0, d1; } DayKey;

static inline DayKey day_key(U k0, U k1, uint32_t day)
{
    U q = mix(k0 + day * 0x9e3779b9u);
    U d1 = mix(k1 ^ q);
    return (DayKey){mix(q + d1), d1};
}

/* "h3": three multiplications, the second key word enters after the first. */
static inline U draw(DayKey day, U slot)
{
    U x = day.d0 + slot;
    x ^= x >> 17;
    x *= 0xed5ad4bbu;
    x ^= x >> 11;
    x += day.d1;
    x *= 0xac4c1b51u;
    x ^= x >> 15;
    x *= 0x31848babu;
    return x ^ (x >> 14);
}

/* Midpoints of 2^23 cells: exact in float, never 0 or 1. */
static inline F uniform(U bits)
{
    return (AS_FLOAT(bits >> 9) + 0.5f) * 0x1p-23f;
}

/* Natural logarithm of a positive normal float: split off the exponent so that the rest lies in
 * [sqrt(1/2), sqrt(2)), then the polynomial of Cephes' logf. */
static inline F log_of(F x)
{
    U bits = BITS_OF(x) + (0x3f800000u - 0x3f3504f3u);
    F exponent = AS_FLOAT(bits >> 23) - 127.0f;
    F f = OF_BITS((bits & 0x7fffffu) + 0x3f3504f3u) - 1.0f;
    F z = f * f;
    F p = f * 7.0376836292e-2f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    F y = p * f * z - exponent * 2.12194440e-4f - z * 0.5f;
    return f + y + exponent * 0.693359375f;
}

/* Exponential for |x| < 87: 2^n times a polynomial on [-log(2)/2, log(2)/2] (Cephes' expf). */
static inline F exp_of(F x)
{
    U n = TO_BITS(x * 1.44269504f + 256.5f);
    F whole = AS_FLOAT(n) - 256.0f;
    F r = x - whole * 0.693359375f + whole * 2.12194440e-4f;
    F p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 0.5f;
    p = p * (r * r) + r + 1.0f;
    return p * OF_BITS((n + (127u - 256u)) << 23);
}

static inline F gumbel(U bits)
{
    return -log_of(-log_of(uniform(bits)));
}

/* Giles' polynomial for the middle of the inverse normal distribution function, w below 5. */
static inline F normal_middle(F w)
{
    F c = w - 2.5f;
    F p = c * 2.81022636e-08f + 3.43273939e-07f;
    p = p * c - 3.5233877e-06f;
    p = p * c - 4.39150654e-06f;
    p = p * c + 0.00021858087f;
    p = p * c - 0.00125372503f;
    p = p * c - 0.00417768164f;
    p = p * c + 0.246640727f;
    return p * c + 1.50140941f;
}

/* The same for the tails: one draw in 300. */
static inline F normal_tail(F w)
{
    F c = SQRT(w) - 3.0f;
    F p = c * -0.000200214257f + 0.000100950558f;
    p = p * c + 0.00134934322f;
    p = p * c - 0.00367342844f;
    p = p * c + 0.00573950773f;
    p = p * c - 0.0076224613f;
    p = p * c + 0.00943887047f;
    p = p * c + 1.00167406f;
    return p * c + 2.83297682f;
}

/* Standard normal: the inverse distribution function at one uniform. */
static inline F normal(U bits)
{
    F u = uniform(bits);
    F w = -log_of(u * 4.0f * (1.0f - u));
    return MIDDLE_OR_TAIL(w) * ((u + u) - 1.0f) * 1.41421356f;
}

static inline uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* 64 bits per run: low and high half are the two key words. */
static inline uint64_t run_key(uint64_t seed, uint64_t run)
{
    uint64_t state = splitmix(&seed) ^ (run * 0xd1342543de82ef95u + 1);
    return splitmix(&state);
}

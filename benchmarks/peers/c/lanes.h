/* Runs side by side: vectors of gcc, sixteen lanes with AVX-512 instructions where gcc's own
 * spelling is slower. Without AVX-512: eight lanes, compiled to whatever the machine has. */
#include <stdint.h>
#include <string.h>
#include <math.h>

#ifdef __AVX512F__
enum {  LANES= 16 };
#else
enum {  LANES= 8 };
#endif
typedef float F __attribute__((vector_size(4 * LANES)));
typedef uint32_t U __attribute__((vector_size(4 * LANES)));
typedef int32_t I __attribute__((vector_size(4 * LANES)));

#define AS_FLOAT(u) __builtin_convertvector((I)(u), F)
#define TO_BITS(f) ((U)__builtin_convertvector(f, I))
#define OF_BITS(u) ((F)(u))
#define BITS_OF(f) ((U)(f))
#define SQRT(f) lane_sqrt(f)
#define MIDDLE_OR_TAIL(w) middle_or_tail(w)

static inline F all(float v) { return v - (F){0}; }
static inline U all_bits(uint32_t v) { return v - (U){0}; }

#ifdef __AVX512F__
#include <immintrin.h>
typedef __mmask16 Mask;
static inline F lane_sqrt(F v) { return (F)_mm512_sqrt_ps((__m512)v); }
static inline F lane_min(F a, F b) { return (F)_mm512_min_ps((__m512)a, (__m512)b); }
static inline F lane_max(F a, F b) { return (F)_mm512_max_ps((__m512)a, (__m512)b); }
static inline Mask above(F a, F b) { return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GT_OQ); }
static inline Mask reached(F a, F b) { return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GE_OQ); }
static inline F pick(Mask m, F yes, F no) { return (F)_mm512_mask_blend_ps(m, (__m512)no, (__m512)yes); }
static inline uint32_t as_bits(Mask m) { return m; }
/* Move the lanes of a mask together, and back. */
static inline U pack(Mask m, U v) { return (U)_mm512_maskz_compress_epi32(m, (__m512i)v); }
static inline F unpack(Mask m, const float *from) { return (F)_mm512_maskz_expandloadu_ps(m, from); }
#else
typedef I Mask;
static inline F pick(Mask m, F yes, F no) { return (F)(((I)yes & m) | ((I)no & ~m)); }
static inline F lane_min(F a, F b) { return pick(a < b, a, b); }
static inline F lane_max(F a, F b) { return pick(a > b, a, b); }
static inline Mask above(F a, F b) { return a > b; }
static inline Mask reached(F a, F b) { return a >= b; }
static inline F lane_sqrt(F v)
{
    for (int l = 0; l < LANES; l++) v[l] = sqrtf(v[l]);
    return v;
}
static inline uint32_t as_bits(Mask m)
{
    uint32_t bits = 0;
    for (int l = 0; l < LANES; l++) bits |= (uint32_t)(m[l] & 1) << l;
    return bits;
}
static inline U pack(Mask m, U v)
{
    U packed = {0};
    for (int l = 0, n = 0; l < LANES; l++)
        if (m[l]) packed[n++] = v[l];
    return packed;
}
static inline F unpack(Mask m, const float *from)
{
    F v = {0};
    for (int l = 0; l < LANES; l++)
        if (m[l]) v[l] = *from++;
    return v;
}
#endif

static inline F clip(F v) { return lane_min(lane_max(v, all(0.0f)), all(1.0f)); }

/* Skip the tail's polynomial unless some lane needs it: nineteen times in twenty none does. */
static inline F normal_middle(F w);
static inline F normal_tail(F w);
static inline F middle_or_tail(F w)
{
    F p = normal_middle(w);
    Mask tail = reached(w, all(5.0f));
    if (__builtin_expect(as_bits(tail) != 0, 0)) p = pick(tail, normal_tail(w), p);
    return p;
}

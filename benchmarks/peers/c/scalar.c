/* The reference model, one run at a time. The generated header holds the utilities of this very
 * model as straight-line code; everything else is written by hand. */
#include <math.h>
#include <string.h>
#include <stdint.h>

typedef float F;
typedef uint32_t U;
static inline float of_bits(uint32_t u) { float f; memcpy(&f, &u, 4); return f; }
static inline uint32_t bits_of(float f) { uint32_t u; memcpy(&u, &f, 4); return u; }
#define AS_FLOAT(u) ((float)(int32_t)(u))
#define TO_BITS(f) ((uint32_t)(int32_t)(f))
#define OF_BITS(u) of_bits(u)
#define BITS_OF(f) bits_of(f)
#define SQRT(f) sqrtf(f)
#define MIDDLE_OR_TAIL(w) ((w) < 5.0f ? normal_middle(w) : normal_tail(w))
#include "addressed.h"

static inline float clip(float v) { return v < 0.0f ? 0.0f : v > 1.0f ? 1.0f : v; }

#include "specialised.h"

typedef struct {
    float x[N_QUANTITIES], memory[N_MOVES], ready[N_MOVES], pending[N_DELAYS][N_QUANTITIES];
    float theta[N_THETA], drift[N_QUANTITIES], count[N_MOVES];
    float peak[2], crossed_on[2];
} State;

static void draw_block(State *s, DayKey key, int from, int to, int positive)
{
    for (int i = from; i < to; i++) {
        float z = theta_sd[i] * normal(draw(key, theta_slot[i]));
        s->theta[i] = positive ? theta_centre[i] * exp_of(z) : theta_centre[i] + z;
    }
}

/* Draw the run's coefficients and turn rates and half-lives into daily factors. */
static void draw_theta(State *s, uint32_t k0, uint32_t k1)
{
    DayKey key = day_key(k0, k1, UINT32_MAX);
    draw_block(s, key, AT_BASE, AT_EFFECT_SD, 0);
    draw_block(s, key, AT_EFFECT_SD, AT_COUPLING, 1);
    draw_block(s, key, AT_COUPLING, AT_NOISE, 0);
    draw_block(s, key, AT_NOISE, N_THETA, 1);
    float *theta = s->theta;
    for (int a = 0; a < N_ACTORS; a++) theta[AT_RATE + a] = 1.0f - exp_of(-theta[AT_RATE + a]);
    for (int i = AT_HALF_LIFE; i < AT_COUPLING; i++)
        theta[i] = exp_of(-0.69314718f / theta[i]);
    for (int q = 0; q < N_QUANTITIES; q++) {
        const int *from = coupled_to + 2 * q;
        const float *c = theta + AT_COUPLING + 2 * q;
        s->drift[q] = (1.0f - theta[AT_HALF_LIFE + q]) * rest[q]
                      - c[0] * rest[from[0]] - c[1] * rest[from[1]];
    }
}

/* Record a chosen move: counts, cooldown, and its four effects. */
static void act(State *s, DayKey key, int move, int day, int today)
{
    s->count[move]++;
    s->memory[move]++;
    s->ready[move] = day + cooldown[move];
    float z[N_EFFECTS];
    for (int j = 0; j < N_EFFECTS; j++) z[j] = normal(draw(key, effect_slot[N_EFFECTS * move + j]));
    for (int j = N_EFFECTS * move; j < N_EFFECTS * (move + 1); j++) {
        int due = today + delay[j];
        if (due >= N_DELAYS) due -= N_DELAYS;
        s->pending[due][effect_on[j]] += s->theta[AT_EFFECT_MEAN + j]
            + s->theta[AT_EFFECT_SD + j] * z[j - N_EFFECTS * move];
    }
}

static void apply_pending(State *s, int today)
{
    float *row = s->pending[today];
    for (int q = 0; q < N_QUANTITIES; q++) {
        s->x[q] = clip(s->x[q] + row[q]);
        row[q] = 0.0f;
    }
}

static void drift(State *s, DayKey key)
{
    float next[N_QUANTITIES], *x = s->x;
    const float *theta = s->theta;
    for (int q = 0; q < N_QUANTITIES; q++)
        next[q] = s->drift[q] + theta[AT_NOISE + q] * normal(draw(key, noise_slot[q]));
    for (int q = 0; q < N_QUANTITIES; q++) {
        const int *from = coupled_to + 2 * q;
        const float *c = theta + AT_COUPLING + 2 * q;
        next[q] += theta[AT_HALF_LIFE + q] * x[q] + c[0] * x[from[0]] + c[1] * x[from[1]];
    }
    for (int q = 0; q < N_QUANTITIES; q++) x[q] = clip(next[q]);
}

static void advance(State *s, uint32_t k0, uint32_t k1, int day, int today)
{
    DayKey key = day_key(k0, k1, FIRST_DAY + day);
    apply_pending(s, today);
    int chosen[N_ACTORS];
    int n = choose(key, day, s->x, s->memory, s->ready, s->theta, chosen);
    for (int k = 0; k < N_MOVES; k++) s->memory[k] *= decay[k];
    for (int i = 0; i < n; i++) act(s, key, chosen[i], day, today);
    apply_pending(s, today);
    drift(s, key);
    for (int j = 0; j < 2; j++) {
        float seen = s->x[peaked[j]];
        if (seen > s->peak[j]) s->peak[j] = seen;
        if (s->crossed_on[j] == N_DAYS && s->x[crossed[j]] > CROSSING) s->crossed_on[j] = day;
    }
}

/* outcomes: (n, 10) counts of three moves and of all, two peaks, two crossings, two last values. */
void simulate(int64_t first, int64_t n, uint64_t seed, float *outcomes)
{
    for (int64_t run = first; run < first + n; run++, outcomes += 10) {
        State s;
        memset(&s, 0, sizeof s);
        memcpy(s.x, rest, sizeof s.x);
        s.crossed_on[0] = s.crossed_on[1] = N_DAYS;
        uint64_t k = run_key(seed, run);
        uint32_t k0 = (uint32_t)k, k1 = (uint32_t)(k >> 32);
        draw_theta(&s, k0, k1);
        for (int day = 0, today = 0; day < N_DAYS; day++, today = today + 1 == N_DELAYS ? 0 : today + 1)
            advance(&s, k0, k1, day, today);
        float total = 0.0f;
        for (int k = 0; k < N_MOVES; k++) total += s.count[k];
        for (int j = 0; j < 3; j++) outcomes[j] = s.count[counted[j]];
        outcomes[3] = total;
        for (int j = 0; j < 2; j++) {
            outcomes[4 + j] = s.peak[j];
            outcomes[6 + j] = s.crossed_on[j];
            outcomes[8 + j] = s.x[last_seen[j]];
        }
    }
}

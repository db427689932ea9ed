/* The reference model, sixteen or eight runs in lockstep: one vector per quantity, memory and coefficient.
 * Every actor decides in all lanes under masks; the few moves that happen are gathered into a list
 * of events, whose noise is drawn densely. The generated header holds utilities and drift. */
#include "lanes.h"
#include "addressed.h"
#include "specialised.h"

enum { MAX_EVENTS = N_ACTORS * LANES, MAX_DRAWS = MAX_EVENTS * N_EFFECTS,
       MAX_PACKED = (N_MOVES + N_ACTORS + 2) * LANES };

typedef struct {
    F x[N_QUANTITIES], memory[N_MOVES], ready[N_MOVES], count[N_MOVES];
    F pending[N_DELAYS][N_QUANTITIES], theta[N_THETA], drift[N_QUANTITIES];
    F peak[2], crossed_on[2];
} State;

typedef struct { int n; uint8_t move[MAX_EVENTS], lane[MAX_EVENTS]; } Events;

static void draw_block(State *s, DayKey key, int from, int to, int positive)
{
    for (int i = from; i < to; i++) {
        F z = theta_sd[i] * normal(draw(key, all_bits(theta_slot[i])));
        s->theta[i] = positive ? theta_centre[i] * exp_of(z) : theta_centre[i] + z;
    }
}

/* Draw the runs' coefficients and turn rates and half-lives into daily factors. */
static void draw_theta(State *s, U k0, U k1)
{
    DayKey key = day_key(k0, k1, UINT32_MAX);
    draw_block(s, key, AT_BASE, AT_EFFECT_SD, 0);
    draw_block(s, key, AT_EFFECT_SD, AT_COUPLING, 1);
    draw_block(s, key, AT_COUPLING, AT_NOISE, 0);
    draw_block(s, key, AT_NOISE, N_THETA, 1);
    F *theta = s->theta;
    for (int a = 0; a < N_ACTORS; a++) theta[AT_RATE + a] = 1.0f - exp_of(-theta[AT_RATE + a]);
    for (int i = AT_HALF_LIFE; i < AT_COUPLING; i++)
        theta[i] = exp_of(-0.69314718f / theta[i]);
    for (int q = 0; q < N_QUANTITIES; q++) {
        const int *from = coupled_to + 2 * q;
        const F *c = theta + AT_COUPLING + 2 * q;
        s->drift[q] = (1.0f - theta[AT_HALF_LIFE + q]) * rest[q]
                      - c[0] * rest[from[0]] - c[1] * rest[from[1]];
    }
}

static void apply_pending(State *s, int today)
{
    F *row = s->pending[today];
    for (int q = 0; q < N_QUANTITIES; q++) {
        s->x[q] = clip(s->x[q] + row[q]);
        row[q] = all(0.0f);
    }
}

/* Turn one actor's choices (number of the move within the actor from 1, or 0) into events. */
static inline void collect(Events *events, F chosen, int first_move)
{
    uint32_t left = as_bits(above(chosen, all(0.0f)));
    for (; left; left &= left - 1) {
        int lane = __builtin_ctz(left);
        events->move[events->n] = first_move - 1 + (int)chosen[lane];
        events->lane[events->n++] = lane;
    }
}

/* Draws that wait to be made densely: the day key of a lane and a slot for each. */
typedef struct {
    int n;
    union { U v[MAX_PACKED / LANES]; uint32_t w[MAX_PACKED]; } d0, d1, slot;
} Packed;

static inline void push(Packed *p, U d0, U d1, U slot, int n)
{
    memcpy(p->d0.w + p->n, &d0, sizeof d0);
    memcpy(p->d1.w + p->n, &d1, sizeof d1);
    memcpy(p->slot.w + p->n, &slot, sizeof slot);
    p->n += n;
}

/* Let each actor choose. Gumbels are drawn only for lanes with an opportunity, packed together. */
static void choose(Events *events, DayKey key, F day, const State *s)
{
    Mask open[N_ACTORS];
    int from[N_ACTORS], n[N_ACTORS];
    Packed packed;
    union { F v[MAX_PACKED / LANES]; float w[MAX_PACKED]; } gumbels;
    packed.n = 0;
    const uint32_t *slot = option_slot;
    for (int a = 0; a < N_ACTORS; a++) {
        open[a] = above(s->theta[AT_RATE + a], uniform(draw(key, all_bits(opportunity_slot[a]))));
        from[a] = packed.n;
        n[a] = __builtin_popcount(as_bits(open[a]));
        U d0 = pack(open[a], key.d0), d1 = pack(open[a], key.d1);
        for (int j = first_move[a]; j <= first_move[a + 1]; j++)
            push(&packed, d0, d1, all_bits(*slot++), n[a]);
    }
    for (int v = 0; v < packed.n; v += LANES) {
        DayKey keys = {packed.d0.v[v / LANES], packed.d1.v[v / LANES]};
        gumbels.v[v / LANES] = gumbel(draw(keys, packed.slot.v[v / LANES]));
    }
#define CHOOSE(A) \
    if (n[A]) collect(events, choose_##A(open[A], n[A], gumbels.w + from[A], day, s->x, s->memory, \
                                         s->ready, s->theta), first_move[A]);
    EACH_ACTOR(CHOOSE)
}

/* Draw the four normals of each event: one dense loop over all lanes' events. */
static void draw_effects(const Events *events, DayKey key, F *z)
{
    U d0[MAX_DRAWS / LANES + 1], d1[MAX_DRAWS / LANES + 1], slots[MAX_DRAWS / LANES + 1];
    uint32_t *to0 = (uint32_t *)d0, *to1 = (uint32_t *)d1, *to = (uint32_t *)slots;
    uint32_t from0[LANES], from1[LANES];
    memcpy(from0, &key.d0, sizeof from0);
    memcpy(from1, &key.d1, sizeof from1);
    for (int i = 0; i < events->n; i++) {
        for (int j = 0; j < N_EFFECTS; j++) {
            to0[N_EFFECTS * i + j] = from0[events->lane[i]];
            to1[N_EFFECTS * i + j] = from1[events->lane[i]];
        }
        memcpy(to + N_EFFECTS * i, effect_slot + N_EFFECTS * events->move[i], 4 * N_EFFECTS);
    }
    for (int v = 0; v < N_EFFECTS * events->n; v += LANES)
        z[v / LANES] = normal(draw((DayKey){d0[v / LANES], d1[v / LANES]}, slots[v / LANES]));
}

/* Count each event, start its cooldown, and schedule its effects. */
static void act(State *s, const Events *events, const float *z, int day, int today)
{
    for (int i = 0; i < events->n; i++, z += N_EFFECTS) {
        int move = events->move[i], lane = events->lane[i];
        float *theta = (float *)s->theta + lane;
        ((float *)(s->count + move))[lane] += 1.0f;
        ((float *)(s->memory + move))[lane] += 1.0f;
        ((float *)(s->ready + move))[lane] = day + cooldown[move];
        for (int j = 0; j < N_EFFECTS; j++) {
            int e = N_EFFECTS * move + j, due = today + delay[e];
            if (due >= N_DELAYS) due -= N_DELAYS;
            float size = theta[(AT_EFFECT_MEAN + e) * LANES] + theta[(AT_EFFECT_SD + e) * LANES] * z[j];
            ((float *)(s->pending[due] + effect_on[e]))[lane] += size;
        }
    }
}

static void drift(State *s, DayKey key)
{
    F next[N_QUANTITIES];
    const F *theta = s->theta;
    for (int q = 0; q < N_QUANTITIES; q++)
        next[q] = s->drift[q] + theta[AT_NOISE + q] * normal(draw(key, all_bits(noise_slot[q])));
    couple(next, s->x, theta);
    for (int q = 0; q < N_QUANTITIES; q++) s->x[q] = clip(next[q]);
}

static void advance(State *s, U k0, U k1, int day, int today)
{
    DayKey key = day_key(k0, k1, FIRST_DAY + day);
    Events events;
    F z[MAX_DRAWS / LANES + 1];
    apply_pending(s, today);
    events.n = 0;
    choose(&events, key, all(day), s);
    for (int k = 0; k < N_MOVES; k++) s->memory[k] *= decay[k];
    draw_effects(&events, key, z);
    act(s, &events, (const float *)z, day, today);
    apply_pending(s, today);
    drift(s, key);
    for (int j = 0; j < 2; j++) {
        s->peak[j] = lane_max(s->peak[j], s->x[peaked[j]]);
        F now = pick(above(s->x[crossed[j]], all(CROSSING)), all(day), all(N_DAYS));
        s->crossed_on[j] = lane_min(s->crossed_on[j], now);
    }
}

static void begin(State *s, U *k0, U *k1, int64_t run, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    for (int q = 0; q < N_QUANTITIES; q++) s->x[q] = all(rest[q]);
    s->crossed_on[0] = s->crossed_on[1] = all(N_DAYS);
    for (int l = 0; l < LANES; l++) {
        uint64_t k = run_key(seed, run + l);
        (*k0)[l] = (uint32_t)k;
        (*k1)[l] = (uint32_t)(k >> 32);
    }
    draw_theta(s, *k0, *k1);
}

/* outcomes: (n, 10) counts of three moves and of all, two peaks, two crossings, two last values.
 * n is rounded up to whole blocks of lanes in the work done, not in what is written. */
void simulate(int64_t first, int64_t n, uint64_t seed, float *outcomes)
{
    for (int64_t done = 0; done < n; done += LANES) {
        State s;
        U k0, k1;
        begin(&s, &k0, &k1, first + done, seed);
        for (int day = 0, today = 0; day < N_DAYS; day++, today = today + 1 == N_DELAYS ? 0 : today + 1)
            advance(&s, k0, k1, day, today);
        F total = all(0.0f);
        for (int k = 0; k < N_MOVES; k++) total += s.count[k];
        for (int l = 0; l < LANES && done + l < n; l++) {
            float *to = outcomes + 10 * (done + l);
            for (int j = 0; j < 3; j++) to[j] = s.count[counted[j]][l];
            to[3] = total[l];
            for (int j = 0; j < 2; j++) {
                to[4 + j] = s.peak[j][l];
                to[6 + j] = s.crossed_on[j][l];
                to[8 + j] = s.x[last_seen[j]][l];
            }
        }
    }
}

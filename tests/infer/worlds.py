"""Small worlds in NumPy whose answers are known: what sampling code is held against."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaincinv, gammaln, ndtri
from scipy.stats import norm

from offramp.core.noise import day_key, draw_word, run_key, slot
from offramp.infer.world import Coordinates, Keys, Logs, Slots

Array = NDArray[np.float64]


def uniforms(seed: int, step: int, *, purpose: str, keys: Keys) -> Array:
    """The world's own noise of a step: one uniform inside (0, 1) by run number."""
    word = draw_word(*day_key(*run_key(seed, keys), step + 700_000), slot("test", purpose))
    return (np.asarray(word, np.float64) + 0.5) * 2.0**-32


def log_normal(x: Array, mean: Array | float, sd: Array | float) -> Array:
    """Log-density, with plain operations: SciPy's would sort particles by value."""
    return -0.5 * ((x - mean) / sd) ** 2 - np.log(sd) - 0.5 * np.log(2 * np.pi)


@dataclass
class Cloud:
    """States of all worlds here: one number for each particle, and its parameters."""

    x: Array
    theta: Array  # (particle, coordinate), in the world's own terms


@dataclass(frozen=True)
class WorldOfNumbers:
    """What the worlds below share."""

    observed: Array
    seed: int = 5

    @property
    def n_steps(self) -> int:
        return len(self.observed)

    @property
    def n_coordinates(self) -> int:
        return 0

    def parameters(self, coordinates: Coordinates) -> Array:
        return coordinates

    def begin(self, coordinates: Coordinates) -> Cloud:
        return Cloud(np.zeros(len(coordinates)), self.parameters(coordinates))

    def advance_through(self, states: Cloud, first_step: int, keys: Keys) -> Array:
        return np.array([self.advance(states, first_step + ahead, row) for ahead, row in enumerate(keys)])  # type: ignore[attr-defined]

    def take(self, states: Cloud, ancestors: Slots) -> Cloud:
        return Cloud(states.x[ancestors], states.theta[ancestors])


@dataclass(frozen=True)
class LinearGaussian(WorldOfNumbers):
    """x_0 ~ N(level, noise), x_t = level + keep (x_{t-1} - level) + N(0, noise), observed with error.

    `level` ~ N(0, level_sd) is the single coordinate: the whole is linear and Gaussian in (x, level). NaN: no reading.
    """

    keep: float = 0.9
    noise: float = 0.4
    error: float = 0.5
    level_sd: float = 1.0

    @property
    def n_coordinates(self) -> int:
        return 1

    def parameters(self, coordinates: Coordinates) -> Array:
        return self.level_sd * ndtri(coordinates)

    def advance(self, states: Cloud, step: int, keys: Keys) -> Logs:
        level = states.theta[:, 0]
        shock = self.noise * ndtri(uniforms(self.seed, step, purpose="shock", keys=keys))
        states.x = level + (self.keep if step else 0.0) * (states.x - level) + shock
        reading = self.observed[step]
        return np.zeros(len(keys)) if np.isnan(reading) else log_normal(states.x, reading, self.error)

    def smoothed(self) -> tuple[float, Array, Array]:
        """Log evidence, and the means and variances of (x_0 .. x_T-1, level) given all: exact, by the joint normal."""
        n = self.n_steps
        effect = np.zeros((n + 1, n + 1))  # of (shocks, level) on (x, level)
        for t in range(n):
            effect[t] = self.keep * effect[t - 1] if t else 0.0
            effect[t, t] += self.noise
            effect[t, n] += (1 - self.keep if t else 1.0) * self.level_sd
        effect[n, n] = self.level_sd
        prior = effect @ effect.T
        seen = np.flatnonzero(~np.isnan(self.observed))
        readings = self.observed[seen]
        spread = prior[np.ix_(seen, seen)] + self.error**2 * np.eye(len(seen))
        gain = np.linalg.solve(spread, prior[seen]).T
        _, log_det = np.linalg.slogdet(2 * np.pi * spread)
        evidence = -0.5 * (log_det + readings @ np.linalg.solve(spread, readings))
        after = prior - gain @ prior[seen]
        return float(evidence), gain @ readings, np.diag(after)

    def filtered_evidence(self) -> Array:
        """Log evidence by step, exact, by the Kalman filter on (x, level)."""
        mean, cover = np.zeros(2), np.diag([0.0, self.level_sd**2])
        found = np.zeros(self.n_steps)
        for t, reading in enumerate(self.observed):
            keep = self.keep if t else 0.0
            turn = np.array([[keep, 1 - keep], [0.0, 1.0]])
            mean, cover = turn @ mean, turn @ cover @ turn.T + np.diag([self.noise**2, 0.0])
            if np.isnan(reading):
                continue
            variance = cover[0, 0] + self.error**2
            found[t] = norm.logpdf(reading, mean[0], np.sqrt(variance))
            gain = cover[:, 0] / variance
            mean = mean + gain * (reading - mean[0])
            cover = cover - np.outer(gain, cover[0])
        return found


@dataclass(frozen=True)
class HiddenChain(WorldOfNumbers):
    """Two hidden states, a switch by chance each step, and a reading that is right with some probability.

    The probability of a switch is one of `switches`, equally likely: the single coordinate. Readings are 0 or 1.
    """

    switches: tuple[float, ...] = (0.05, 0.3)
    right: float = 0.8

    @property
    def n_coordinates(self) -> int:
        return 1

    def parameters(self, coordinates: Coordinates) -> Array:
        return np.array(self.switches)[np.floor(coordinates * len(self.switches)).astype(int)]

    def advance(self, states: Cloud, step: int, keys: Keys) -> Logs:
        chance = states.theta[:, 0] if step else 0.5
        switch = uniforms(self.seed, step, purpose="switch", keys=keys) < chance
        states.x = np.where(switch, 1 - states.x, states.x)
        return np.where(states.x == self.observed[step], np.log(self.right), np.log(1 - self.right))

    def enumerated(self) -> tuple[float, Array, Array]:
        """Log evidence, P(state = 1) by step given all, and the posterior of the switch: by summing all histories."""
        n = self.n_steps
        histories = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
        right = (histories == self.observed).sum(axis=1)
        seen = self.right**right * (1 - self.right) ** (n - right)
        turns = np.diff(histories, axis=1).astype(bool).sum(axis=1)
        joint = np.array([0.5 * s**turns * (1 - s) ** (n - 1 - turns) * seen for s in self.switches])
        joint /= len(self.switches)
        total = joint.sum()
        return float(np.log(total)), (joint.sum(axis=0) @ histories) / total, joint.sum(axis=1) / total


@dataclass(frozen=True)
class Counts(WorldOfNumbers):
    """Poisson counts at a rate ~ Gamma(shape, rate), and each count thinned: recorded with chance ~ Beta(a, b) or not.

    `hits` (step,) says how many of `trials` a Bernoulli of the second coordinate gave, so both have conjugate answers.
    """

    hits: Array = field(default_factory=lambda: np.empty(0))
    trials: int = 10
    shape: float = 2.0
    rate: float = 1.0
    a: float = 1.0
    b: float = 3.0

    @property
    def n_coordinates(self) -> int:
        return 2

    def parameters(self, coordinates: Coordinates) -> Array:
        rates = gammaincinv(self.shape, coordinates[:, 0]) / self.rate
        return np.stack([rates, betaincinv(self.a, self.b, coordinates[:, 1])], axis=1)

    def advance(self, states: Cloud, step: int, keys: Keys) -> Logs:
        rate, chance = states.theta.T
        count, hits = self.observed[step], self.hits[step]
        ways = gammaln(self.trials + 1) - gammaln(hits + 1) - gammaln(self.trials - hits + 1)
        binomial = ways + hits * np.log(chance) + (self.trials - hits) * np.log1p(-chance)
        return count * np.log(rate) - rate - gammaln(count + 1) + binomial

    def log_evidence(self) -> float:
        """Exact."""
        n, total = self.n_steps, self.observed.sum()
        counts = (
            self.shape * np.log(self.rate) - gammaln(self.shape) + gammaln(self.shape + total)
            - (self.shape + total) * np.log(self.rate + n) - gammaln(self.observed + 1).sum()
        )  # fmt: skip
        hits, misses = self.hits.sum(), (self.trials - self.hits).sum()

        def log_beta(a: float, b: float) -> float:
            return gammaln(a) + gammaln(b) - gammaln(a + b)

        ways = gammaln(self.trials + 1) - gammaln(self.hits + 1) - gammaln(self.trials - self.hits + 1)
        return float(counts + ways.sum() + log_beta(self.a + hits, self.b + misses) - log_beta(self.a, self.b))


@dataclass(frozen=True)
class Logit(WorldOfNumbers):
    """`observed` hits of `trials` at each step, with log odds base + slope * (step / n_steps - 1/2); N(0, 1.5) each."""

    trials: int = 5
    sd: float = 1.5

    @property
    def n_coordinates(self) -> int:
        return 2

    def parameters(self, coordinates: Coordinates) -> Array:
        return self.sd * ndtri(coordinates)

    def log_odds(self, theta: Array, step: int) -> Array:
        return theta[..., 0] + theta[..., 1] * (step / self.n_steps - 0.5)

    def log_probability(self, theta: Array, step: int) -> Array:
        odds, hits = self.log_odds(theta, step), self.observed[step]
        ways = gammaln(self.trials + 1) - gammaln(hits + 1) - gammaln(self.trials - hits + 1)
        return ways + hits * odds - self.trials * np.logaddexp(0.0, odds)

    def advance(self, states: Cloud, step: int, keys: Keys) -> Logs:
        return self.log_probability(states.theta, step)

    def by_quadrature(self) -> tuple[float, Array, Array]:
        """Log evidence, and posterior means and covariance of (base, slope): Gauss-Hermite, 60 points each way."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(60)
        theta = self.sd * np.stack(np.meshgrid(nodes, nodes, indexing="ij"), axis=-1).reshape(-1, 2)
        likelihood = np.exp(sum(self.log_probability(theta, step) for step in range(self.n_steps)))
        mass = np.outer(weights, weights).ravel() / (2 * np.pi) * likelihood
        mean = mass @ theta / mass.sum()
        away = theta - mean
        return float(np.log(mass.sum())), mean, (mass[:, None] * away).T @ away / mass.sum()


@dataclass(frozen=True)
class Flat(WorldOfNumbers):
    """The record says nothing: whatever is sampled must be as the prior."""

    width: int = 6

    @property
    def n_coordinates(self) -> int:
        return self.width

    def advance(self, states: Cloud, step: int, keys: Keys) -> Logs:
        states.x = states.x + ndtri(uniforms(self.seed, step, purpose="shock", keys=keys))
        return np.zeros(len(keys))


def linear_gaussian(n_steps: int, *, seed: int = 1) -> LinearGaussian:
    """One with readings drawn from itself; every fifth is missing."""
    rng = np.random.default_rng(seed)
    blank = LinearGaussian(np.zeros(n_steps))
    level = rng.normal(0, blank.level_sd)
    x, readings = level, []
    for _ in range(n_steps):
        x = level + blank.keep * (x - level) + rng.normal(0, blank.noise)
        readings.append(x + rng.normal(0, blank.error))
    observed = np.where(np.arange(n_steps) % 5 == 4, np.nan, readings)
    return LinearGaussian(observed)


def hidden_chain() -> HiddenChain:
    return HiddenChain(np.array([1.0, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0]))


def counts() -> Counts:
    return Counts(np.array([3.0, 1, 4, 2, 5, 3, 0, 2]), hits=np.array([2.0, 1, 0, 3, 1, 2, 1, 2]))


def logit() -> Logit:
    return Logit(np.array([0.0, 1, 1, 2, 1, 3, 4, 3, 4, 5]))

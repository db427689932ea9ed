"""Settings that every test shares: how hypothesis looks for counter-examples."""

import os

from hypothesis import HealthCheck, settings

# CI finds the same examples each time, so that a red run is about the change; at a desk each run looks elsewhere.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "desk"))

"""Rank 6: what the record says about the model."""

from offramp.infer.addressed import RunKeys
from offramp.infer.observation import ObservationModel, observation_model, recorded

__all__ = ["ObservationModel", "RunKeys", "observation_model", "recorded"]

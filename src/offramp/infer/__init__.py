"""Rank 6: what the record says about the model."""

from offramp.infer.observation import ObservationModel, observation_model, recorded

__all__ = ["ObservationModel", "observation_model", "recorded"]

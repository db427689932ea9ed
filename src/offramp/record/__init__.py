"""Rank 1: what was observed, as a Record of dated events and measured quantities."""

from offramp.record.record import Event, Measurement, Record

__all__ = ["Event", "Measurement", "Record"]

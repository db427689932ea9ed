"""Executable, evidence-linked models of coercive crises: rate x choice x effects x drift."""

__version__ = "0.1.0.dev0"

__all__ = ["__version__"]

"""NumPy, vectorised over runs."""

"""Hand-written loops of the compiled engine, and the shared scalar functions that they call."""

"""Rank 0: words, arithmetic, addressed noise, draws, distributions and problems.

Everything numeric in here is written once, as plain scalar Python on ``np.float32`` values and 32-bit words
(``bits``), and runs in two ways: as it stands, in the reference interpreter, and compiled by the engine
(``offramp.engine.kernels.shared``).  Both give the same bits.  Nothing here imports more than NumPy and the
standard library.
"""

"""What the benchmark measures of Offramp alone: whole commands, the flagship, memory, cost against size, pairing."""

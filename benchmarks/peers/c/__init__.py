"""Hand-specialised C: one run at a time, and sixteen runs in lockstep."""

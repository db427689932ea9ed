"""The peers: the reference model as others would write it. Each reads the neutral numbers file."""

"""Mesa 3, plain Python agents, in an environment of its own (`setup.sh`)."""

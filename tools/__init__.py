"""What the Makefile calls: checks and generators for the repository, no part of the package."""

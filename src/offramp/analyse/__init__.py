"""Analyses of ensembles: each module has its `Options` or arguments, a `Result` and one verb."""

"""The EMA Workbench around a plain function, in an environment of its own (`setup.sh`)."""

"""The command line: parse the request, call Case, print. No modelling here."""

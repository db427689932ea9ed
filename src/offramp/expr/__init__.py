"""The language of formulas: text -> tree (`parse`), tree -> text (`to_text`), and the table of functions."""

from offramp.expr.functions import FUNCTIONS, Function, find_function
from offramp.expr.parse import ExpressionError, parse
from offramp.expr.show import to_text

__all__ = ["FUNCTIONS", "ExpressionError", "Function", "find_function", "parse", "to_text"]

"""Configuration of the documentation site (Sphinx reads it)."""

from offramp import __version__

project = "Offramp"
author = "The Offramp authors"
release = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Offramp"
html_show_copyright = False
nitpicky = True

"""The documentation site: ``tox run -e docs``. ADR 37."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from generators import __version__  # noqa: E402

project = "ServerlessApp"
author = "The ServerlessApp authors"
release = __version__
extensions = ["myst_parser", "pipeline.site"]
exclude_patterns = ["_*"]
highlight_language = "none"  # where a block does not say
myst_heading_anchors = 4  # as code hosts name them
templates_path = ["_templates"]
html_theme = "furo"
html_title = f"ServerlessApp {release}"
html_static_path = ["_site"]
html_css_files = ["site.css"]
html_js_files = ["site.js", "calculator.js"]
# What works from a folder: no look into other pages by the search, and no second copy of sources.
html_show_search_summary = False
html_copy_source = html_show_sourcelink = html_use_index = False
html_show_sphinx = html_show_copyright = False

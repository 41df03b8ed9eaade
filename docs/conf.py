"""How the documentation is built: Sphinx with MyST and furo, offline, a warning is an error (`make docs`)."""

project = "LDN Companion"
extensions = ["myst_parser"]
exclude_patterns = ["pictures"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "LDN Companion"
html_copy_source = False
html_show_copyright = False
# No fonts, scripts or pictures from elsewhere: the pages can be read without a network.
html_theme_options = {"top_of_page_buttons": []}

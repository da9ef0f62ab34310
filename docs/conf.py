"""The settings of Sphinx, and rules: which names become links, how defaults are printed, and what works offline."""

from __future__ import annotations

import logging
import re
from importlib import import_module
from pydoc import locate
from typing import TYPE_CHECKING, Any

import attrs
from docutils import nodes
from sphinx.domains.python import PyObject

import lightsail_copy
import lightsail_copy.typing

if TYPE_CHECKING:
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "lightsail_copy"
author = "the lightsail_copy authors"
version = release = lightsail_copy.__version__
project_copyright = author

extensions = [
    "myst_parser",
    "notfound.extension",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_click",
    "sphinx_copybutton",
    "sphinx_llm.txt",
    "sphinxext.opengraph",
]
exclude_patterns = ["_build", "examples"]
source_suffix = {".md": "markdown"}
nitpicky = True
# In docstrings, single backticks are for a name of this package, an argument, or a value.
default_role = "py:obj"
add_module_names = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_typehints = "signature"
# In a signature, the name to annotate with is more help than what it stands for.
autodoc_type_aliases = {
    name: f"lightsail_copy.typing.{name}" for name in vars(lightsail_copy.typing) if name.endswith("Client")
} | {"SnapshotCopyRequest": "lightsail_copy.SnapshotCopyRequest"}
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

intersphinx_mapping = {
    "attrs": ("https://www.attrs.org/en/stable/", None),
    "boto3": ("https://boto3.amazonaws.com/v1/documentation/api/latest/", None),
    "python": ("https://docs.python.org/3/", None),
}
intersphinx_timeout = 5
linkcheck_ignore = [r"https?://(127|localhost)"]

smartquotes = False  # two hyphens are those of an option
html_theme = "furo"
html_title = f"lightsail_copy {release}"
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["lightsail_copy.css"]
html_theme_options = {"top_of_page_buttons": []}  # they need the address of a repository
copybutton_selector = "div:not(.highlight-output) > div.highlight > pre"
llms_txt_suppress_unknown_node_warnings = True  # of captions, and of the star in a signature
notfound_urls_prefix = None  # on Read the Docs, its own
ogp_image = "_static/social-card.png"
ogp_image_alt = "lightsail_copy: the typed way to copy Amazon Lightsail snapshots"
ogp_social_cards = {"enable": False}

_PUBLIC_MODULES = (
    "lightsail_copy",
    "lightsail_copy.aio",
    "lightsail_copy.typing",
    "lightsail_copy.dicts",
    "lightsail_copy.testing",
)
_OURS = frozenset(
    name
    for module in map(import_module, _PUBLIC_MODULES)
    for name, value in vars(module).items()
    if isinstance(value, type) and value.__module__.startswith("lightsail_copy")
)


def resolve(app: Sphinx, env: BuildEnvironment, node: pending_xref, contents: nodes.Element) -> nodes.Node | None:
    """
    Resolve a name that is documented in another module than it is defined in.

    In prose, a word without a dot that is not public is printed without a link: it is an argument or a value, and not
    the built-in function of the same name.
    """
    if node.get("refdomain") != "py":
        return None
    target = str(node["reftarget"])
    name = target.rsplit(".", 1)[-1]
    domain = env.domains.python_domain
    for module in _PUBLIC_MODULES:
        found = domain.objects.get(f"{module}.{name}")
        if found is not None:
            return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", f"{module}.{name}", node, contents)
    is_word = node.get("reftype") == "obj" and "." not in target and name not in _OURS
    return contents if is_word else None


def leave_plain(_app: Sphinx, _env: BuildEnvironment, node: pending_xref, contents: nodes.Element) -> nodes.Node | None:
    """
    Print a name of another package without a link if its documentation has no such name, or could not be reached.

    The build fails for a public name that no page documents, and for a dotted name of this package that does not exist.
    """
    if node.get("refdomain") != "py":
        return None
    target = str(node["reftarget"])
    is_broken = target.rsplit(".", 1)[-1] in _OURS or (target.startswith("lightsail_copy.") and locate(target) is None)
    return None if is_broken else contents


def show_defaults(*event: Any) -> tuple[str, str] | None:  # noqa: ANN401 - the arguments of Sphinx's event
    """Return a signature with values and short names, where Sphinx has names of constants, code of attrs, and reprs."""
    _, _, _, value, _, signature, returned = event
    if not signature:
        return None

    def default(found: re.Match[str]) -> str:
        return _format_default(attrs.fields_dict(value)[found[1]].default)

    def constant(found: re.Match[str]) -> str:
        return "= " + _format_default(value.__globals__[found[1]])

    if isinstance(value, type):
        signature = re.sub(r"attr_dict\['(\w+)'\]\.default", default, signature)
    else:
        signature = re.sub(r"= (_?[A-Z][A-Z_]+)\b", constant, signature)
    signature = re.sub(r"TypeAliasForwardRef\('([\w.]+)'\)", r"\1", signature)
    signature = re.sub(r"(?<![~.\w])lightsail_copy\.", "~lightsail_copy.", signature)
    signature = re.sub(r"<module '(\w+)' \(built-in\)>", r"\1", signature)
    return re.sub(r"PollSchedule\([^)]+\)", "PollSchedule()", signature), returned


def _format_default(value: object) -> str:
    if attrs.has(type(value)) and value == type(value)():
        return f"{type(value).__name__}()"
    return "..." if repr(value).startswith("<") else repr(value)  # a clock


def set_dashes(_app: Sphinx, tree: nodes.document, _name: str) -> None:
    """Print a dash between an argument and its text, where Sphinx has two hyphens."""
    for text in list(tree.findall(nodes.Text)):
        if text == " -- ":
            text.parent.replace(text, nodes.Text(" \N{EN DASH} "))


def mend_help(_app: Sphinx, _context: object, lines: list[str]) -> None:
    """Keep the backslash at the end of a line of an example, and leave out defaults that options do not have."""
    lines[:] = [re.sub(r"\\$", r"\\\\", line) for line in lines if "Sentinel.UNSET" not in line]


def is_failure(record: logging.LogRecord) -> bool:
    """Return whether a warning of intersphinx is more than a machine without a network."""
    return not str(record.msg).startswith("failed to reach any of the inventories")


def setup(app: Sphinx) -> None:
    """Add the rules, and name the attributes of a class by their usual word."""
    for field in PyObject.doc_field_types:
        if field.name == "variable":
            field.label = "Attributes"
    logging.getLogger("sphinx.sphinx.ext.intersphinx").addFilter(is_failure)
    app.connect("missing-reference", resolve, priority=400)  # before intersphinx
    app.connect("missing-reference", leave_plain, priority=900)  # after it
    app.connect("autodoc-process-signature", show_defaults)
    app.connect("doctree-resolved", set_dashes)
    app.connect("sphinx-click-process-description", mend_help)
    app.connect("sphinx-click-process-options", mend_help)

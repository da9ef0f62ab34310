"""The settings of Sphinx, and two rules: which names become links, and how defaults are printed."""

from __future__ import annotations

import re
from importlib import import_module
from pydoc import locate
from typing import TYPE_CHECKING, Any

import attrs
from sphinx.domains.python import PyObject

import lightsail_copy

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "lightsail_copy"
author = "the lightsail_copy authors"
version = release = lightsail_copy.__version__
project_copyright = author

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click", "sphinx_copybutton"]
exclude_patterns = ["_build", "examples"]
source_suffix = {".md": "markdown"}
nitpicky = True
# In docstrings, single backticks are for a name of this package, an argument, or a value.
default_role = "py:obj"
add_module_names = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

smartquotes = False  # two hyphens are those of an option
html_theme = "furo"
html_title = f"lightsail_copy {release}"
html_static_path = ["_static"]
html_css_files = ["lightsail_copy.css"]
html_theme_options = {
    "source_repository": "https://github.com/lightsail-copy/lightsail-copy/",
    "source_branch": "main",
    "source_directory": "docs/",
}

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

    A name that is not public anywhere is printed without a link: an argument, a value, a name of another package. The
    build fails for a public name that no page documents, and for a dotted name of this package that does not exist.
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
    is_broken = name in _OURS or (target.startswith("lightsail_copy.") and locate(target) is None)
    return None if is_broken else contents


def show_defaults(*event: Any) -> tuple[str, str] | None:  # noqa: ANN401 - the arguments of Sphinx's event
    """Return a signature with the defaults of an attrs class, whose own source for them is generated code."""
    _, _, _, value, _, signature, returned = event
    if not (isinstance(value, type) and attrs.has(value) and signature):
        return None

    def default(found: re.Match[str]) -> str:
        return repr(attrs.fields_dict(value)[found[1]].default)

    return re.sub(r"attr_dict\['(\w+)'\]\.default", default, signature), returned


def setup(app: Sphinx) -> None:
    """Add the two rules, and name the attributes of a class by their usual word."""
    for field in PyObject.doc_field_types:
        if field.name == "variable":
            field.label = "Attributes"
    app.connect("missing-reference", resolve)
    app.connect("autodoc-process-signature", show_defaults)

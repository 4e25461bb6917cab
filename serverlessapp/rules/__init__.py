"""Rules about policies and pipelines: ``cfn-lint --append-rules serverlessapp.rules``.

cfn-lint takes the classes that it finds in this module: so here is every one of the package.
"""

from importlib import import_module
from pkgutil import walk_packages

from serverlessapp.rules import rule

globals().update(
    {
        value.__name__: value
        for module in walk_packages(__path__, f"{__name__}.")
        for value in vars(import_module(module.name)).values()
        if isinstance(value, type) and issubclass(value, rule.Rule) and value.id
    }
)

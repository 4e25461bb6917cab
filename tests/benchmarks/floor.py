"""What cannot be avoided: start Python, load YAML with libyaml, and dump it.

    python floor.py FOLDER FILE...

Its imports are part of what is measured, so there is nothing else in it.
"""

import sys

import yaml


class Loader(yaml.CSafeLoader):
    """Takes CloudFormation's short forms, such as ``!Sub``, for what stands behind them."""


def untagged(loader: Loader, suffix: str, node: yaml.Node) -> object:
    """Return the value of a node with a tag of CloudFormation's."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


Loader.add_multi_constructor("!", untagged)


def main(folder: str, *files: str) -> None:
    """Load files and dump them into a folder."""
    for path in files:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - no import more
            content = yaml.load(file, Loader)  # noqa: S506 - a safe loader
        name = path.rpartition("/")[2]
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:  # noqa: PTH123
            yaml.dump(content, file, yaml.CSafeDumper)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Artifacts are made once, before they are read."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action, Pipeline


def findings(delivery: Delivery) -> Iterator[Mistake]:
    """Yield artifacts that are not there when they are needed, or are made twice."""
    for pipeline in delivery.pipelines:
        makers = makers_of(pipeline)
        made: set[str] = set()
        for stage in pipeline.stages:
            for step in stage.steps():
                for action in step:
                    yield from inputs(action, made, makers)
                made.update(name for action in step for name in action.outputs)
        yield from made_twice(pipeline)


def makers_of(pipeline: Pipeline) -> dict[str, str]:
    """Return where each artifact is made."""
    return {
        name: f"{action.stage}, action {action.name}, RunOrder {action.order}"
        for action in pipeline.actions()
        for name in action.outputs
    }


def inputs(action: Action, made: set[str], makers: dict[str, str]) -> Iterator[Mistake]:
    """Yield inputs of an action that nothing has made yet."""
    for name in action.inputs:
        where = action.at(f"InputArtifacts[{name}]")
        if action.inputs.count(name) > 1:
            yield Mistake(path=where, message=f"{name} is an input twice: remove one")
        if name in made:
            continue
        if name in makers:
            message = f"{name} is made only by {makers[name]}: run this action after it"
        else:
            message = f"no action makes {name}: correct the name, or make it an output"
        yield Mistake(path=where, message=message)


def made_twice(pipeline: Pipeline) -> Iterator[Mistake]:
    """Yield outputs that another action makes, too."""
    seen: dict[str, Action] = {}
    for action in pipeline.actions():
        for name in action.outputs:
            if name in seen:
                first = f"{seen[name].stage}.{seen[name].name}"
                yield Mistake(
                    path=action.at(f"OutputArtifacts[{name}]"),
                    message=f"{first} makes {name}, too: give each output a name of its own",
                )
            seen.setdefault(name, action)

"""Where the pipeline cannot be, refused before anything is created."""

from troposphere import Ref, Template

from generators.rules import asserted
from pipeline.delivery import Delivery
from pipeline.home_regions import HOME_REGIONS


def add_to(template: Template, *, delivery: Delivery) -> None:
    """Add the rule about the Region, the one that ``delivery.toml`` names or any that can be.

    The account is held by the pattern of ``ConnectionArn``: that ``AWS::AccountId`` works in a rule
    is documented nowhere.
    """
    regions = [delivery.region] if delivery.region else [*HOME_REGIONS]
    words = (
        f"pipeline/delivery.toml has the pipeline in {delivery.region}: launch this stack there."
        if delivery.region
        else (
            "This Region lacks CodeBuild's Lambda compute or notification rules: launch this "
            f"stack in one of {', '.join(HOME_REGIONS)}."
        )
    )
    here = asserted({"Fn::Contains": [regions, Ref("AWS::Region")]}, words)
    template.add_rule("HomeRegion", {"Assertions": [here]})

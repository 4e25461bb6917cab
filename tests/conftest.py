"""What holds for all tests of the product, from the moment that pytest collects them.

Templates are generated for tests/lanes and tests/delivery.toml: a team's own processors and
environments must not make product tests fail.
"""

import os
from importlib.util import find_spec
from pathlib import Path

from hypothesis import settings

# An example takes many times as long on a machine that is busy with other things. A commit passes
# or fails, whoever runs its tests: only a search, which asks for more examples, draws others.
settings.register_profile("project", deadline=None, derandomize="FUZZ_EXAMPLES" not in os.environ)
settings.load_profile("project")

if find_spec("troposphere"):  # not where the wheel alone is tried
    from generators import lanes
    from pipeline import delivery
    from tests.fixture_lanes import LANES

    lanes.PROCESSORS = LANES
    delivery.DELIVERY = Path(__file__).with_name("delivery.toml")

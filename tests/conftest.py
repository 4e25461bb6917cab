"""What holds for all tests of the product, from the moment that pytest collects them.

Templates are generated for tests/lanes: a team's own processors must not make product tests fail.
"""

from hypothesis import settings

from generators import lanes
from tests.fixture_lanes import LANES

lanes.PROCESSORS = LANES
# An example takes many times as long on a machine that is busy with other things.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")

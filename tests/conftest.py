"""What holds for all tests of the product, from the moment that pytest collects them.

Templates are generated for tests/lanes: a team's own processors must not make product tests fail.
"""

from generators import lanes
from tests.fixture_lanes import LANES

lanes.PROCESSORS = LANES

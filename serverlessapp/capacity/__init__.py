"""How much a stack gets through, and what that costs."""

"""A pipeline's template, resolved into plain data: what runs, in which order, with what."""

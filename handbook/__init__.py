"""One page, in one file, with everything people look at; it needs no network."""

"""The project's handler beside one as it is usually written."""

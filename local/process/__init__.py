"""One processor on local files, without a stack: the runtime that Lambda runs, AWS in memory."""

"""The whole way on this machine: generate, lint, deploy, upload, verify, delete."""

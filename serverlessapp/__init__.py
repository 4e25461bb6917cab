"""The tool that people install: compares, validates and packages; operates what is deployed."""

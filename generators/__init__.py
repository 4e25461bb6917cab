"""Generates the application templates."""

__version__ = "0.4.0.dev0"

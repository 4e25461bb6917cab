"""Versions whose bytes never change."""

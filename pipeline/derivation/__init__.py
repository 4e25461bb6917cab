"""Derives from a template what CloudFormation may have to do for it, and on which resources."""

"""Partitions of AWS: which Regions belong to them, and the names that differ."""

# How the names of a partition's Regions begin. Others are in ``aws``.
PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
# Partitions of their own, whose consoles are not public.
CLOSED = ("eu-iso", "eusc-", "us-iso")
SUFFIXES = {"aws-cn": "amazonaws.com.cn"}
# The console's host is the one name AWS offers no pseudo parameter for.
CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}

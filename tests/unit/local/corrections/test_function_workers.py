"""A function is stopped in its own Region only."""

import inspect

import pytest
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from local.corrections import function_workers


def test_a_function_is_stopped_in_its_own_region_only(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[tuple[object, ...]] = []
    monkeypatch.setattr(function_workers, "get_account_id", lambda: "123456789012")
    monkeypatch.setattr(function_workers, "get_region", lambda: "eu-west-1")
    for options in ({}, {"region": "us-east-1"}):
        function_workers.invalidate(lambda *given: stopped.append(given), "f", **options)
    assert stopped == [
        ("f", None, "123456789012", "eu-west-1"),
        ("f", None, "123456789012", "us-east-1"),
    ]


def test_ministack_still_needs_the_region_of_a_function() -> None:
    """When this fails, CloudFormation names the Region: take the correction out."""
    assert "invalidate_worker(name)\n" in inspect.getsource(provisioners._lambda_create)
    assert list(inspect.signature(lambda_svc.invalidate_worker).parameters) == [
        *("func_name", "qualifier", "account", "region"),
    ]

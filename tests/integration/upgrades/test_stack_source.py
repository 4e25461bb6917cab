"""``serverlessapp diff stack:NAME``: what an update does to this very stack."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from generators.retention import Retention
from tests.generated import checkout

from ..conftest import Deployment, Diff
from .conftest import parsed

Deploy = Callable[..., Deployment]


@pytest.mark.parametrize("kind", list(Retention), ids=lambda kind: str(kind.value))
def test_the_stack_is_compared_with_the_template_it_is_made_of(
    deploy: Deploy,
    diff: Diff,
    kind: Retention,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(checkout(tmp_path / "house"))
    code, document, _ = diff(f"stack:{deploy(kind).name}")
    assert code == 0
    assert document["templates"] == [{"name": kind.value, "findings": [], "change_set": []}]


def test_what_the_stack_does_not_have_cannot_be_lost(
    deploy: Deploy, diff: Diff, template: Callable[[Retention], str], tmp_path: Path
) -> None:
    """The key exists with ``Encryption=CustomerManaged`` only."""
    content = parsed(template(Retention.EPHEMERAL))
    content["Resources"]["EncryptionKey"]["Properties"]["KeySpec"] = "RSA_2048"
    content["Resources"]["EncryptionKey"]["DeletionPolicy"] = "Retain"
    del content["Resources"]["AlarmTopic"]["Properties"]["KmsMasterKeyId"]
    file = tmp_path / "application.yaml"
    file.write_text(json.dumps(content))
    without, having = deploy(), deploy(Encryption="CustomerManaged")
    assert diff(f"stack:{without.name}", str(file))[1]["templates"][0]["findings"] == []
    _, document, _ = diff(f"stack:{having.name}", str(file))
    found = {finding["subject"] for finding in document["templates"][0]["findings"]}
    assert found == {"EncryptionKey", "AlarmTopic"}


def test_a_stack_that_is_not_there_is_said_in_words(diff: Diff) -> None:
    code, _, err = diff("stack:nobody")
    assert code == 2
    assert err.startswith("error: stack nobody does not exist in us-west-2")
    assert err.count("\n") == 1

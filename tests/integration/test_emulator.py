"""The emulator starts, serves, and is always gone afterwards."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from ministack.services import dynamodb, iam, lambda_svc, s3, sns
from ministack.services.cloudformation import changesets, provisioners

from local.emulator import Emulator, EmulatorError

from .conftest import is_running, wait_until

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
ROOT = Path(__file__).resolve().parent.parent.parent


def test_each_has_its_own_data_and_leaves_none() -> None:
    with Emulator() as first, Emulator() as second:
        folders = [first._folder, second._folder]
        processes = [first.process_id, second.process_id]
        first.session().client("sqs").create_queue(QueueName="mine")
        assert not second.session().client("sqs").list_queues().get("QueueUrls")
    assert not [folder for folder in folders if folder.exists()]
    assert not [process for process in processes if is_running(process)]


def test_is_stopped_when_the_test_fails() -> None:
    with pytest.raises(RuntimeError), Emulator() as emulator:
        process = emulator.process_id
        raise RuntimeError
    assert not is_running(process)


def test_dies_with_its_parent() -> None:
    """A killed test run must not leave a server behind."""
    script = (
        "from local.emulator import Emulator\n"
        "emulator = Emulator()\n"
        "emulator.start()\n"
        "print(emulator.process_id, emulator._folder, flush=True)\n"
        "input()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout
    process, folder = parent.stdout.readline().split()
    assert is_running(int(process))
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    wait_until("the emulator's end", lambda: not is_running(int(process)))
    wait_until("its data's end", lambda: not Path(folder).exists())


def test_a_start_that_fails_says_why() -> None:
    with pytest.raises(EmulatorError, match="did not start"):
        Emulator(settings={"PYTHONPATH": "/nonexistent", "PYTHONHOME": "/nonexistent"}).start()


def test_ministack_still_needs_the_saved_query() -> None:
    """When this fails, ministack has learned it: take ``saved_query`` out."""
    assert "AWS::Logs::QueryDefinition" not in provisioners._RESOURCE_HANDLERS


def test_ministack_still_needs_the_correction_of_concurrency() -> None:
    """When this fails, ministack has learned it: take ``numeric_concurrency`` out."""
    mapping = {"ScalingConfig": {"MaximumConcurrency": "10"}}
    limit = lambda_svc._sqs_esm_concurrency(mapping, {}, {})
    with pytest.raises(TypeError):
        assert limit <= 0


def test_ministack_still_needs_the_name_of_a_log_group() -> None:
    """When this fails, ministack has learned it: take ``with_generated_name`` out."""
    name, _ = provisioners._cwlogs_create("Log", {}, "stack")
    assert not name.startswith("stack-Log-")


def test_ministack_still_needs_the_properties_it_forgets() -> None:
    """When one of these fails, ministack has learned it: take its note out."""
    role, _ = provisioners._iam_role_create(
        "Role",
        {"AssumeRolePolicyDocument": POLICY, "PermissionsBoundary": "arn:aws:iam::aws:policy/x"},
        "stack",
    )
    assert "PermissionsBoundary" not in iam._roles[role]
    topic, _ = provisioners._sns_create("Topic", {"KmsMasterKeyId": "key"}, "stack")
    assert "KmsMasterKeyId" not in sns._topics[topic]["attributes"]
    given = {"ResourcePolicy": {"PolicyDocument": POLICY}, "SSESpecification": {"SSEEnabled": True}}
    table, _ = provisioners._ddb_create("Table", given, "stack")
    assert not dynamodb._tables[table]["SSEDescription"]
    assert dynamodb._tables[table]["TableArn"] not in dynamodb._resource_policies
    logging = {"BucketName": "logged", "LoggingConfiguration": {"DestinationBucketName": "logs"}}
    bucket, _ = provisioners._s3_create("Bucket", logging, "stack")
    assert bucket not in s3._bucket_logging_config


def test_ministack_still_needs_to_be_told_what_a_condition_excludes() -> None:
    """When this fails, ministack has learned it: take ``local/corrections/change_sets.py`` out."""
    template = {
        "Conditions": {"Never": {"Fn::Equals": ["yes", "no"]}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Condition": "Never"}},
    }
    assert changesets._resolve_props_for_diff(template, {}, "stack", "id")["Resources"]

"""Mistakes that calls and validators have to catch: a template with one must not get through.

Those of the other oracles stand in their tests, beside the check that has to fail.
"""

from copy import deepcopy
from dataclasses import dataclass

from serverlessapp.template.reading import Template
from tests.oracles.mistakes import Change, more, property_of, put, replaced, without
from tests.oracles.templates import TEMPLATES


@dataclass(frozen=True)
class Seed:
    """A mistake.

    Attributes:
        name: What is wrong.
        template: In which of ours.
        oracle: Which one has to catch it: calls or validators.
    """

    name: str
    template: str
    oracle: str
    change: Change

    def spoiled(self) -> Template:
        """Return the template with the mistake in it.

        Raises:
            LookupError: There is no such place any more.
        """
        content = deepcopy(TEMPLATES[self.template].content)
        self.change(content)
        assert content != TEMPLATES[self.template].content, "nothing is wrong"
        return Template(content=content)


APP, PIPE, LANES = "application", "pipeline", "lanes"
FUNCTION, ALARM, MAPPING = "FileProcessor", "FunctionErrorsAlarm", "IngestMapping"

SEEDS = (
    # Values of enumerations.
    Seed("statistic", APP, "calls", property_of(ALARM, "Statistic", "Avg")),
    Seed("unit of an alarm", APP, "calls", property_of(ALARM, "Unit", "Second")),
    Seed("runtime", APP, "calls", property_of(FUNCTION, "Runtime", "python3.99")),
    Seed("architecture", APP, "calls", property_of(FUNCTION, "Architectures/0", "arm")),
    Seed(
        "storage class",
        APP,
        "calls",
        property_of(
            "UploadBucket", "LifecycleConfiguration/Rules/2/Transitions/0/StorageClass", "TIERING"
        ),
    ),
    Seed(
        "attribute of a queue",
        APP,
        "calls",
        property_of("IngestQueue", "RetentionPeriod", 1209600),
    ),
    Seed(
        "compute type", PIPE, "calls", property_of("Taskcat", "Environment/ComputeType", "LAMBDA")
    ),
    Seed(
        "category of an action",
        PIPE,
        "calls",
        property_of("Pipeline", "Stages/0/Actions/0/ActionTypeId/Category", "Sources"),
    ),
    Seed("detail type", PIPE, "calls", property_of("NotificationRule", "DetailType", "ALL")),
    # Lengths and names, at the limits of parameters.
    Seed(
        "long name of an alarm",
        APP,
        "calls",
        property_of(ALARM, "AlarmName", {"Fn::Sub": "${AWS::StackName}-" + "x" * 127}),
    ),
    Seed("long description", APP, "calls", property_of(ALARM, "AlarmDescription", "x" * 1025)),
    Seed(
        "bucket's name with a longer environment",
        APP,
        "calls",
        put("Parameters/EnvironmentSuffix/AllowedPattern", "^[a-z0-9]([a-z0-9-]{0,11}[a-z0-9])?$"),
    ),
    Seed(
        "environment variables with a processor of any length",
        APP,
        "calls",
        without("Parameters/Processor/MaxLength"),
    ),
    Seed(
        "an approval with a longer text",
        PIPE,
        "calls",
        property_of("Pipeline", "Stages/7/Actions/2/Configuration/CustomData", "x" * 1001),
    ),
    # Patterns.
    Seed("name of a role", APP, "calls", property_of("FileProcessorRole", "RoleName", "a b")),
    Seed(
        "name of a stage",
        PIPE,
        "calls",
        property_of("Pipeline", "Stages/1/Name", "Update pipeline"),
    ),
    # Ranges and durations.
    Seed("more memory", APP, "calls", put("Parameters/FunctionMemory/MaxValue", 10241)),
    Seed("less concurrency", APP, "calls", put("Parameters/MaximumConcurrency/MinValue", 1)),
    Seed("batch", APP, "calls", property_of(MAPPING, "BatchSize", 10001)),
    Seed("batch without a window", APP, "calls", property_of(MAPPING, "BatchSize", 11)),
    Seed(
        "retention of a queue",
        APP,
        "calls",
        property_of("DeadLetterQueue", "MessageRetentionPeriod", 1209601),
    ),
    Seed("period of an alarm", APP, "calls", property_of(ALARM, "Period", 90)),
    Seed("window of an alarm", APP, "calls", property_of(ALARM, "EvaluationPeriods", 289)),
    Seed(
        "visibility shorter than the longest timeout",
        APP,
        "calls",
        put("Mappings/Timeouts/900/Visibility", "899"),
    ),
    Seed(
        "password's length",
        APP,
        "calls",
        property_of("Secret", "GenerateSecretString/PasswordLength", 0),
    ),
    # Missing, unknown, of a wrong type.
    Seed("no role", APP, "calls", without(f"Resources/{FUNCTION}/Properties/Role")),
    Seed("unknown property", APP, "calls", property_of("FileProcessorLogs", "RetentionDays", 7)),
    Seed(
        "unknown property below another",
        APP,
        "calls",
        property_of(FUNCTION, "LoggingConfig/Format", "JSON"),
    ),
    Seed("text for a list", APP, "calls", property_of("FileQuery", "LogGroupNames", "logs")),
    Seed(
        "text for a number",
        APP,
        "calls",
        property_of(
            "UploadBucket", "LifecycleConfiguration/Rules/2/Transitions/0/TransitionInDays", "soon"
        ),
    ),
    # What only lanes have.
    Seed(
        "larger /tmp",
        LANES,
        "calls",
        property_of("CsvFunction", "EphemeralStorage/Size", 10241),
    ),
    Seed("longer name of a rule", LANES, "calls", property_of("PdfUploadRule", "Name", "x" * 65)),
    Seed(
        "prefix and suffix in one operator",
        LANES,
        "calls",
        property_of(
            "PdfUploadRule",
            "EventPattern/detail/object/key/0",
            {"prefix": "in/", "suffix": ".pdf"},
        ),
    ),
    Seed(
        "two wildcards beside each other",
        LANES,
        "calls",
        property_of("PdfUploadRule", "EventPattern/detail/object/key/0/wildcard", "in/**.pdf"),
    ),
    Seed(
        "a rule's target without an ID",
        LANES,
        "calls",
        without("Resources/PdfUploadRule/Properties/Targets/0/Id"),
    ),
    Seed(
        "a file announced to two queues",
        LANES,
        "calls",
        property_of(
            "UploadBucket",
            "NotificationConfiguration/QueueConfigurations/1/Filter/S3Key/Rules/1/Value",
            "",
        ),
    ),
    # Quotas and texts that no model knows.
    Seed("days of a log", APP, "calls", put("Parameters/LogRetentionDays/AllowedValues/3", "8")),
    Seed("protocol", APP, "calls", property_of("AlarmSubscription", "Protocol", "mail")),
    Seed(
        "name of a queue",
        APP,
        "calls",
        replaced(
            "Resources/IngestQueue/Properties/QueueName/Fn::Sub/0",
            "-ingest-",
            "-files-that-wait-here-",
        ),
    ),
    Seed(
        "days of old versions",
        APP,
        "calls",
        put("Parameters/VersionRetentionDays/MinValue", 0),
    ),
    Seed(
        "permissions of a managed policy",
        "deploy-role",
        "calls",
        more("Resources/DeployKeys/Properties/PolicyDocument/Statement", 40),
    ),
    Seed(
        "permissions of a role",
        APP,
        "calls",
        more("Resources/FileProcessorPolicy/Properties/PolicyDocument/Statement", 60),
    ),
    Seed(
        "policy of a queue",
        APP,
        "calls",
        more("Resources/IngestQueuePolicy/Properties/PolicyDocument/Statement", 19),
    ),
    Seed(
        "statement twice",
        APP,
        "calls",
        property_of("IngestQueuePolicy", "PolicyDocument/Statement/0/Sid", "DenyInsecureTransport"),
    ),
    Seed(
        "version of a policy",
        APP,
        "calls",
        property_of("FileProcessorPolicy", "PolicyDocument/Version", "2012-10-18"),
    ),
    Seed(
        "effect",
        APP,
        "calls",
        property_of("UploadBucketPolicy", "PolicyDocument/Statement/0/Effect", "Deni"),
    ),
    Seed(
        "body of the dashboard",
        APP,
        "calls",
        replaced(
            "Resources/Dashboard/Properties/DashboardBody/Fn::Sub/0",
            '"widgets": [',
            '"widgets": [,',
        ),
    ),
    Seed(
        "attribute that is no key",
        APP,
        "calls",
        property_of("Ledger", "AttributeDefinitions/0/AttributeName", "key"),
    ),
    # What only the page of an operation says.
    Seed(
        "infrequent access too early",
        APP,
        "calls",
        property_of(
            "UploadBucket",
            "LifecycleConfiguration/Rules/2/Transitions/0",
            {"StorageClass": "STANDARD_IA", "TransitionInDays": 20},
        ),
    ),
    Seed(
        "lifecycle rule twice",
        APP,
        "calls",
        property_of("UploadBucket", "LifecycleConfiguration/Rules/1/Id", "TierByAccess"),
    ),
    Seed(
        "notifications that overlap",
        APP,
        "calls",
        property_of(
            "UploadBucket",
            "NotificationConfiguration/QueueConfigurations",
            [
                {
                    "Event": f"s3:ObjectCreated:{event}",
                    "Queue": {"Fn::GetAtt": ["IngestQueue", "Arn"]},
                }
                for event in ("*", "Put")
            ],
        ),
    ),
    Seed(
        "environment variables as Lambda measures them",
        APP,
        "calls",
        property_of(FUNCTION, "Environment/Variables/TEXT", '"' * 2049),
    ),
    Seed(
        "who may park messages",
        APP,
        "calls",
        property_of("IngestQueue", "RedriveAllowPolicy/redrivePermission", "denyall"),
    ),
    Seed(
        "queues that may park messages",
        APP,
        "calls",
        property_of("DeadLetterQueue", "RedriveAllowPolicy/sourceQueueArns", ["arn"] * 11),
    ),
    Seed(
        "actions of a topic",
        APP,
        "calls",
        property_of("AlarmTopicPolicy", "PolicyDocument/Statement/1/Action", ["sns:*"]),
    ),
    Seed(
        "kind of a widget",
        APP,
        "calls",
        replaced(
            "Resources/Dashboard/Properties/DashboardBody/Fn::Sub/0",
            '"type": "metric"',
            '"type": "metrics"',
        ),
    ),
    # What AWS's validator has to see.
    Seed("nobody to wait for", APP, "validators", put("Resources/AlarmTopic/DependsOn", "Nobody")),
    Seed("unknown type", APP, "validators", put("Resources/AlarmTopic/Type", "AWS::SNS::Topics")),
    Seed("deletion policy", APP, "validators", put("Resources/Ledger/DeletionPolicy", "Keep")),
    Seed(
        "reference to nothing",
        APP,
        "validators",
        property_of(FUNCTION, "Timeout", {"Ref": "FunctionTimeouts"}),
    ),
    Seed(
        "unknown attribute",
        PIPE,
        "validators",
        property_of("Pipeline", "RoleArn", {"Fn::GetAtt": ["PipelineRole", "RoleArn"]}),
    ),
    Seed(
        "unknown condition",
        APP,
        "validators",
        put("Resources/AlarmSubscription/Condition", "HasEmail"),
    ),
    Seed("default that is refused", APP, "validators", put("Parameters/Encryption/Default", "No")),
)


def of(oracle: str) -> list[Seed]:
    """Return the mistakes of an oracle."""
    return [seed for seed in SEEDS if seed.oracle == oracle]

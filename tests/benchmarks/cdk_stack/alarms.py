"""Eight alarms and the topic they are published to."""

from aws_cdk import Aws, Duration, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

from tests.benchmarks.cdk_stack.choices import Choices
from tests.benchmarks.cdk_stack.encryption import Encryption
from tests.benchmarks.cdk_stack.form import Form
from tests.benchmarks.cdk_stack.queues import Queues

PERIOD = Duration.minutes(5)


def add_topic_to(stack: Stack, form: Form, choices: Choices, encryption: Encryption) -> sns.Topic:
    """Add the topic, its policy and its subscription to the stack."""
    topic = sns.Topic(stack, "AlarmTopic", enforce_ssl=True)
    encryption.apply_to(topic, "KmsMasterKeyId")
    alarms = f"arn:{Aws.PARTITION}:cloudwatch:{Aws.REGION}:{Aws.ACCOUNT_ID}:alarm"
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AcceptAlarms",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"ArnLike": {"aws:SourceArn": f"{alarms}:{Aws.STACK_NAME}-*"}},
        )
    )
    subscription = sns.Subscription(
        stack,
        "AlarmSubscription",
        topic=topic,
        protocol=sns.SubscriptionProtocol.EMAIL,
        endpoint=form.alarm_email.value_as_string,
    )
    subscription.node.default_child.cfn_options.condition = choices.has_email
    return topic


def add_to(
    stack: Stack,
    form: Form,
    choices: Choices,
    topic: sns.Topic,
    function: lambda_.Function,
    queues: Queues,
) -> None:
    """Add the alarms to the stack."""
    action = actions.SnsAction(topic)

    def alarm(
        name: str,
        metric: cloudwatch.Metric,
        description: str,
        threshold: float = 1,
        periods: int = 1,
    ) -> None:
        metric.create_alarm(
            stack,
            name,
            alarm_description=description,
            comparison_operator=(cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD),
            evaluation_periods=periods,
            threshold=threshold,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        ).add_alarm_action(action)

    age = queues.ingest.metric_approximate_age_of_oldest_message(period=PERIOD, statistic="Maximum")
    parked = queues.dead_letter.metric_approximate_number_of_messages_visible(
        period=PERIOD, statistic="Maximum"
    )
    errors, denied = (
        cloudwatch.Metric(
            namespace="ServerlessApp/Lambda",
            metric_name=name,
            dimensions_map={"Environment": form.environment.value_as_string},
            period=PERIOD,
            statistic="Sum",
        )
        for name in ("ProcessingErrors", "AccessDenied")
    )
    mean = function.metric_duration(period=PERIOD, statistic="Average")
    slowest = function.metric_duration(period=PERIOD, statistic="p99")
    limit = choices.timeouts.find_in_map(form.timeout.value_as_string, "Backlog")
    alarm("FunctionErrorsAlarm", function.metric_errors(period=PERIOD), "An invocation crashed.")
    alarm("FunctionDurationAlarm", mean, "Batches take 30 s on average.", 30000, 2)
    alarm("FunctionDurationP99Alarm", slowest, "The slowest 1 % take 30 s.", 30000, 2)
    alarm("FunctionThrottlesAlarm", function.metric_throttles(period=PERIOD), "Lambda refused.")
    alarm("BacklogAlarm", age, "The oldest file waits too long.", Token.as_number(limit))
    alarm("DeadLetterAlarm", parked, "Files wait in the dead-letter queue.")
    alarm("ProcessingErrorsAlarm", errors, "Files failed; the log names each and its error.")
    alarm("AccessDeniedAlarm", denied, "AWS denied the function a call.")

"""Names that stacks of several accounts and Regions have to know of each other, for ``Sub``.

Roles have fixed names, so that nobody copies their ARNs from one stack's outputs into another's
form. No name begins with ``serverlessapp-<environment>-``, which is all that the role reaches that
deploys an environment (ADR 26).
"""

PIPELINE = "serverlessapp-pipeline"  # what the pipeline's stack is called, unless somebody chose

# What the pipeline does in an environment, each by a role of that environment's account.
DEPLOY = "deploy"  # CloudFormation's own role for the application's stack
REVIEW = "review"  # makes change sets to look at, and executes none
DELIVER = "deliver"  # makes the change set that is executed, and executes it
INSPECT = "inspect"  # reads templates, change sets, stacks and alarms
VERIFY = "verify"  # uploads a sample for each lane and reads its ledger entry
PURPOSES = (DEPLOY, REVIEW, DELIVER, INSPECT, VERIFY)
CHANGE_SETS = {REVIEW: "review", DELIVER: "deploy"}  # one for each stage of an environment

TASKCAT_ROLE = "taskcat-serverlessapp"
TASKCAT_BOUNDARY = "boundary-serverlessapp-tcat"
# The pipeline's stack has its name as parameter PipelineStackName in the templates around it.
VERIFIER, HYPHEN = "Verify{environment}", "X"  # a logical ID takes no hyphen
UPDATE_ROLE = "update-{pipeline}"
ARTIFACT_BUCKET = (
    "{pipeline}-artifacts-{account}-{region}"  # home: a name that CloudFormation makes
)
CODE_BUCKET = "{pipeline}-code-{account}-{region}"


# First words of what else has a fixed name. The role for updates reaches all that begins with the
# pipeline's name and a hyphen, and an environment's role what begins with serverlessapp- and that
# environment's: so the name of the pipeline's stack has another first word.
FIRST_WORDS = sorted(
    {
        *(name.partition("-")[0] for name in (*PURPOSES, TASKCAT_ROLE, TASKCAT_BOUNDARY)),
        *(name.partition("-")[0] for name in (UPDATE_ROLE, PIPELINE)),
        "github",  # what GitHub Actions takes in place of the pipeline
        "tcat",  # taskcat's buckets
    }
)
# A bucket's name begins with it, so it is lowercase.
PIPELINE_PATTERN = f"^({PIPELINE}|(?!({'|'.join(FIRST_WORDS)})(-|$))[a-z][a-z0-9-]{{0,23}})$"
PIPELINE_WORDS = (
    f"must be {PIPELINE}, or up to 24 lowercase letters, digits and hyphens whose first word is "
    f"not {', '.join(FIRST_WORDS)}"
)


def stack(environment: str) -> str:
    """Return the name of the application's stack, in each Region of an environment."""
    return f"serverlessapp-{environment}"


def role(purpose: str, environment: str) -> str:
    """Return the name of a role in the account of an environment, 64 characters at most."""
    return f"{purpose}-serverlessapp-{environment}"


def boundary(environment: str) -> str:
    """Return the name of the policy that limits the roles of an environment's application."""
    return f"boundary-serverlessapp-{environment}"


def verifier(environment: str) -> str:
    """Return the logical ID of the build that verifies an environment: ``VerifyeuXwest``.

    Not by its title: the environment's own stack makes the same of its parameter, which takes no
    more than ``Split`` and ``Join``. Names are in lower case, so that no ID begins another's.
    """
    return VERIFIER.format(environment=environment.replace("-", HYPHEN))


def title(name: str) -> str:
    """Return the name of an environment or a Region as part of others: ``UsEast1``."""
    return "".join(part.capitalize() for part in name.split("-"))


STACK = stack("${EnvironmentSuffix}")  # as the templates around the pipeline have it

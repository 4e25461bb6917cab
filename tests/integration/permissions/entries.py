"""What a lane enters in its ledger, as an operator checks it."""

from generators.lanes import Lane
from serverlessapp.operations import ledger
from serverlessapp.operations.checker import Checker, ReceiptStatus
from serverlessapp.operations.stack import find

from .paths import new_file, process
from .world import World


def check_entry(world: World, lane: Lane) -> None:
    """Process a file with the secret of now, and let the tool verify its entry."""
    world.restart(lane.logical_id("FileProcessor"))
    name, content = new_file(world, lane)
    world.run(lambda here: process(here, lane, name, content))
    stack = find(world.client("cloudformation"), world.name, lane.name)
    (where,), key = stack.chosen, stack.prefix + name
    checker = Checker(stack=stack, s3=world.client("s3"), secrets=world.client("secretsmanager"))
    ((item,),) = ledger.pages(world.client("dynamodb"), where.ledger, key)
    checked = checker.check(where, item)
    assert checked.verdict is ReceiptStatus.VERIFIED, checked.reason

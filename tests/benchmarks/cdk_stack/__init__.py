"""The application stack in AWS CDK: what the generators are compared with.

It has the same resources as the template they write, made with the constructs a CDK user would
take. CDK's level-2 constructs cannot express a property that depends on a condition; where the
stack has one, it is overridden on the level-1 resource, as CDK's documentation says to.

One construct is deliberately not used. ``Bucket.add_event_notification`` would deploy a second
function with a role, which this stack does not have; S3's own property is set instead. That
makes the CDK app faster, not slower.
"""

"""What a stack has to do to count as working; runs inside taskcat, or anywhere with boto3.

A check is a function of a ``StackUnderTest`` that raises ``Broken`` with what does not hold.
"""

"""What a stack has to do to count as working; runs inside taskcat, or anywhere with boto3."""

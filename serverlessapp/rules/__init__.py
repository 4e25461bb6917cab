"""What AWS would refuse, or nobody should deploy: rules about pipelines and about policies."""

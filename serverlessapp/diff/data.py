"""Which resources hold data, and what a template says about keeping them.

The published schemas do not tell which types hold data. cfn-lint has a list (rule I3011) of 29;
here are the types of which AWS's documentation says that deleting them deletes what is stored in
them, and those that can be deleted with a snapshot (CloudFormation Template Reference,
"DeletionPolicy attribute").
"""

from typing import Any

from serverlessapp.diff.statements import text
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.reading import TRANSFORM
from serverlessapp.template.values import ABSENT, options

# By what would be missing if the resource were made anew. Source: the page of each type in the
# CloudFormation Template Reference, or of its Delete operation in the service's API reference.
HELD = {
    "everything that is encrypted with it": """
        CloudHSM::Cluster KMS::Key KMS::ReplicaKey PaymentCryptography::Key""",
    "its blocks": "EC2::Volume Lightsail::Disk StorageGateway::Volume WorkspacesInstances::Volume",
    "its contacts": "Pinpoint::App SES::ContactList",
    "its data": """
        AppConfig::HostedConfigurationVersion BedrockAgentCore::Memory Cases::Domain
        Connect::DataTable Connect::Instance CustomerProfiles::Domain DataExchange::DataSet
        DataZone::Domain Detective::Graph DSQL::Cluster EMR::Cluster EMR::WALWorkspace
        FinSpace::Environment Forecast::Dataset Forecast::DatasetGroup Grafana::Workspace
        HealthImaging::Datastore HealthLake::FHIRDatastore IoTAnalytics::Channel
        IoTAnalytics::Dataset IoTAnalytics::Datastore IoTSiteWise::Asset IoTSiteWise::Dataset
        IoTTwinMaker::Workspace MWAA::Environment Omics::AnnotationStore Omics::ReferenceStore
        Omics::SequenceStore Omics::VariantStore Personalize::Dataset
        Personalize::DatasetGroup QuickSight::DataSet Rekognition::Collection
        Rekognition::Dataset SCN::Instance SageMaker::Domain SageMaker::FeatureGroup
        SageMaker::MlflowTrackingServer SageMaker::NotebookInstance SageMaker::Space
        SecurityLake::DataLake VoiceID::Domain""",
    "its directory": "DirectoryService::MicrosoftAD DirectoryService::SimpleAD",
    "its disks": "Cloud9::EnvironmentEC2 Lightsail::Instance WorkSpaces::Workspace",
    "its documents": """
        Bedrock::DataSource Bedrock::KnowledgeBase Kendra::Index QBusiness::Application
        QBusiness::Index Wisdom::KnowledgeBase""",
    "its entries": "CloudFront::KeyValueStore Location::GeofenceCollection",
    "its events": "CloudTrail::EventDataStore Events::Archive",
    "its files": """
        EFS::FileSystem FSx::FileSystem FSx::StorageVirtualMachine FSx::Volume
        S3Files::FileSystem""",
    "its graph": "Neptune::DBCluster Neptune::DBInstance NeptuneGraph::Graph",
    "its images": "ECR::PublicRepository ECR::Repository",
    "its indexes": """
        Elasticsearch::Domain OpenSearchServerless::Collection
        OpenSearchServerless::CollectionIndex OpenSearchServerless::Index
        OpenSearchService::Domain""",
    "its items": """
        DAX::Cluster DynamoDB::GlobalTable DynamoDB::Table ElastiCache::CacheCluster
        ElastiCache::GlobalReplicationGroup ElastiCache::ReplicationGroup
        ElastiCache::ServerlessCache MemoryDB::Cluster MemoryDB::MultiRegionCluster
        SDB::Domain Serverless::SimpleTable""",
    "its ledger": "ManagedBlockchain::Member QLDB::Ledger",
    "its log": "Logs::LogGroup Logs::LogStream",
    "its mail": "SES::MailManagerArchive",
    "its metrics": "APS::Workspace",
    "its objects": """
        EKS::Cluster Lightsail::Bucket MediaStore::Container S3::Bucket S3Express::DirectoryBucket
        S3Outposts::Bucket""",
    "its policies": "VerifiedPermissions::PolicyStore",
    "its packages": "CodeArtifact::Domain CodeArtifact::Repository",
    "its records": """
        Kinesis::Stream KinesisVideo::Stream MSK::Cluster MSK::ServerlessCluster MSK::Topic""",
    "its records, and its name servers": "Route53::HostedZone",
    "its recovery points": """
        Backup::BackupVault Backup::LogicallyAirGappedBackupVault FSx::Backup""",
    "its schemas": "EventSchemas::Registry Glue::Registry",
    "its snapshot": """
        DocDBElastic::ClusterSnapshot ElastiCache::ServerlessCacheSnapshot ElastiCache::Snapshot
        FSx::Snapshot Lightsail::DatabaseSnapshot Lightsail::DiskSnapshot
        Lightsail::InstanceSnapshot MemoryDB::Snapshot NeptuneGraph::GraphSnapshot
        RDS::ClusterSnapshot RDS::DBSnapshot Redshift::Snapshot RedshiftServerless::Snapshot
        Timestream::InfluxDBBackup""",
    "its source": "CodeCommit::Repository",
    "its tables": """
        Cassandra::Keyspace Cassandra::Table DocDB::DBCluster DocDB::DBInstance
        DocDB::GlobalCluster DocDBElastic::Cluster Glue::Catalog Glue::Database Glue::Table
        Lightsail::Database Neptune::GlobalCluster ODB::CloudAutonomousVmCluster
        ODB::CloudVmCluster RDS::DBCluster RDS::DBInstance RDS::DBShardGroup RDS::GlobalCluster
        Redshift::Cluster RedshiftServerless::Namespace S3Tables::Namespace S3Tables::Table
        S3Tables::TableBucket Timestream::Database Timestream::InfluxDBCluster
        Timestream::InfluxDBInstance Timestream::Table""",
    "its things": "IoT::Thing IoTFleetWise::Vehicle",
    "its users": """
        Cognito::IdentityPool Cognito::UserPool Cognito::UserPoolUser
        WorkSpaces::Directory""",
    "its value": "SSM::Parameter SecretsManager::Secret",
    "its vectors": "S3Vectors::Index S3Vectors::VectorBucket",
    "the account and all that is in it": "Organizations::Account",
    "the messages that wait in it": "AmazonMQ::Broker SQS::Queue",
    "whatever its own resources hold": """
        CloudFormation::Stack CloudFormation::StackSet ElasticBeanstalk::Environment""",
}
STATEFUL = {f"AWS::{name}": held for held, names in HELD.items() for name in names.split()}

# Properties that make a new value: AWS::SecretsManager::Secret, "When you make a change to this
# property, a new secret version is created".
NEW_VALUE = {"AWS::SecretsManager::Secret": {"GenerateSecretString", "SecretString"}}

# How well data is kept, and in words. CloudFormation Template Reference, "DeletionPolicy
# attribute".
STRENGTH = {"Delete": 0, "Snapshot": 1, "RetainExceptOnCreate": 2, "Retain": 2}
FATES = ("is deleted", "is left as a snapshot only", "is retained outside of the stack")
POLICIES = {"DeletionPolicy": "removed", "UpdateReplacePolicy": "replaced"}


def policy(resource: Resource, name: str) -> Any:
    """Return ``DeletionPolicy`` or ``UpdateReplacePolicy``, with CloudFormation's default.

    It may be a choice, or unknown: a function can give it (CloudFormation Template Reference,
    "DeletionPolicy attribute", as "UpdateReplacePolicy attribute").
    """
    return resource.attributes.get(name, default(resource, name))


def default(resource: Resource, name: str) -> str:
    """Return the policy of a resource that has none.

    Source: "DeletionPolicy attribute": Snapshot for clusters of RDS, and for its instances
    outside of clusters.
    """
    is_alone = not {"DBClusterIdentifier", TRANSFORM} & resource.properties.keys()
    has_snapshot = resource.type == "AWS::RDS::DBCluster" or (
        resource.type == "AWS::RDS::DBInstance" and is_alone
    )
    return "Snapshot" if has_snapshot and name == "DeletionPolicy" else "Delete"


def fate(resource: Resource, name: str) -> str:
    """Return what becomes of the data when the resource goes, in words."""
    words = []
    for value, _ in options(policy(resource, name)):
        chosen = default(resource, name) if value is ABSENT else value
        known = STRENGTH.get(chosen) if isinstance(chosen, str) else None
        words.append(f"is kept as {text(chosen)} says" if known is None else FATES[known])
    return " or ".join(dict.fromkeys(words))


def is_weaker(old: Any, new: Any) -> bool:
    """Tell whether a policy may keep data less well than another one."""
    weakest, strongest = 0, 2
    was = STRENGTH.get(old, strongest) if isinstance(old, str) else strongest
    now = STRENGTH.get(new, weakest) if isinstance(new, str) else weakest
    return now < was

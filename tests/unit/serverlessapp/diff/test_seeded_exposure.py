"""Changes of access and of data, of as many types as possible: none may be called safe.

Most types here have no rule of their own. Harmless changes of the same types stay safe.
"""

import json
from typing import Any

import pytest

from serverlessapp.diff.model import Risk

from .comparing import compare

Properties = dict[str, Any]
DENY = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
READ = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
LIST = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
KEY = [{"AttributeName": "a", "KeyType": "HASH"}]


def rule(**parts: Any) -> Properties:
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **parts}


def template(resource_type: str, properties: Properties | None) -> Properties:
    """Return a template with a resource, or without it."""
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    resource = {"Type": f"AWS::{resource_type}", **kept, "Properties": properties}
    return {
        "Parameters": {"P": {"Type": "String"}, "Is": {"Type": "String"}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "Is"}, "x"]}},
        "Resources": {
            "Other": {"Type": "AWS::SNS::Topic"},
            **({} if properties is None else {"X": resource}),
        },
    }


def worst(resource_type: str, old: Properties | None, new: Properties) -> Risk:
    before, after = template(resource_type, old), template(resource_type, new)
    findings = compare(before, after).findings
    return max((finding.risk for finding in findings), default=Risk.SAFE)


ACCESS: list[tuple[str, Properties | None, Properties]] = [
    (
        "ACMPCA::Permission",
        None,
        {"Principal": "acm.amazonaws.com", "Actions": ["IssueCertificate"]},
    ),
    ("AmazonMQ::Broker", {"PubliclyAccessible": False}, {"PubliclyAccessible": True}),
    ("AmazonMQ::Broker", {"AuthenticationStrategy": "LDAP"}, {"AuthenticationStrategy": "SIMPLE"}),
    ("ApiGateway::Method", {"AuthorizationType": "AWS_IAM"}, {"AuthorizationType": "NONE"}),
    ("ApiGateway::Method", {"AuthorizerId": "a"}, {"AuthorizerId": "b"}),
    ("ApiGateway::Method", {"ApiKeyRequired": True}, {"ApiKeyRequired": "false"}),
    ("ApiGateway::Method", {"AuthorizationScopes": ["a"]}, {}),
    ("ApiGateway::Method", None, {"AuthorizationType": "NONE", "HttpMethod": "GET"}),
    ("ApiGateway::RestApi", {"Policy": {"Statement": [DENY]}}, {}),
    ("ApiGateway::RestApi", {"DisableExecuteApiEndpoint": True}, {}),
    (
        "ApiGateway::RestApi",
        {"EndpointConfiguration": {"Types": ["PRIVATE"], "VpcEndpointIds": ["a"]}},
        {"EndpointConfiguration": {"Types": ["PRIVATE"]}},
    ),
    ("ApiGateway::DomainName", {"SecurityPolicy": "TLS_1_2"}, {"SecurityPolicy": "TLS_1_0"}),
    ("ApiGatewayV2::Api", {}, {"CorsConfiguration": {"AllowOrigins": ["*"]}}),
    ("ApiGatewayV2::Route", {"AuthorizationType": "JWT"}, {"AuthorizationType": "NONE"}),
    ("ApiGatewayV2::Route", None, {"ApiId": "a", "RouteKey": "GET /"}),
    (
        "ApiGatewayV2::Authorizer",
        {"JwtConfiguration": {"Issuer": "a", "Audience": ["a"]}},
        {"JwtConfiguration": {"Issuer": "a", "Audience": ["a", "b"]}},
    ),
    (
        "AppRunner::Service",
        {},
        {"NetworkConfiguration": {"IngressConfiguration": {"IsPubliclyAccessible": True}}},
    ),
    ("AppSync::GraphQLApi", {"AuthenticationType": "AWS_IAM"}, {"AuthenticationType": "API_KEY"}),
    (
        "AppSync::GraphQLApi",
        {"AuthenticationType": "AWS_IAM"},
        {
            "AuthenticationType": "AWS_IAM",
            "AdditionalAuthenticationProviders": [{"AuthenticationType": "API_KEY"}],
        },
    ),
    ("Backup::BackupVault", {}, {"AccessPolicy": {"Statement": [READ]}}),
    ("CloudFormation::Stack", {"TemplateURL": "a"}, {"TemplateURL": "b"}),
    (
        "CloudFront::Distribution",
        {"DistributionConfig": {"DefaultCacheBehavior": {"ViewerProtocolPolicy": "https-only"}}},
        {"DistributionConfig": {"DefaultCacheBehavior": {"ViewerProtocolPolicy": "allow-all"}}},
    ),
    (
        "CloudFront::Distribution",
        {"DistributionConfig": {"WebACLId": "a"}},
        {"DistributionConfig": {"WebACLId": ""}},
    ),
    (
        "CloudFront::Distribution",
        {"DistributionConfig": {"DefaultCacheBehavior": {"TrustedKeyGroups": ["a"]}}},
        {"DistributionConfig": {"DefaultCacheBehavior": {"TrustedKeyGroups": []}}},
    ),
    (
        "CloudFront::Distribution",
        {"DistributionConfig": {"ViewerCertificate": {"MinimumProtocolVersion": "TLSv1.2_2021"}}},
        {"DistributionConfig": {"ViewerCertificate": {"MinimumProtocolVersion": "TLSv1"}}},
    ),
    ("CodeArtifact::Domain", {}, {"PermissionsPolicyDocument": {"Statement": [READ]}}),
    ("CodeBuild::Project", {"Visibility": "PRIVATE"}, {"Visibility": "PUBLIC_READ"}),
    (
        "CodeBuild::Project",
        {"Environment": {"PrivilegedMode": False}},
        {"Environment": {"PrivilegedMode": True}},
    ),
    ("CodeBuild::Project", {"ServiceRole": "a"}, {"ServiceRole": {"Ref": "P"}}),
    (
        "Cognito::IdentityPool",
        {"AllowUnauthenticatedIdentities": False},
        {"AllowUnauthenticatedIdentities": True},
    ),
    (
        "Cognito::IdentityPoolRoleAttachment",
        {"Roles": {"unauthenticated": "a"}},
        {"Roles": {"unauthenticated": "b"}},
    ),
    ("Cognito::UserPool", {"MfaConfiguration": "ON"}, {"MfaConfiguration": "OFF"}),
    (
        "Cognito::UserPool",
        {"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}},
        {"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False}},
    ),
    (
        "Cognito::UserPool",
        {"Policies": {"PasswordPolicy": {"MinimumLength": 12}}},
        {"Policies": {"PasswordPolicy": {"MinimumLength": 6}}},
    ),
    ("Cognito::UserPoolClient", {"CallbackURLs": ["a"]}, {"CallbackURLs": ["a", "b"]}),
    ("DMS::ReplicationInstance", {"PubliclyAccessible": False}, {"PubliclyAccessible": True}),
    ("DocDB::DBCluster", {"VpcSecurityGroupIds": ["a"]}, {"VpcSecurityGroupIds": ["b"]}),
    (
        "DynamoDB::Table",
        {"KeySchema": KEY},
        {"KeySchema": KEY, "ResourcePolicy": {"PolicyDocument": {"Statement": [READ]}}},
    ),
    (
        "DynamoDB::Table",
        {"SSESpecification": {"SSEEnabled": True}},
        {"SSESpecification": {"SSEEnabled": False}},
    ),
    (
        "EC2::ClientVpnAuthorizationRule",
        {"AuthorizeAllGroups": False},
        {"AuthorizeAllGroups": True},
    ),
    ("EC2::EIPAssociation", None, {"InstanceId": "a"}),
    ("EC2::Instance", {"SecurityGroupIds": ["a"]}, {"SecurityGroupIds": ["a", "b"]}),
    ("EC2::Instance", {"IamInstanceProfile": "a"}, {"IamInstanceProfile": "b"}),
    (
        "EC2::LaunchTemplate",
        {"LaunchTemplateData": {"MetadataOptions": {"HttpTokens": "required"}}},
        {"LaunchTemplateData": {"MetadataOptions": {"HttpTokens": "optional"}}},
    ),
    ("EC2::NetworkAclEntry", {"CidrBlock": "10.0.0.0/8"}, {"CidrBlock": "0.0.0.0/0"}),
    ("EC2::NetworkAclEntry", {"RuleAction": "deny"}, {"RuleAction": "allow"}),
    (
        "EC2::PrefixList",
        {"Entries": [{"Cidr": "10.0.0.0/8"}]},
        {"Entries": [{"Cidr": "0.0.0.0/0"}]},
    ),
    ("EC2::Route", None, {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "a"}),
    ("EC2::Subnet", {"MapPublicIpOnLaunch": False}, {"MapPublicIpOnLaunch": True}),
    (
        "EC2::TransitGateway",
        {"AutoAcceptSharedAttachments": "disable"},
        {"AutoAcceptSharedAttachments": "enable"},
    ),
    ("EC2::VPCEndpoint", {"PolicyDocument": {"Statement": [READ]}}, {}),
    (
        "EC2::VPCEndpoint",
        {"PolicyDocument": {"Fn::If": ["C", {"Statement": [READ]}, {"Statement": [READ]}]}},
        {"PolicyDocument": {"Fn::If": ["C", {"Statement": [READ]}, {"Ref": "AWS::NoValue"}]}},
    ),
    ("EC2::VPCEndpointService", {"AcceptanceRequired": True}, {"AcceptanceRequired": False}),
    (
        "EC2::VPCEndpointServicePermissions",
        {"AllowedPrincipals": ["a"]},
        {"AllowedPrincipals": ["*"]},
    ),
    ("EC2::VPCGatewayAttachment", None, {"VpcId": "a", "InternetGatewayId": "b"}),
    ("EC2::VPCPeeringConnection", None, {"VpcId": "a", "PeerVpcId": "b"}),
    ("ECR::Repository", {}, {"RepositoryPolicyText": {"Statement": [READ]}}),
    (
        "ECS::Service",
        {"NetworkConfiguration": {"AwsvpcConfiguration": {"AssignPublicIp": "DISABLED"}}},
        {"NetworkConfiguration": {"AwsvpcConfiguration": {"AssignPublicIp": "ENABLED"}}},
    ),
    ("ECS::TaskDefinition", {"TaskRoleArn": "a"}, {"TaskRoleArn": "b"}),
    ("EFS::FileSystem", {}, {"FileSystemPolicy": {"Statement": [READ]}}),
    ("EFS::FileSystem", {"FileSystemPolicy": {"Statement": [DENY]}}, {}),
    (
        "EKS::Cluster",
        {"ResourcesVpcConfig": {"EndpointPublicAccess": False}},
        {"ResourcesVpcConfig": {"EndpointPublicAccess": True}},
    ),
    (
        "EKS::Cluster",
        {"ResourcesVpcConfig": {"PublicAccessCidrs": ["10.0.0.0/8"]}},
        {"ResourcesVpcConfig": {"PublicAccessCidrs": ["0.0.0.0/0"]}},
    ),
    ("EKS::AccessEntry", None, {"PrincipalArn": "a", "ClusterName": "b"}),
    ("ElastiCache::ReplicationGroup", {"AuthToken": "{{resolve:ssm:a}}"}, {}),
    ("ElasticLoadBalancingV2::LoadBalancer", {"SecurityGroups": ["a"]}, {"SecurityGroups": ["b"]}),
    ("ElasticLoadBalancingV2::LoadBalancer", None, {"Scheme": "internet-facing"}),
    ("ElasticLoadBalancingV2::Listener", {"Protocol": "HTTPS"}, {"Protocol": "HTTP"}),
    (
        "ElasticLoadBalancingV2::Listener",
        {"MutualAuthentication": {"Mode": "verify"}},
        {"MutualAuthentication": {"Mode": "off"}},
    ),
    (
        "Elasticsearch::Domain",
        {"AccessPolicies": {"Statement": [DENY]}},
        {"AccessPolicies": {"Statement": [READ]}},
    ),
    (
        "Events::EventBusPolicy",
        None,
        {"StatementId": "a", "Principal": "*", "Action": "events:PutEvents"},
    ),
    (
        "Glue::DataCatalogEncryptionSettings",
        {
            "DataCatalogEncryptionSettings": {
                "EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS"}
            }
        },
        {
            "DataCatalogEncryptionSettings": {
                "EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"}
            }
        },
    ),
    ("IAM::AccessKey", None, {"UserName": "a"}),
    ("IAM::Group", {"ManagedPolicyArns": ["a"]}, {"ManagedPolicyArns": ["a", "b"]}),
    ("IAM::InstanceProfile", {"Roles": ["a"]}, {"Roles": ["b"]}),
    (
        "IAM::ManagedPolicy",
        {"PolicyDocument": {"Statement": [LIST]}, "Users": ["a"]},
        {"PolicyDocument": {"Statement": [LIST]}, "Users": ["a", "b"]},
    ),
    ("IAM::OIDCProvider", {"ClientIdList": ["a"]}, {"ClientIdList": ["a", "b"]}),
    ("IAM::Role", {"MaxSessionDuration": 3600}, {"MaxSessionDuration": 43200}),
    ("IAM::Role", {"PermissionsBoundary": "a"}, {"PermissionsBoundary": "b"}),
    ("IAM::User", {"Groups": ["a"]}, {"Groups": ["a", "admins"]}),
    ("IAM::UserToGroupAddition", {"Users": ["a"]}, {"Users": ["a", "b"]}),
    (
        "IoT::Policy",
        {"PolicyDocument": {"Statement": []}},
        {"PolicyDocument": {"Statement": [READ]}},
    ),
    ("KMS::Key", {"KeyPolicy": {"Statement": [DENY]}}, {"KeyPolicy": {"Statement": [READ]}}),
    (
        "LakeFormation::Permissions",
        {"PermissionsWithGrantOption": []},
        {"PermissionsWithGrantOption": ["ALL"]},
    ),
    ("Lambda::Function", {"VpcConfig": {"SubnetIds": ["a"]}}, {}),
    ("Lambda::Function", {"KmsKeyArn": "a"}, {}),
    (
        "Lambda::LayerVersionPermission",
        None,
        {"Principal": "*", "Action": "lambda:GetLayerVersion"},
    ),
    (
        "Lambda::Permission",
        {"Principal": "a", "Action": "x", "SourceArn": "b"},
        {"Principal": "a", "Action": "x", "SourceArn": {"Ref": "P"}},
    ),
    (
        "Lambda::Permission",
        {"Principal": "a", "Action": "x", "EventSourceToken": "b"},
        {"Principal": "a", "Action": "x"},
    ),
    ("Lambda::Url", {"AuthType": "AWS_IAM"}, {"AuthType": {"Ref": "P"}}),
    ("Lambda::Url", {"AuthType": "NONE"}, {"AuthType": "NONE", "Cors": {"AllowOrigins": ["*"]}}),
    ("Lambda::Url", None, {"AuthType": "NONE"}),
    (
        "Lightsail::Bucket",
        {"AccessRules": {"GetObject": "private"}},
        {"AccessRules": {"GetObject": "public"}},
    ),
    ("Logs::Destination", {"DestinationPolicy": "a"}, {"DestinationPolicy": "b"}),
    (
        "MSK::Cluster",
        {"ClientAuthentication": {"Unauthenticated": {"Enabled": False}}},
        {"ClientAuthentication": {"Unauthenticated": {"Enabled": True}}},
    ),
    (
        "MSK::Cluster",
        {"EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": "TLS"}}},
        {"EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": "PLAINTEXT"}}},
    ),
    (
        "MSK::Cluster",
        {},
        {
            "BrokerNodeGroupInfo": {
                "ConnectivityInfo": {"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}}
            }
        },
    ),
    (
        "NetworkFirewall::FirewallPolicy",
        {"FirewallPolicy": {"StatelessDefaultActions": ["aws:drop"]}},
        {"FirewallPolicy": {"StatelessDefaultActions": ["aws:pass"]}},
    ),
    (
        "OpenSearchService::Domain",
        {"AdvancedSecurityOptions": {"Enabled": True}},
        {"AdvancedSecurityOptions": {"Enabled": False}},
    ),
    (
        "OpenSearchService::Domain",
        {"DomainEndpointOptions": {"EnforceHTTPS": True}},
        {"DomainEndpointOptions": {"EnforceHTTPS": False}},
    ),
    ("OpenSearchServerless::AccessPolicy", {"Policy": "a"}, {"Policy": "b"}),
    ("OpenSearchServerless::SecurityPolicy", {"Policy": "[]"}, {"Policy": "[{}]"}),
    ("Organizations::Policy", {"Content": {"Statement": [DENY]}}, {"Content": {"Statement": []}}),
    ("QLDB::Ledger", {"PermissionsMode": "STANDARD"}, {"PermissionsMode": "ALLOW_ALL"}),
    ("RAM::ResourceShare", {"Principals": ["a"]}, {"Principals": ["a", "b"]}),
    ("RAM::ResourceShare", None, {"Name": "a", "Principals": ["b"]}),
    (
        "RDS::DBCluster",
        {"EnableIAMDatabaseAuthentication": True},
        {"EnableIAMDatabaseAuthentication": False},
    ),
    ("RDS::DBInstance", {"PubliclyAccessible": False}, {"PubliclyAccessible": {"Ref": "P"}}),
    ("RDS::DBInstance", None, {"PubliclyAccessible": "true"}),
    (
        "RDS::DBParameterGroup",
        {"Parameters": {"rds.force_ssl": "1"}},
        {"Parameters": {"rds.force_ssl": "0"}},
    ),
    ("RDS::DBProxy", {"RequireTLS": True}, {"RequireTLS": False}),
    ("RDS::DBSecurityGroupIngress", None, {"CIDRIP": "0.0.0.0/0"}),
    ("Redshift::Cluster", {"PubliclyAccessible": False}, {"PubliclyAccessible": True}),
    ("Redshift::Cluster", {"IamRoles": ["a"]}, {"IamRoles": ["a", "b"]}),
    (
        "Redshift::ClusterParameterGroup",
        {"Parameters": [{"ParameterName": "require_ssl", "ParameterValue": "true"}]},
        {"Parameters": [{"ParameterName": "require_ssl", "ParameterValue": "false"}]},
    ),
    ("RedshiftServerless::Workgroup", {"PubliclyAccessible": False}, {"PubliclyAccessible": True}),
    ("RolesAnywhere::Profile", {"RoleArns": ["a"]}, {"RoleArns": ["a", "b"]}),
    ("S3::AccessPoint", {"Policy": {"Statement": [DENY]}}, {"Policy": {"Statement": [READ]}}),
    (
        "S3::Bucket",
        {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}},
    ),
    (
        "S3::Bucket",
        {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
        {"PublicAccessBlockConfiguration": {"BlockPublicAcls": {"Ref": "P"}}},
    ),
    ("S3::Bucket", None, {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False}}),
    ("RDS::DBInstance", None, {"StorageEncrypted": False}),
    (
        "S3::BucketPolicy",
        {"PolicyDocument": {"Statement": [{**READ, "Condition": {"Ref": "P"}}]}},
        {"PolicyDocument": {"Statement": [READ]}},
    ),
    ("S3::Bucket", {"PublicAccessBlockConfiguration": {"BlockPublicAcls": {"Ref": "P"}}}, {}),
    (
        "S3::Bucket",
        {
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {
                        "ServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": "a",
                        }
                    }
                ]
            }
        },
        {},
    ),
    (
        "S3::Bucket",
        {},
        {
            "CorsConfiguration": {
                "CorsRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}]
            }
        },
    ),
    ("S3::Bucket", {"AccessControl": "Private"}, {"AccessControl": "AuthenticatedRead"}),
    (
        "SNS::TopicInlinePolicy",
        {"PolicyDocument": {"Statement": [DENY]}},
        {"PolicyDocument": {"Statement": [READ]}},
    ),
    ("SNS::Topic", {"KmsMasterKeyId": "a"}, {}),
    ("SQS::Queue", {"SqsManagedSseEnabled": True}, {"SqsManagedSseEnabled": False}),
    ("SQS::Queue", {}, {"RedriveAllowPolicy": {"redrivePermission": "allowAll"}}),
    ("SSO::Assignment", None, {"PrincipalId": "a", "PermissionSetArn": "b"}),
    (
        "SSO::PermissionSet",
        {"CustomerManagedPolicyReferences": [{"Name": "a"}]},
        {"CustomerManagedPolicyReferences": [{"Name": "a"}, {"Name": "b"}]},
    ),
    ("SageMaker::NotebookInstance", {"RootAccess": "Disabled"}, {"RootAccess": "Enabled"}),
    (
        "SecretsManager::ResourcePolicy",
        {"ResourcePolicy": {"Statement": [DENY]}},
        {"ResourcePolicy": {"Statement": []}},
    ),
    ("Serverless::Api", {"Auth": {"DefaultAuthorizer": "A"}}, {}),
    (
        "Serverless::Function",
        {"FunctionUrlConfig": {"AuthType": "AWS_IAM"}},
        {"FunctionUrlConfig": {"AuthType": "NONE"}},
    ),
    ("Serverless::Function", {"Policies": "ReadOnlyAccess"}, {"Policies": "AdministratorAccess"}),
    ("Transfer::Server", {"EndpointType": "VPC"}, {"EndpointType": "PUBLIC"}),
    ("Transfer::Server", {"Protocols": ["SFTP"]}, {"Protocols": ["SFTP", "FTP"]}),
    ("VpcLattice::Service", {"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}),
    ("WAFv2::IPSet", {"Addresses": ["10.0.0.0/8"]}, {"Addresses": ["0.0.0.0/0"]}),
    ("WAFv2::WebACL", {"DefaultAction": {"Block": {}}}, {"DefaultAction": {"Allow": {}}}),
    (
        "WAFv2::WebACL",
        {"Rules": [{"Name": "a", "Action": {"Block": {}}}]},
        {"Rules": [{"Name": "a", "Action": {"Count": {}}}]},
    ),
    (
        "WAFv2::WebACL",
        {"Rules": [{"Name": "a", "Statement": {"GeoMatchStatement": {"CountryCodes": ["DE"]}}}]},
        {"Rules": []},
    ),
    ("WAFv2::WebACLAssociation", {"WebACLArn": "a"}, {"WebACLArn": "b"}),
    (
        "EC2::SecurityGroup",
        {"SecurityGroupIngress": [rule(CidrIp="10.0.0.0/8")]},
        {"SecurityGroupIngress": [rule(CidrIp="10.0.0.0/7")]},
    ),
    (
        "EC2::SecurityGroup",
        {"SecurityGroupIngress": [rule(CidrIp="10.0.0.0/8")]},
        {"SecurityGroupIngress": [rule(CidrIpv6="::/0")]},
    ),
    (
        "EC2::SecurityGroup",
        {"SecurityGroupIngress": [rule(CidrIp="10.0.0.0/8")]},
        {"SecurityGroupIngress": [rule(CidrIp="10.0.0.0/8", ToPort=444)]},
    ),
    (
        "EC2::SecurityGroup",
        {"SecurityGroupIngress": [rule(CidrIp="10.0.0.0/8")]},
        {"SecurityGroupIngress": [rule(CidrIp="10.0.0.0/8", IpProtocol=-1)]},
    ),
    (
        "EC2::SecurityGroup",
        {"SecurityGroupIngress": [rule(CidrIp={"Ref": "P"})]},
        {"SecurityGroupIngress": [rule(CidrIp={"Ref": "Is"})]},
    ),
    (
        "EC2::SecurityGroup",
        {"SecurityGroupEgress": [rule(DestinationPrefixListId="a")]},
        {"SecurityGroupEgress": [rule(DestinationPrefixListId="b")]},
    ),
    (
        "EC2::SecurityGroup",
        {"SecurityGroupIngress": {"Ref": "P"}},
        {"SecurityGroupIngress": {"Ref": "Is"}},
    ),
    ("EC2::SecurityGroup", None, {"SecurityGroupIngress": [rule(CidrIp="0.0.0.0/0")]}),
    (
        "EC2::SecurityGroupIngress",
        {**rule(CidrIp="10.0.0.0/8"), "GroupId": "a"},
        {**rule(CidrIp="0.0.0.0/0"), "GroupId": "a"},
    ),
    ("AppSync::ApiKey", None, {"ApiId": "a"}),
    (
        "Batch::JobDefinition",
        {"ContainerProperties": {"Privileged": False}},
        {"ContainerProperties": {"Privileged": True}},
    ),
    (
        "CodeBuild::Project",
        {"Environment": {"RegistryCredential": {"Credential": "a"}}},
        {"Environment": {"RegistryCredential": {"Credential": "b"}}},
    ),
    ("ECS::Service", {"EnableExecuteCommand": False}, {"EnableExecuteCommand": True}),
    ("ECS::TaskDefinition", {"NetworkMode": "awsvpc"}, {"NetworkMode": "host"}),
    (
        "ElasticBeanstalk::Environment",
        {"OptionSettings": [{"OptionName": "SecurityGroups", "Value": "a"}]},
        {"OptionSettings": [{"OptionName": "SecurityGroups", "Value": "b"}]},
    ),
    (
        "ImageBuilder::DistributionConfiguration",
        {
            "Distributions": [
                {"Region": "a", "AmiDistributionConfiguration": {"TargetAccountIds": ["1"]}}
            ]
        },
        {
            "Distributions": [
                {"Region": "a", "AmiDistributionConfiguration": {"TargetAccountIds": ["1", "2"]}}
            ]
        },
    ),
    ("Lambda::Function", {"CodeSigningConfigArn": "a"}, {}),
    (
        "Lambda::CodeSigningConfig",
        {"CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Enforce"}},
        {"CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Warn"}},
    ),
    (
        "Lightsail::Instance",
        {"Networking": {"Ports": [{"Protocol": "tcp", "FromPort": 22}]}},
        {
            "Networking": {
                "Ports": [{"Protocol": "tcp", "FromPort": 22}, {"Protocol": "tcp", "FromPort": 80}]
            }
        },
    ),
    ("MemoryDB::ACL", {"UserNames": ["a"]}, {"UserNames": ["a", "b"]}),
    ("Redshift::Cluster", {"EnhancedVpcRouting": True}, {"EnhancedVpcRouting": False}),
    ("SageMaker::Model", {"EnableNetworkIsolation": True}, {"EnableNetworkIsolation": False}),
    ("Transfer::User", {"HomeDirectory": "/a"}, {"HomeDirectory": "/"}),
    ("ApiGateway::RestApi", {"Body": {"security": [{"iam": []}]}}, {"Body": {}}),
    (
        "EC2::Instance",
        {"MetadataOptions": {"HttpEndpoint": "disabled"}},
        {"MetadataOptions": {"HttpEndpoint": "enabled"}},
    ),
    ("IoT::Certificate", None, {"Status": "ACTIVE"}),
    (
        "OpenSearchService::Domain",
        {"CognitoOptions": {"Enabled": True}},
        {"CognitoOptions": {"Enabled": False}},
    ),
    ("SNS::Subscription", None, {"Protocol": "email", "Endpoint": "name@example.com"}),
    (
        "S3::BucketPolicy",
        {"PolicyDocument": {"Ref": "P"}},
        {"PolicyDocument": {"Statement": [DENY]}},
    ),
    (
        "S3::BucketPolicy",
        {"PolicyDocument": {"Statement": [DENY, {"Ref": "P"}]}},
        {"PolicyDocument": {"Statement": [DENY, {"Ref": "Is"}]}},
    ),
    (
        "S3::BucketPolicy",
        {"PolicyDocument": {"Statement": [{**READ, "Effect": {"Ref": "P"}}]}},
        {"PolicyDocument": {"Statement": [{**READ, "Effect": {"Ref": "Is"}}]}},
    ),
    (
        "S3::BucketPolicy",
        {
            "PolicyDocument": {
                "Statement": [
                    {
                        **READ,
                        "Condition": {"Fn::If": ["C", {"Bool": {"a": "b"}}, {"Bool": {"a": "c"}}]},
                    }
                ]
            }
        },
        {
            "PolicyDocument": {
                "Statement": [
                    {
                        **READ,
                        "Condition": {
                            "Fn::If": ["C", {"Bool": {"a": "b"}}, {"Ref": "AWS::NoValue"}]
                        },
                    }
                ]
            }
        },
    ),
    (
        "S3::BucketPolicy",
        {
            "PolicyDocument": {
                "Statement": [{**READ, "Principal": {"AWS": {"Fn::If": ["C", "1", "2"]}}}]
            }
        },
        {
            "PolicyDocument": {
                "Statement": [{**READ, "Principal": {"AWS": {"Fn::If": ["C", "1", "*"]}}}]
            }
        },
    ),
    ("EC2::SecurityGroupIngress", None, {**rule(SourceSecurityGroupId="b"), "GroupId": "a"}),
    # What a resource applies to, by the tags of others.
    (
        "FMS::Policy",
        {"ResourceTags": [{"Key": "a", "Value": "b"}]},
        {"ResourceTags": [{"Key": "a", "Value": "c"}]},
    ),
    # Addresses and identities, whatever the property is called.
    (
        "ElasticLoadBalancingV2::ListenerRule",
        {"Conditions": [{"SourceIpConfig": {"Values": ["10.0.0.0/8"]}}]},
        {"Conditions": [{"SourceIpConfig": {"Values": ["10.0.0.0/8", "11.0.0.0/8"]}}]},
    ),
    (
        "ElasticLoadBalancingV2::ListenerRule",
        {"Conditions": [{"SourceIpConfig": {"Values": ["10.0.0.0/8"]}}]},
        {"Conditions": []},
    ),
    (
        "StepFunctions::StateMachine",
        {"DefinitionSubstitutions": {"a": "arn:aws:iam::1:role/a"}},
        {"DefinitionSubstitutions": {"a": "arn:aws-cn:iam::1:role/b"}},
    ),
    (
        "StepFunctions::StateMachine",
        {"DefinitionSubstitutions": {"a": "x"}},
        {"DefinitionSubstitutions": {"a": {"Fn::Sub": "arn:${AWS::Partition}:iam::1:role/b"}}},
    ),
    (
        "CodeBuild::Project",
        {"Triggers": {"FilterGroups": [[{"Type": "ACTOR_ACCOUNT_ID", "Pattern": "1"}]]}},
        {"Triggers": {"FilterGroups": [[{"Type": "EVENT", "Pattern": "PUSH"}]]}},
    ),
    ("ApiGateway::Stage", {"ClientCertificateId": "a"}, {}),
    (
        "CloudFront::KeyGroup",
        {"KeyGroupConfig": {"Items": ["a"]}},
        {"KeyGroupConfig": {"Items": ["a", "b"]}},
    ),
    ("EC2::TrafficMirrorSession", None, {"TrafficMirrorTargetId": "a"}),
    (
        "FSx::Volume",
        {"OpenZFSConfiguration": {"NfsExports": [{"ClientConfigurations": [{"Clients": "a"}]}]}},
        {"OpenZFSConfiguration": {"NfsExports": [{"ClientConfigurations": [{"Clients": "*"}]}]}},
    ),
    (
        "ImageBuilder::InfrastructureConfiguration",
        {"InstanceProfileName": "a"},
        {"InstanceProfileName": "b"},
    ),
    ("IoT::ProvisioningTemplate", {"TemplateBody": "{}"}, {"TemplateBody": '{"a": 1}'}),
    ("Route53Resolver::FirewallDomainList", {"Domains": ["a"]}, {"Domains": []}),
    # Constants that say it, whatever the property is called.
    (
        "ApiGateway::RestApi",
        {"EndpointConfiguration": {"Types": ["PRIVATE"]}},
        {"EndpointConfiguration": {"Types": ["REGIONAL"]}},
    ),
    ("ApiGatewayV2::Integration", {"ConnectionType": "VPC_LINK"}, {"ConnectionType": "INTERNET"}),
    (
        "CodeBuild::Fleet",
        {"FleetProxyConfiguration": {"DefaultBehavior": "DENY_ALL"}},
        {"FleetProxyConfiguration": {"DefaultBehavior": "ALLOW_ALL"}},
    ),
    (
        "WorkSpaces::Directory",
        {"WorkspaceAccessProperties": {"DeviceTypeWeb": "DENY"}},
        {"WorkspaceAccessProperties": {"DeviceTypeWeb": "ALLOW"}},
    ),
    ("IVSChat::Room", {"MessageReviewHandler": {"FallbackResult": "DENY"}}, {}),
    ("AppSync::GraphQLSchema", {"Definition": "a @aws_iam"}, {"Definition": "a"}),
    ("AppSync::GraphQLApi", {"IntrospectionConfig": "DISABLED"}, {}),
    ("Lightsail::Instance", {"KeyPairName": "a"}, {"KeyPairName": "b"}),
    (
        "SQS::QueuePolicy",
        {"PolicyDocument": {"Statement": [READ]}, "Queues": ["a"]},
        {"PolicyDocument": {"Statement": [READ]}, "Queues": ["a", "b"]},
    ),
]
DATA: list[tuple[str, Properties, Properties]] = [
    (
        "AppConfig::Environment",
        {"DeletionProtectionCheck": "APPLY"},
        {"DeletionProtectionCheck": "BYPASS"},
    ),
    (
        "Backup::BackupPlan",
        {
            "BackupPlan": {
                "BackupPlanRule": [{"RuleName": "a", "Lifecycle": {"DeleteAfterDays": 30}}]
            }
        },
        {
            "BackupPlan": {
                "BackupPlanRule": [{"RuleName": "a", "Lifecycle": {"DeleteAfterDays": 7}}]
            }
        },
    ),
    (
        "Backup::BackupPlan",
        {"BackupPlan": {"BackupPlanRule": [{"RuleName": "a", "ScheduleExpression": "a"}]}},
        {"BackupPlan": {"BackupPlanRule": [{"RuleName": "a", "ScheduleExpression": "b"}]}},
    ),
    (
        "Backup::BackupSelection",
        {"BackupSelection": {"Resources": ["a", "b"]}},
        {"BackupSelection": {"Resources": ["a"]}},
    ),
    ("Backup::BackupVault", {"LockConfiguration": {"MinRetentionDays": 7}}, {}),
    ("Cognito::UserPool", {"DeletionProtection": "ACTIVE"}, {"DeletionProtection": "INACTIVE"}),
    ("DLM::LifecyclePolicy", {"State": "ENABLED"}, {"State": "DISABLED"}),
    ("DSQL::Cluster", {"DeletionProtectionEnabled": True}, {"DeletionProtectionEnabled": False}),
    ("DocDB::DBCluster", {"BackupRetentionPeriod": 7}, {"BackupRetentionPeriod": 1}),
    ("DocDB::DBCluster", {"DeletionProtection": True}, {}),
    (
        "DynamoDB::GlobalTable",
        {"Replicas": [{"Region": "a"}, {"Region": "b"}]},
        {"Replicas": [{"Region": "a"}]},
    ),
    (
        "DynamoDB::GlobalTable",
        {
            "Replicas": [
                {
                    "Region": "a",
                    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
                }
            ]
        },
        {"Replicas": [{"Region": "a"}]},
    ),
    (
        "DynamoDB::Table",
        {"KeySchema": KEY},
        {"KeySchema": KEY, "TimeToLiveSpecification": {"AttributeName": "a", "Enabled": True}},
    ),
    (
        "DynamoDB::Table",
        {"KeySchema": KEY, "GlobalSecondaryIndexes": [{"IndexName": "a", "KeySchema": KEY}]},
        {"KeySchema": KEY},
    ),
    (
        "DynamoDB::Table",
        {"GlobalSecondaryIndexes": [{"IndexName": "a", "KeySchema": KEY}]},
        {
            "GlobalSecondaryIndexes": [
                {"IndexName": "a", "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}]}
            ]
        },
    ),
    ("DynamoDB::Table", {"LocalSecondaryIndexes": [{"IndexName": "a"}]}, {}),
    ("EC2::Instance", {"DisableApiTermination": True}, {"DisableApiTermination": False}),
    (
        "EC2::LaunchTemplate",
        {"LaunchTemplateData": {"BlockDeviceMappings": [{"Ebs": {"DeleteOnTermination": False}}]}},
        {"LaunchTemplateData": {"BlockDeviceMappings": [{"Ebs": {"DeleteOnTermination": True}}]}},
    ),
    ("ECR::Repository", {"ImageTagMutability": "IMMUTABLE"}, {"ImageTagMutability": "MUTABLE"}),
    ("ECR::Repository", {}, {"LifecyclePolicy": {"LifecyclePolicyText": "{}"}}),
    (
        "EFS::FileSystem",
        {"BackupPolicy": {"Status": "ENABLED"}},
        {"BackupPolicy": {"Status": "DISABLED"}},
    ),
    (
        "EFS::FileSystem",
        {"FileSystemProtection": {"ReplicationOverwriteProtection": "ENABLED"}},
        {"FileSystemProtection": {"ReplicationOverwriteProtection": "DISABLED"}},
    ),
    ("ElastiCache::ReplicationGroup", {"SnapshotRetentionLimit": 7}, {"SnapshotRetentionLimit": 0}),
    (
        "ElasticLoadBalancingV2::LoadBalancer",
        {"LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "true"}]},
        {"LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "false"}]},
    ),
    ("Events::Archive", {"RetentionDays": 30}, {"RetentionDays": 1}),
    (
        "FSx::FileSystem",
        {"LustreConfiguration": {"AutomaticBackupRetentionDays": 30}},
        {"LustreConfiguration": {"AutomaticBackupRetentionDays": 0}},
    ),
    ("KMS::Key", {"Enabled": True}, {"Enabled": False}),
    ("KMS::Key", {"PendingWindowInDays": 30}, {"PendingWindowInDays": 7}),
    ("Kinesis::Stream", {"RetentionPeriodHours": 168}, {}),
    ("Lambda::Function", {"DeadLetterConfig": {"TargetArn": "a"}}, {}),
    ("Logs::LogGroup", {}, {"RetentionInDays": 30}),
    ("Logs::LogGroup", {"RetentionInDays": {"Ref": "P"}}, {"RetentionInDays": {"Ref": "Is"}}),
    ("MemoryDB::Cluster", {"SnapshotRetentionLimit": 7}, {"SnapshotRetentionLimit": 1}),
    ("Neptune::DBCluster", {"DeletionProtection": "true"}, {"DeletionProtection": "false"}),
    ("OpenSearchService::Domain", {"SnapshotOptions": {"AutomatedSnapshotStartHour": 1}}, {}),
    ("QLDB::Ledger", {"DeletionProtection": True}, {"DeletionProtection": False}),
    ("RDS::DBCluster", {"BackupRetentionPeriod": 35}, {"BackupRetentionPeriod": {"Ref": "P"}}),
    ("RDS::DBInstance", {"DeleteAutomatedBackups": False}, {"DeleteAutomatedBackups": True}),
    ("RDS::DBInstance", {"MultiAZ": True}, {"MultiAZ": False}),
    (
        "Redshift::Cluster",
        {"AutomatedSnapshotRetentionPeriod": 30},
        {"AutomatedSnapshotRetentionPeriod": 1},
    ),
    (
        "S3::Bucket",
        {"VersioningConfiguration": {"Status": "Enabled"}},
        {"VersioningConfiguration": {"Status": "Suspended"}},
    ),
    ("S3::Bucket", {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}, {}),
    ("S3::Bucket", {"ReplicationConfiguration": {"Role": "a", "Rules": []}}, {}),
    (
        "S3::Bucket",
        {"LifecycleConfiguration": {"Rules": [{"Id": "a", "ExpirationInDays": 90}]}},
        {"LifecycleConfiguration": {"Rules": [{"Id": "a", "ExpirationInDays": 9}]}},
    ),
    ("SQS::Queue", {"MessageRetentionPeriod": 1209600}, {"MessageRetentionPeriod": "60"}),
    ("SQS::Queue", {"RedrivePolicy": {"maxReceiveCount": 5}}, {}),
    ("SecretsManager::Secret", {"SecretString": "a"}, {"SecretString": "b"}),
    (
        "Timestream::Table",
        {"RetentionProperties": {"MemoryStoreRetentionPeriodInHours": 24}},
        {"RetentionProperties": {"MemoryStoreRetentionPeriodInHours": 12}},
    ),
    (
        "DLM::LifecyclePolicy",
        {"PolicyDetails": {"TargetTags": [{"Key": "a", "Value": "b"}]}},
        {"PolicyDetails": {"TargetTags": [{"Key": "a", "Value": "c"}]}},
    ),
    ("Rbin::Rule", {"ExcludeResourceTags": []}, {"ExcludeResourceTags": [{"ResourceTagKey": "a"}]}),
    ("Events::Archive", {"RetentionDays": 0}, {"RetentionDays": 30}),  # 0 is for ever
    (
        "Lightsail::Disk",
        {"AddOns": [{"AddOnType": "AutoSnapshot", "Status": "Enabled"}]},
        {"AddOns": [{"AddOnType": "AutoSnapshot", "Status": "Disabled"}]},
    ),
    ("DynamoDB::Table", {"KinesisStreamSpecification": {"StreamArn": "a"}}, {}),
    ("Lambda::EventSourceMapping", {"DestinationConfig": {"OnFailure": {"Destination": "a"}}}, {}),
    (
        "ElastiCache::ParameterGroup",
        {"Properties": {"appendonly": "yes"}},
        {"Properties": {"appendonly": "no"}},
    ),
    (
        "RDS::DBParameterGroup",
        {"Parameters": {"innodb_flush_log_at_trx_commit": 1}},
        {"Parameters": {"innodb_flush_log_at_trx_commit": 0}},
    ),
    ("RDS::DBCluster", {"BacktrackWindow": 86400}, {"BacktrackWindow": 0}),
    ("RDS::DBInstance", {"EngineVersion": "14"}, {"EngineVersion": "15"}),
    ("AmazonMQ::Broker", {"EngineVersion": "5.17"}, {"EngineVersion": "5.18"}),
    ("EKS::Cluster", {"Version": "1.32"}, {"Version": "1.33"}),
    ("EKS::Addon", {"PreserveOnDelete": True}, {"PreserveOnDelete": False}),
]
# What people change every day, in types of which most properties are about access or data.
HARMLESS: list[tuple[str, Properties, Properties]] = [
    ("ApiGateway::RestApi", {"Description": "a"}, {"Description": "b"}),
    ("AutoScaling::AutoScalingGroup", {"MaxSize": "1"}, {"MaxSize": "2"}),
    (
        "ApplicationAutoScaling::ScalingPolicy",
        {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 50}},
        {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60}},
    ),
    ("Backup::BackupVault", {"BackupVaultTags": {"a": "b"}}, {"BackupVaultTags": {"a": "c"}}),
    ("CodeBuild::Project", {"TimeoutInMinutes": 5}, {"TimeoutInMinutes": 10}),
    (
        "CodeBuild::Project",
        {"Environment": {"EnvironmentVariables": [{"Name": "ROLE", "Value": "a"}]}},
        {"Environment": {"EnvironmentVariables": [{"Name": "ROLE", "Value": "b"}]}},
    ),
    ("Cognito::UserPool", {"UserPoolTags": {"a": "b"}}, {"UserPoolTags": {}}),
    ("DynamoDB::Table", {"Tags": [{"Key": "Owner", "Value": "a"}]}, {"Tags": []}),
    (
        "DynamoDB::Table",
        {"ProvisionedThroughput": {"ReadCapacityUnits": 5}},
        {"ProvisionedThroughput": {"ReadCapacityUnits": 9}},
    ),
    (
        "DynamoDB::Table",
        {},
        {"GlobalSecondaryIndexes": [{"IndexName": "a", "KeySchema": KEY}]},
    ),
    (
        "EC2::SecurityGroup",
        {"SecurityGroupIngress": [rule(CidrIp="10.0.0.0/8", Description="a")]},
        {"SecurityGroupIngress": [rule(CidrIp="10.0.0.0/8", Description="b", IpProtocol="6")]},
    ),
    (
        "EC2::SecurityGroup",
        {"SecurityGroupIngress": [rule(CidrIp="10.0.0.0/8"), rule(CidrIpv6="fd00::/8")]},
        {"SecurityGroupIngress": [rule(CidrIpv6="fd00:1::/32"), rule(CidrIp="10.1.0.0/16")]},
    ),
    ("EC2::VPCEndpoint", {}, {"PolicyDocument": {"Statement": [READ]}}),
    ("ECS::Service", {"DesiredCount": 1}, {"DesiredCount": 2}),
    ("Events::Rule", {"ScheduleExpression": "a"}, {"ScheduleExpression": "b"}),
    ("IAM::Role", {"Description": "a"}, {"Description": "b", "Tags": [{"Key": "a", "Value": "b"}]}),
    (
        "IAM::Role",
        {"Policies": [{"PolicyName": "a", "PolicyDocument": {"Statement": [READ]}}]},
        {"Policies": [{"PolicyName": "b", "PolicyDocument": {"Statement": READ}}]},
    ),
    ("KMS::Key", {"Description": "a"}, {"Description": "b"}),
    ("Kinesis::Stream", {"RetentionPeriodHours": 24}, {"RetentionPeriodHours": "48"}),
    ("Kinesis::Stream", {}, {"RetentionPeriodHours": 24}),
    ("Lambda::Function", {"MemorySize": 128}, {"MemorySize": 256}),
    ("Lambda::Function", {"Timeout": 3}, {"Timeout": 6}),
    (
        "Lambda::Function",
        {"Environment": {"Variables": {"AUTH_URL": "a"}}},
        {"Environment": {"Variables": {"AUTH_URL": "b"}}},
    ),
    ("Lambda::Url", {"AuthType": "NONE"}, {"AuthType": "AWS_IAM"}),
    ("Logs::LogGroup", {"RetentionInDays": 30}, {}),
    ("RDS::DBInstance", {"DeletionProtection": False}, {"DeletionProtection": True}),
    ("RDS::DBCluster", {"BackupRetentionPeriod": 7}, {"BackupRetentionPeriod": 35}),
    (
        "RDS::DBCluster",
        {"BackupRetentionPeriod": {"Fn::If": ["C", 7, 30]}},
        {"BackupRetentionPeriod": {"Fn::If": ["C", 14, 35]}},
    ),
    ("RDS::DBInstance", {"PubliclyAccessible": True}, {"PubliclyAccessible": "false"}),
    ("RDS::DBInstance", {"PreferredBackupWindow": "a"}, {"PreferredBackupWindow": "b"}),
    ("S3::Bucket", {}, {"VersioningConfiguration": {"Status": "Enabled"}}),
    ("S3::Bucket", {}, {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}),
    ("SNS::Topic", {"DisplayName": "a"}, {"DisplayName": "b"}),
    ("SQS::Queue", {"VisibilityTimeout": 30}, {"VisibilityTimeout": 60}),
    ("SQS::Queue", {"DelaySeconds": 0}, {"DelaySeconds": 5}),
    (
        "SQS::QueuePolicy",
        {"PolicyDocument": {"Statement": [READ, DENY]}},
        {"PolicyDocument": {"Statement": [DENY, READ]}},
    ),
    (
        "SNS::TopicPolicy",
        {"PolicyDocument": {"Statement": [READ, DENY]}},
        {"PolicyDocument": {"Statement": [DENY]}},
    ),
    (
        "SNS::TopicPolicy",
        {"PolicyDocument": {"Id": "a", "Statement": [READ]}},
        {"PolicyDocument": {"Id": "b", "Statement": [READ]}},
    ),
    ("MWAA::Environment", {"PluginsS3ObjectVersion": "a"}, {"PluginsS3ObjectVersion": "b"}),
    ("Athena::WorkGroup", {"EngineVersion": "2"}, {"EngineVersion": "3"}),  # holds no data
    ("Events::Archive", {"RetentionDays": 30}, {}),
    # The same JSON, written differently.
    (
        "ECR::Repository",
        {"LifecyclePolicy": {"LifecyclePolicyText": '{"rules":[]}'}},
        {"LifecyclePolicy": {"LifecyclePolicyText": '{\n  "rules": []\n}'}},
    ),
    (
        "OpenSearchServerless::AccessPolicy",
        {"Policy": '[{"a": 1, "b": 2}]'},
        {"Policy": '[{"b":2,"a":1}]'},
    ),
    (
        "KMS::Key",
        {"KeyPolicy": {"Statement": [READ]}},
        {"KeyPolicy": json.dumps({"Statement": [READ]}, indent=4)},
    ),
    ("EC2::Instance", {"DisableApiTermination": False}, {"DisableApiTermination": True}),
    ("EFS::FileSystem", {}, {"BackupPolicy": {"Status": "ENABLED"}}),
    ("ECR::Repository", {"ImageTagMutability": "MUTABLE"}, {"ImageTagMutability": "IMMUTABLE"}),
    ("RDS::DBInstance", {"DeleteAutomatedBackups": True}, {"DeleteAutomatedBackups": False}),
    ("RDS::DBInstance", {"CopyTagsToSnapshot": False}, {"CopyTagsToSnapshot": True}),
    ("RDS::DBInstance", {"MultiAZ": False}, {"MultiAZ": True}),
    ("RDS::DBProxy", {"RequireTLS": False}, {"RequireTLS": True}),
    (
        "DynamoDB::Table",
        {"TimeToLiveSpecification": {"AttributeName": "a", "Enabled": True}},
        {"TimeToLiveSpecification": {"AttributeName": "a", "Enabled": False}},
    ),
    ("Lightsail::Database", {"BackupRetention": False}, {"BackupRetention": True}),
    ("WAFv2::WebACL", {"Description": "a"}, {"Description": "b"}),
]


@pytest.mark.parametrize(("resource_type", "old", "new"), ACCESS)
def test_access_is_not_safe(resource_type: str, old: Properties | None, new: Properties) -> None:
    assert worst(resource_type, old, new) >= Risk.REVIEW


@pytest.mark.parametrize(("resource_type", "old", "new"), DATA)
def test_data_is_not_safe(resource_type: str, old: Properties, new: Properties) -> None:
    assert worst(resource_type, old, new) >= Risk.REVIEW


@pytest.mark.parametrize(("resource_type", "old", "new"), HARMLESS)
def test_what_does_no_harm_is_safe(resource_type: str, old: Properties, new: Properties) -> None:
    assert worst(resource_type, old, new) is Risk.SAFE


@pytest.mark.parametrize(("resource_type", "old", "new"), [*DATA, *HARMLESS])
def test_nothing_changes_if_nothing_changes(
    resource_type: str, old: Properties, new: Properties
) -> None:
    for properties in (old, new):
        same = template(resource_type, properties)
        assert not compare(same, same).findings

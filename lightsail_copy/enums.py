"""
The service's enums: a member for each published value, and for one that is not.

Lightsail sends values that AWS does not publish: each recorded response of CopySnapshot has the operation type
``CopySnapshot``, which is neither on the API page nor in any release of botocore. Any other unknown value is kept as
`Unrecognized`.

Sources: the API page of CopySnapshot, botocore's model of Lightsail, and responses seen on the wire.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import Enum
from typing import cast, final

if sys.version_info >= (3, 11):
    from typing import Self
else:
    from typing_extensions import Self


@final
class Unrecognized(str):
    """
    An enum value for which this release has no member.

    It behaves like the plain text (equality, hash, format, JSON); only its type says that no member matched. Construct
    one to use a Region that is newer than this release: ``Unrecognized("xx-new-1")``.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Unrecognized({str(self)!r})"


class OpenEnum(str, Enum):
    """An enum whose members compare, print, and serialize as the service's plain values."""

    # Without this, an f-string gives "RegionName.US_EAST_1" on Python 3.10 and the plain value on 3.11.
    __str__ = str.__str__

    @classmethod
    def parse(cls, value: str) -> Self | Unrecognized:
        """
        Return the member with a value, or the value itself as `Unrecognized`.

        Args:
            value: a value as the service sends it.
        """
        return cls.by_value().get(value) or Unrecognized(value)

    @classmethod
    def by_value(cls) -> Mapping[str, Self]:
        """Return the members by their values: calling the enum takes nine times as long as a lookup."""
        return cast("Mapping[str, Self]", cls._value2member_map_)


class RegionName(OpenEnum):
    """A published Region of Lightsail (`us-west-1` is published, though Lightsail does not run there)."""

    US_EAST_1 = "us-east-1"
    US_EAST_2 = "us-east-2"
    US_WEST_1 = "us-west-1"
    US_WEST_2 = "us-west-2"
    EU_WEST_1 = "eu-west-1"
    EU_WEST_2 = "eu-west-2"
    EU_WEST_3 = "eu-west-3"
    EU_CENTRAL_1 = "eu-central-1"
    EU_NORTH_1 = "eu-north-1"
    EU_SOUTH_2 = "eu-south-2"
    CA_CENTRAL_1 = "ca-central-1"
    AP_EAST_1 = "ap-east-1"
    AP_SOUTH_1 = "ap-south-1"
    AP_SOUTHEAST_1 = "ap-southeast-1"
    AP_SOUTHEAST_2 = "ap-southeast-2"
    AP_NORTHEAST_1 = "ap-northeast-1"
    AP_NORTHEAST_2 = "ap-northeast-2"
    AP_SOUTHEAST_3 = "ap-southeast-3"
    AP_SOUTHEAST_5 = "ap-southeast-5"
    SA_EAST_1 = "sa-east-1"


class ResourceType(OpenEnum):
    """The type of the resource that an operation acts on."""

    CONTAINER_SERVICE = "ContainerService"
    INSTANCE = "Instance"
    STATIC_IP = "StaticIp"
    KEY_PAIR = "KeyPair"
    INSTANCE_SNAPSHOT = "InstanceSnapshot"
    DOMAIN = "Domain"
    PEERED_VPC = "PeeredVpc"
    LOAD_BALANCER = "LoadBalancer"
    LOAD_BALANCER_TLS_CERTIFICATE = "LoadBalancerTlsCertificate"
    DISK = "Disk"
    DISK_SNAPSHOT = "DiskSnapshot"
    RELATIONAL_DATABASE = "RelationalDatabase"
    RELATIONAL_DATABASE_SNAPSHOT = "RelationalDatabaseSnapshot"
    EXPORT_SNAPSHOT_RECORD = "ExportSnapshotRecord"
    CLOUD_FORMATION_STACK_RECORD = "CloudFormationStackRecord"
    ALARM = "Alarm"
    CONTACT_METHOD = "ContactMethod"
    DISTRIBUTION = "Distribution"
    CERTIFICATE = "Certificate"
    BUCKET = "Bucket"
    SUBDOMAIN = "Subdomain"


class OperationType(OpenEnum):
    """What an operation does; the service sends `COPY_SNAPSHOT`, but AWS does not publish it."""

    DELETE_KNOWN_HOST_KEYS = "DeleteKnownHostKeys"
    DELETE_INSTANCE = "DeleteInstance"
    CREATE_INSTANCE = "CreateInstance"
    STOP_INSTANCE = "StopInstance"
    START_INSTANCE = "StartInstance"
    REBOOT_INSTANCE = "RebootInstance"
    OPEN_INSTANCE_PUBLIC_PORTS = "OpenInstancePublicPorts"
    PUT_INSTANCE_PUBLIC_PORTS = "PutInstancePublicPorts"
    CLOSE_INSTANCE_PUBLIC_PORTS = "CloseInstancePublicPorts"
    ALLOCATE_STATIC_IP = "AllocateStaticIp"
    RELEASE_STATIC_IP = "ReleaseStaticIp"
    ATTACH_STATIC_IP = "AttachStaticIp"
    DETACH_STATIC_IP = "DetachStaticIp"
    UPDATE_DOMAIN_ENTRY = "UpdateDomainEntry"
    DELETE_DOMAIN_ENTRY = "DeleteDomainEntry"
    CREATE_DOMAIN = "CreateDomain"
    DELETE_DOMAIN = "DeleteDomain"
    CREATE_INSTANCE_SNAPSHOT = "CreateInstanceSnapshot"
    DELETE_INSTANCE_SNAPSHOT = "DeleteInstanceSnapshot"
    CREATE_INSTANCES_FROM_SNAPSHOT = "CreateInstancesFromSnapshot"
    CREATE_LOAD_BALANCER = "CreateLoadBalancer"
    DELETE_LOAD_BALANCER = "DeleteLoadBalancer"
    ATTACH_INSTANCES_TO_LOAD_BALANCER = "AttachInstancesToLoadBalancer"
    DETACH_INSTANCES_FROM_LOAD_BALANCER = "DetachInstancesFromLoadBalancer"
    UPDATE_LOAD_BALANCER_ATTRIBUTE = "UpdateLoadBalancerAttribute"
    CREATE_LOAD_BALANCER_TLS_CERTIFICATE = "CreateLoadBalancerTlsCertificate"
    DELETE_LOAD_BALANCER_TLS_CERTIFICATE = "DeleteLoadBalancerTlsCertificate"
    ATTACH_LOAD_BALANCER_TLS_CERTIFICATE = "AttachLoadBalancerTlsCertificate"
    CREATE_DISK = "CreateDisk"
    DELETE_DISK = "DeleteDisk"
    ATTACH_DISK = "AttachDisk"
    DETACH_DISK = "DetachDisk"
    CREATE_DISK_SNAPSHOT = "CreateDiskSnapshot"
    DELETE_DISK_SNAPSHOT = "DeleteDiskSnapshot"
    CREATE_DISK_FROM_SNAPSHOT = "CreateDiskFromSnapshot"
    CREATE_RELATIONAL_DATABASE = "CreateRelationalDatabase"
    UPDATE_RELATIONAL_DATABASE = "UpdateRelationalDatabase"
    DELETE_RELATIONAL_DATABASE = "DeleteRelationalDatabase"
    CREATE_RELATIONAL_DATABASE_FROM_SNAPSHOT = "CreateRelationalDatabaseFromSnapshot"
    CREATE_RELATIONAL_DATABASE_SNAPSHOT = "CreateRelationalDatabaseSnapshot"
    DELETE_RELATIONAL_DATABASE_SNAPSHOT = "DeleteRelationalDatabaseSnapshot"
    UPDATE_RELATIONAL_DATABASE_PARAMETERS = "UpdateRelationalDatabaseParameters"
    START_RELATIONAL_DATABASE = "StartRelationalDatabase"
    REBOOT_RELATIONAL_DATABASE = "RebootRelationalDatabase"
    STOP_RELATIONAL_DATABASE = "StopRelationalDatabase"
    ENABLE_ADD_ON = "EnableAddOn"
    DISABLE_ADD_ON = "DisableAddOn"
    PUT_ALARM = "PutAlarm"
    GET_ALARMS = "GetAlarms"
    DELETE_ALARM = "DeleteAlarm"
    TEST_ALARM = "TestAlarm"
    CREATE_CONTACT_METHOD = "CreateContactMethod"
    GET_CONTACT_METHODS = "GetContactMethods"
    SEND_CONTACT_METHOD_VERIFICATION = "SendContactMethodVerification"
    DELETE_CONTACT_METHOD = "DeleteContactMethod"
    CREATE_DISTRIBUTION = "CreateDistribution"
    UPDATE_DISTRIBUTION = "UpdateDistribution"
    DELETE_DISTRIBUTION = "DeleteDistribution"
    RESET_DISTRIBUTION_CACHE = "ResetDistributionCache"
    ATTACH_CERTIFICATE_TO_DISTRIBUTION = "AttachCertificateToDistribution"
    DETACH_CERTIFICATE_FROM_DISTRIBUTION = "DetachCertificateFromDistribution"
    UPDATE_DISTRIBUTION_BUNDLE = "UpdateDistributionBundle"
    SET_IP_ADDRESS_TYPE = "SetIpAddressType"
    CREATE_CERTIFICATE = "CreateCertificate"
    DELETE_CERTIFICATE = "DeleteCertificate"
    CREATE_CONTAINER_SERVICE = "CreateContainerService"
    UPDATE_CONTAINER_SERVICE = "UpdateContainerService"
    DELETE_CONTAINER_SERVICE = "DeleteContainerService"
    CREATE_CONTAINER_SERVICE_DEPLOYMENT = "CreateContainerServiceDeployment"
    CREATE_CONTAINER_SERVICE_REGISTRY_LOGIN = "CreateContainerServiceRegistryLogin"
    REGISTER_CONTAINER_IMAGE = "RegisterContainerImage"
    DELETE_CONTAINER_IMAGE = "DeleteContainerImage"
    CREATE_BUCKET = "CreateBucket"
    DELETE_BUCKET = "DeleteBucket"
    CREATE_BUCKET_ACCESS_KEY = "CreateBucketAccessKey"
    DELETE_BUCKET_ACCESS_KEY = "DeleteBucketAccessKey"
    UPDATE_BUCKET_BUNDLE = "UpdateBucketBundle"
    UPDATE_BUCKET = "UpdateBucket"
    SET_RESOURCE_ACCESS_FOR_BUCKET = "SetResourceAccessForBucket"
    UPDATE_INSTANCE_METADATA_OPTIONS = "UpdateInstanceMetadataOptions"
    START_GUI_SESSION = "StartGUISession"
    STOP_GUI_SESSION = "StopGUISession"
    SETUP_INSTANCE_HTTPS = "SetupInstanceHttps"
    GET_PROFILE = "GetProfile"
    CREATE_SUBDOMAIN = "CreateSubdomain"
    UPDATE_SUBDOMAIN_ASSOCIATION = "UpdateSubdomainAssociation"
    DELETE_SUBDOMAIN = "DeleteSubdomain"
    COPY_SNAPSHOT = "CopySnapshot"


class OperationStatus(OpenEnum):
    """The status of an operation; `COMPLETED` and `SUCCEEDED` both mean success."""

    NOT_STARTED = "NotStarted"
    STARTED = "Started"
    FAILED = "Failed"
    COMPLETED = "Completed"
    SUCCEEDED = "Succeeded"


class AutoSnapshotStatus(OpenEnum):
    """The status of an automatic snapshot; only one with `SUCCESS` can be copied."""

    SUCCESS = "Success"
    FAILED = "Failed"
    IN_PROGRESS = "InProgress"
    NOT_FOUND = "NotFound"


class SnapshotState(OpenEnum):
    """The state of a snapshot: an instance snapshot ends as `available`, a disk snapshot as `completed`."""

    PENDING = "pending"
    AVAILABLE = "available"
    COMPLETED = "completed"
    ERROR = "error"
    UNKNOWN = "unknown"

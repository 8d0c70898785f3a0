"""Rows of the other databases: DynamoDB, OpenSearch, Redshift."""

from dataclasses import replace
from typing import Final

from iacwatch.core.catalog.schema import TAG, Indirect, Shows, TypeFacts, beyond, fields

_DOMAIN: Final = TypeFacts(
    "AWS::OpenSearch::Domain",
    sources=("es",),
    targets=("domainname", "arn"),
    acts="(Create|Delete|Update|Upgrade)(Elasticsearch)?Domain(Config)?|CancelDomainConfigChange"
    "|(Add|Remove)Tags",
    shows=(
        Shows(
            events="(Start|Cancel|Rollback)\\w*SoftwareUpdate",
            fields=fields(
                "changeprogressdetails domainprocessingstatus elasticsearchversion engineversion "
                "processing servicesoftwareoptions upgradeprocessing"
            ),
        ),
        Shows(events="(Dis)?[Aa]ssociatePackages?|DissociatePackages?", fields=("packages",)),
        Shows(events="(Authorize|Revoke)VpcEndpointAccess", fields=("authorizedprincipals",)),
    ),
    creates="Create(Elasticsearch)?Domain",
    deletes="Delete(Elasticsearch)?Domain",
    following=fields("""
            processing created endpoint endpoints domainendpoint domainprocessingstatus
            changeprogressdetails servicesoftwareoptions upgradeprocessing
        """),
)

ROWS: Final = (
    TypeFacts(
        "AWS::DynamoDB::Table",
        terraform="aws_dynamodb_global_table aws_dynamodb_table_replica",
        noun="DynamoDB table",
        arn="dynamodb:table",
        sources=("dynamodb",),
        targets=fields(
            "tablename resourcearn tablearn targettablename tablecreationparameters.tablename globaltablename"
        ),
        acts=f"(Create|Update|Delete)Table|RestoreTable\\w+|ImportTable|UpdateContinuousBackups|{TAG}",
        shows=(
            beyond(
                "UpdateTimeToLive|UpdateContributorInsights|UpdateTableReplicaAutoScaling"
                "|(Enable|Disable|Update)KinesisStreamingDestination|(Put|Delete)ResourcePolicy"
            ),
            Shows(
                events="\\w*GlobalTable\\w*",
                fields=("replicas", "globaltableversion", "provisionedthroughput"),
            ),
        ),
        creates="CreateTable|RestoreTable\\w+|ImportTable",
        deletes="DeleteTable",
        answers=("tablename", "tablearn"),
        lookups=("name", "arn"),
        missing=0.0,
        item_fields=fields("""
            archivalsummary attributedefinitions billingmodesummary continuousbackupsdescription
            creationdatetime deletionprotectionenabled globalsecondaryindexes globaltableversion
            itemcount keyschema lateststreamarn lateststreamlabel localsecondaryindexes
            ondemandthroughput provisionedthroughput replicas restoresummary ssedescription
            streamspecification tablearn tableclasssummary tableid tablename tablesizebytes
            tablestatus warmthroughput
        """),
        counted=("itemcount", "tablesizebytes"),
        following=("tablestatus",),
        sample=5,
    ),
    replace(_DOMAIN, type="AWS::Elasticsearch::Domain", noun="OpenSearch domain"),
    _DOMAIN,
    TypeFacts(
        "AWS::Redshift::Cluster",
        sources=("redshift",),
        targets=("clusteridentifier", "newclusteridentifier", "resourcename"),
        acts="(Create|Delete|Modify|Resize)Cluster|ModifyCluster(DbRevision|IamRoles|Maintenance)"
        "|ModifyClusterSnapshotSchedule|RestoreFromClusterSnapshot|CancelResize"
        "|(Enable|Disable)(Logging|SnapshotCopy)|ModifySnapshotCopyRetentionPeriod|(Create|Delete)Tags",
        shows=(
            Shows(
                events="(Create|Modify|Delete)CustomDomainAssociation",
                fields=(
                    "customdomainname",
                    "customdomaincertificatearn",
                    "customdomaincertificateexpirydate",
                ),
            ),
            Shows(
                events="Modify(Aqua|Lakehouse)Configuration",
                fields=("aquaconfiguration", "lakehouseregistrationstatus", "catalogarn"),
            ),
            Shows(events="RotateEncryptionKey", fields=("clusterstatus", "clusteravailabilitystatus")),
            Shows(
                events="(Reboot|Pause|Resume|Failover)Cluster|FailoverPrimaryCompute",
                fields=fields(
                    "clusterstatus clusteravailabilitystatus clusternodes availabilityzone "
                    "clusterparametergroups.clusterparameterstatuslist "
                    "clusterparametergroups.parameterapplystatus pendingactions pendingmodifiedvalues"
                ),
            ),
        ),
        creates="CreateCluster|RestoreFromClusterSnapshot",
        deletes="DeleteCluster",
        indirect=(
            Indirect(
                part="clusterparametergroups.parametergroupname",
                target="parametergroupname",
                events="(Modify|Reset)ClusterParameterGroup",
                changes=("UPDATE",),
                fields=("clusterparametergroups",),
            ),
        ),
        lookups=("name", "arn"),
        missing=0.0,
        following=fields("""
            clusterstatus clusteravailabilitystatus clustercreatetime clusternodes
            datatransferprogress endpoint modifystatus pendingmodifiedvalues restorestatus
            expectednextsnapshotscheduletime expectednextsnapshotscheduletimestatus
            nextmaintenancewindowstarttime
        """),
    ),
    TypeFacts("AWS::Redshift::ClusterParameterGroup", derived=True, terraform="aws_redshift_parameter_group"),
    TypeFacts(
        "AWS::Redshift::ClusterSecurityGroup",
        terraform="aws_redshift_security_group",
        derived=True,
        acts="(Authorize|Revoke)ClusterSecurityGroupIngress",
    ),
    TypeFacts(
        "AWS::Redshift::ClusterSnapshot",
        sources=("redshift",),
        targets=fields(
            "snapshotidentifier identifiers.snapshotidentifier snapshotidentifierlist "
            "targetsnapshotidentifier resourcename"
        ),
        acts="(Create|Copy|Modify|Delete)ClusterSnapshot|Batch(Modify|Delete)ClusterSnapshots"
        "|(Authorize|Revoke)SnapshotAccess|(Create|Delete)Tags",
        creates="(Create|Copy)ClusterSnapshot",
        deletes="(Batch)?DeleteClusterSnapshots?",
        answers=("snapshotidentifier",),
        indirect=(
            Indirect(
                part="snapshotidentifier",
                target="finalclustersnapshotidentifier",
                events="DeleteCluster",
                changes=("CREATE",),
            ),
        ),
    ),
    TypeFacts("AWS::Redshift::ClusterSubnetGroup", derived=True, terraform="aws_redshift_subnet_group"),
)

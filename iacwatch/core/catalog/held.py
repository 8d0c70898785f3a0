"""What Config's items of some types are known to hold, as data: so, which calls can't have changed an item.

A call may name the very resource and yet show nowhere in its item (a role's longest session, a VPC's DNS
settings). Whoever made it just then did not change what the item shows. Where nobody can be sure that an item
does not show such a call after all, it counts by what differs beyond the keys listed here, which are other
calls' work. Keys are lower-case, the first below ``Configuration`` or ``SupplementaryConfiguration``.
"""

from typing import Final

from iacwatch.core.catalog.schema import Shows

_ALWAYS: Final = ("arn", "id", "name", "tags", "taglist", "tagset")
"""What items of every type may hold."""

_HELD: Final[dict[str, str]] = {
    "AWS::ApiGateway::RestApi": """
        apikeysource apistatus binarymediatypes createddate description disableexecuteapiendpoint
        endpointconfiguration minimumcompressionsize policy rootresourceid version warnings
    """,
    "AWS::AppSync::GraphQLApi": """
        additionalauthenticationproviders apiid apitype authenticationtype enhancedmetricsconfig graphqlurl
        introspectionconfig lambdaauthorizerconfig logconfig mergedapiexecutionrolearn openidconnectconfig
        ownercontact querydepthlimit resolvercountlimit userpoolconfig visibility xrayenabled
    """,
    "AWS::AutoScaling::AutoScalingGroup": """
        autoscalinggrouparn autoscalinggroupname availabilityzonedistribution availabilityzones
        capacityrebalance createdtime defaultcooldown defaultinstancewarmup desiredcapacity
        desiredcapacitytype enabledmetrics healthcheckgraceperiod healthchecktype instancemaintenancepolicy
        instances launchconfigurationname launchtemplate loadbalancernames maxinstancelifetime maxsize
        minsize mixedinstancespolicy newinstancesprotectedfromscalein placementgroup predictedcapacity
        servicelinkedrolearn status suspendedprocesses targetgrouparns terminationpolicies trafficsources
        vpczoneidentifier warmpoolconfiguration warmpoolsize
    """,
    "AWS::CloudFormation::Stack": """
        capabilities changesetid creationtime deletiontime description disablerollback driftinformation
        enableterminationprotection lastupdatedtime notificationarns outputs parameters parentid
        parentstackid rolearn rollbackconfiguration rootid stackdriftdetectioninformation stackid stackname
        stackresourcesummaries stackstatus stackstatusreason timeoutinminutes
    """,
    "AWS::CloudTrail::Trail": """
        cloudwatchlogsloggrouparn cloudwatchlogsrolearn homeregion includeglobalserviceevents
        ismultiregiontrail isorganizationtrail kmskeyid logfilevalidationenabled s3bucketname s3keyprefix
        snstopicarn snstopicname trailarn
    """,
    "AWS::CodeBuild::Project": """
        artifacts autoretrylimit badge buildbatchconfig cache concurrentbuildlimit created description
        encryptionkey environment filesystemlocations lastmodified logsconfig projectvisibility
        publicprojectalias queuedtimeoutinminutes resourceaccessrole secondaryartifacts secondarysources
        secondarysourceversions servicerole source sourceversion timeoutinminutes vpcconfig webhook
    """,
    "AWS::DynamoDB::Table": """
        archivalsummary attributedefinitions billingmodesummary continuousbackupsdescription
        creationdatetime deletionprotectionenabled globalsecondaryindexes globaltableversion itemcount
        keyschema lateststreamarn lateststreamlabel localsecondaryindexes ondemandthroughput
        provisionedthroughput replicas restoresummary ssedescription streamspecification tablearn
        tableclasssummary tableid tablename tablesizebytes tablestatus warmthroughput
    """,
    "AWS::EC2::EIP": """
        allocationid associationid carrierip customerownedip customerownedipv4pool domain instanceid
        networkbordergroup networkinterfaceid networkinterfaceownerid privateipaddress publicip
        publicipv4pool
    """,
    "AWS::EC2::LaunchTemplate": """
        createdby createtime defaultversionnumber latestversionnumber launchtemplatedata launchtemplateid
        launchtemplatename tagspecifications versiondescription
    """,
    "AWS::EC2::NetworkInterface": """
        association attachment availabilityzone denyalligwtraffic description groups interfacetype
        ipv4prefixes ipv6address ipv6addresses ipv6native ipv6prefixes macaddress networkinterfaceid
        outpostarn ownerid privatednsname privateipaddress privateipaddresses requesterid requestermanaged
        sourcedestcheck status subnetid vpcid
    """,
    "AWS::EC2::VPC": """
        cidrblock cidrblockassociationset dhcpoptionsid instancetenancy ipv6cidrblockassociationset
        isdefault ownerid state vpcid
    """,
    "AWS::EC2::VPCEndpointService": """
        acceptancerequired availabilityzones baseendpointdnsnames gatewayloadbalancerarns
        managesvpcendpoints networkloadbalancerarns payerresponsibility privatednsname
        privatednsnameconfiguration serviceid servicename servicestate servicetype supportedipaddresstypes
        supportedregions
    """,
    "AWS::EC2::Volume": """
        attachments availabilityzone createtime encrypted fastrestored iops kmskeyid multiattachenabled
        outpostarn size snapshotid state throughput volumeid volumetype
    """,
    "AWS::ECS::Service": """
        availabilityzonerebalancing capacityproviderstrategy cluster deploymentconfiguration
        deploymentcontroller desiredcount enableecsmanagedtags enableexecutecommand
        healthcheckgraceperiodseconds launchtype loadbalancers networkconfiguration placementconstraints
        placementstrategies platformversion propagatetags role schedulingstrategy servicearn
        serviceconnectconfiguration servicename serviceregistries taskdefinition volumeconfigurations
    """,
    "AWS::EFS::FileSystem": """
        availabilityzonename backuppolicy creationtime encrypted filesystemarn filesystemid filesystempolicy
        filesystemtags kmskeyid lifecyclepolicies lifecyclestate numberofmounttargets ownerid
        performancemode provisionedthroughputinmibps sizeinbytes throughputmode
    """,
    "AWS::EKS::Cluster": """
        accessconfig certificateauthority certificateauthoritydata clustersecuritygroupid clusterstatus
        computeconfig createdat deletionprotection encryptionconfig encryptionconfigkeyarn endpoint health
        kubernetesnetworkconfig logging openidconnectissuerurl platformversion remotenetworkconfig
        resourcesvpcconfig rolearn status storageconfig upgradepolicy version zonalshiftconfig
    """,
    "AWS::ElasticBeanstalk::Environment": """
        abortableoperationinprogress applicationname cname datecreated dateupdated description endpointurl
        environmentarn environmentid environmentlinks environmentname health healthstatus platformarn
        resources solutionstackname status templatename tier versionlabel
    """,
    "AWS::ElasticLoadBalancingV2::Listener": """
        alpnpolicy defaultactions listenerarn listenerattributes loadbalancerarn mutualauthentication port
        protocol sslpolicy
    """,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": """
        availabilityzones canonicalhostedzoneid createdtime customerownedipv4pool dnsname
        enforcesecuritygroupinboundrulesonprivatelinktraffic ipaddresstype listeners loadbalancerarn
        loadbalancerattributes loadbalancername scheme securitygroups securitygroupsevaluationmode
        securitygroupsforprivatelink state type vpcid
    """,
    "AWS::IAM::Role": """
        assumerolepolicydocument attachedmanagedpolicies createdate instanceprofilelist path
        permissionsboundary roleid rolelastused rolename rolepolicylist
    """,
    "AWS::KMS::Key": """
        awsaccountid cloudhsmclusterid creationdate customerkeyspec customermasterkeyspec customkeystoreid
        deletiondate description enabled encryptionalgorithms expirationmodel keyid keymanager
        keyrotationstatus keyspec keystate keyusage macalgorithms multiregion multiregionconfiguration
        origin pendingdeletionwindowindays policy signingalgorithms validto
    """,
    "AWS::Kinesis::Stream": """
        retentionperiodhours shardcount streamencryption streammodedetails streamstatus
    """,
    "AWS::Lambda::Function": """
        architectures code codesha256 codesize concurrency deadletterconfig description environment
        ephemeralstorage filesystemconfigs functionarn functionname handler imageconfigresponse kmskeyarn
        lastmodified lastupdatestatus lastupdatestatusreason lastupdatestatusreasoncode layers loggingconfig
        memorysize packagetype reservedconcurrentexecutions revisionid role runtime signingjobarn
        signingprofileversionarn snapstart state statereason statereasoncode timeout tracingconfig version
        vpcconfig
    """,
    "AWS::MSK::Cluster": """
        activeoperationarn brokernodegroupinfo clientauthentication clusterarn clustername configurationinfo
        creationtime currentversion encryptioninfo enhancedmonitoring kafkaversion logginginfo
        numberofbrokernodes openmonitoring rebalancing state stateinfo storagemode
    """,
    "AWS::NetworkFirewall::Firewall": """
        availabilityzonechangeprotection availabilityzonemappings deleteprotection description
        enabledanalysistypes encryptionconfiguration endpointids firewall firewallarn firewallid
        firewallname firewallpolicyarn firewallpolicychangeprotection firewallstatus subnetchangeprotection
        subnetmappings transitgatewayattachmentid vpcid
    """,
    "AWS::Route53::HostedZone": """
        hostedzoneconfig hostedzonetags nameservers queryloggingconfig vpcs
    """,
    "AWS::S3::Bucket": """
        accesscontrollist bucketaccelerateconfiguration bucketcrossoriginconfiguration
        bucketlifecycleconfiguration bucketloggingconfiguration bucketnotificationconfiguration bucketpolicy
        bucketreplicationconfiguration buckettaggingconfiguration bucketversioningconfiguration
        bucketwebsiteconfiguration creationdate isrequesterpaysenabled objectlockconfiguration owner
        publicaccessblockconfiguration region serversideencryptionconfiguration
    """,
    "AWS::SecretsManager::Secret": """
        deleted deleteddate description kmskeyid lastaccesseddate lastrotateddate nextrotationdate
        owningservice primaryregion replicaregions replicationstatus rotationenabled rotationlambdaarn
        rotationoccurringasscheduled rotationrules type
    """,
    "AWS::WAFv2::RuleGroup": """
        availablelabels capacity consumedlabels customresponsebodies description isolationstatus
        labelnamespace owner payertoken resourcearn rules visibilityconfig
    """,
    "AWS::WAFv2::WebACL": """
        applicationconfig associationconfig capacity captchaconfig challengeconfig customresponsebodies
        dataprotectionconfig defaultaction description isolationstatus labelnamespace
        managedbyfirewallmanager onsourceddosprotectionconfig owner payertoken
        postprocessfirewallmanagerrulegroups preprocessfirewallmanagerrulegroups resourcearn
        retrofittedbyfirewallmanager rules tokendomains visibilityconfig
    """,
}

HELD: Final[dict[str, tuple[str, ...]]] = {
    resource_type: (*_ALWAYS, *keys.split()) for resource_type, keys in _HELD.items()
}


def beyond(resource_type: str, events: str, *others: str, but: tuple[str, ...] = ()) -> Shows:
    """Return the rule for calls that show in nothing that items of a type are known to hold.

    `others` are further keys that other calls change, `but` known ones in which these calls may show.
    """
    keys = (*HELD[resource_type], *others)
    return Shows(events=events, unless=tuple(key for key in keys if key not in but))

"""What builds and runs: stacks, pipelines, projects, jobs."""

from tests.worlds.blind.row import TAGS, N, at, by, call, row, tagging

PARAMETER = [{"parameterKey": "Size", "parameterValue": "$n"}]
stack = row(
    at("AWS::CloudFormation::Stack", "cloudformation", "$arn", "stack/$name/$uuid"),
    config={"stackId": "$arn", "stackName": "$name", "stackStatus": "UPDATE_COMPLETE", "parameters": []},
    words={"called": ("$name", "$arn")},
    by={"stackName": "$called"},
    tags=("configuration.tags key/value",),
    tag=tagging(
        {"stackName": "$called", "usePreviousTemplate": True},
        whole=True,
        calls=("UpdateStack", "UpdateStack"),
        answer={"stackId": "$arn"},
    ),
    create=call("CreateStack", {"stackName": "$name", "tags": TAGS}, {"stackId": "$arn"}),
    delete="DeleteStack",
    updates=(
        by("UpdateStack", {"parameters": PARAMETER}, {"stackId": "$arn"}, parameters=PARAMETER),
        by(
            "UpdateTerminationProtection",
            {"enableTerminationProtection": True},
            {"stackId": "$arn"},
            enableTerminationProtection=N,
        ),
        by("ExecuteChangeSet", {"changeSetName": "c"}, stackStatus="s$n"),
    ),
    mentions=(
        by("SignalResource", {"logicalResourceId": "Asg", "uniqueId": "i-0", "status": "SUCCESS"}),
        by("DetectStackDrift"),
        by("DeleteChangeSet", {"changeSetName": "c"}),
    ),
    created=True,
)

code_pipeline = row(
    at("AWS::CodePipeline::Pipeline", "codepipeline", "$name", "$name"),
    config={"name": "$name", "version": 1, "stages": []},
    tags=(),
    create=call(
        "CreatePipeline", {"pipeline": {"name": "$name", "roleArn": "r"}}, {"pipeline": {"name": "$name"}}
    ),
    delete=call("DeletePipeline", {"name": "$name"}),
    updates=(
        call(
            "UpdatePipeline",
            {"pipeline": {"name": "$name", "roleArn": "r", "stages": []}},
            {"pipeline": {"name": "$name", "version": N}},
            version=N,
        ),
    ),
    mentions=(
        call("StartPipelineExecution", {"name": "$name"}),
        call("PutApprovalResult", {"pipelineName": "$name"}),
    ),
)

PROJECT = {"project": {"name": "$name", "arn": "$arn"}}
build_project = row(
    at("AWS::CodeBuild::Project", "codebuild", "$uuid", "project/$name"),
    config={"name": "$name", "arn": "$arn", "timeoutInMinutes": 60, "queuedTimeoutInMinutes": 480},
    by={"name": "$name"},
    tags=("configuration.tags key/value",),
    tag=tagging({"name": "$name"}, whole=True, calls=("UpdateProject", "UpdateProject"), answer=PROJECT),
    create=by("CreateProject", {}, PROJECT),
    delete="DeleteProject",
    updates=(by("UpdateProject", {"timeoutInMinutes": N}, PROJECT, timeoutInMinutes=N),),
    mentions=(
        call("StartBuild", {"projectName": "$name"}, {"build": {"projectName": "$name"}}),
        by("CreateFleet"),
    ),
    created=True,
)

work_group = row(
    at("AWS::Athena::WorkGroup", "athena", "$name", "workgroup/$name"),
    config={"Name": "$name", "State": "ENABLED", "Description": ""},
    by={"workGroup": "$name"},
    tag=tagging("resourceARN"),
    create=call("CreateWorkGroup", {"name": "$name"}),
    delete=by("DeleteWorkGroup", {"recursiveDeleteOption": True}),
    updates=(by("UpdateWorkGroup", {"description": "d$n"}, Description="d$n"),),
    mentions=(
        by("StartQueryExecution", {"queryString": "SELECT 1"}),
        by("CreateNamedQuery", {"name": "$name"}),
    ),
    created=True,
)

glue_job = row(
    at("AWS::Glue::Job", "glue", "$name", "job/$name"),
    config={"Name": "$name", "MaxRetries": 0, "Role": "r"},
    by={"jobName": "$name"},
    tags=(),
    tag=tagging(into="tagsToAdd", form="map", keys="tagsToRemove"),
    create=call("CreateJob", {"name": "$name", "role": "r"}, {"name": "$name"}),
    delete=by("DeleteJob", {}, {"jobName": "$name"}),
    updates=(by("UpdateJob", {"jobUpdate": {"maxRetries": N}}, {"jobName": "$name"}, MaxRetries=N),),
    mentions=(
        by("StartJobRun", {}, {"jobRunId": "jr"}),
        call("CreateTrigger", {"name": "t", "actions": [{"jobName": "$name"}]}),
        call("CreateCrawler", {"name": "$name"}),
    ),
)

FOUND = {"environmentName": "$name", "environmentId": "$id"}
beanstalk = row(
    at("AWS::ElasticBeanstalk::Environment", "elasticbeanstalk", "e-${up:10}", "environment/shop/$name"),
    called="$name-env",
    config={**FOUND, "environmentArn": "$arn", "description": ""},
    tags=(),
    tag=tagging(
        into="tagsToAdd", keys="tagsToRemove", calls=("UpdateTagsForResource", "UpdateTagsForResource")
    ),
    create=call("CreateEnvironment", {"applicationName": "shop", "environmentName": "$name"}, FOUND),
    delete=call("TerminateEnvironment", {"environmentId": "$id"}, {"environmentId": "$id"}),
    updates=(
        call(
            "UpdateEnvironment", {"environmentName": "$name", "description": "d$n"}, FOUND, description="d$n"
        ),
        call("UpdateEnvironment", {"environmentId": "$id", "versionLabel": "l$n"}, FOUND, versionLabel="l$n"),
    ),
    mentions=(call("CreateEnvironment", {"name": "$name"}, service="mwaa"),),
    created=True,
)

"""What builds and runs: stacks, pipelines, projects, jobs."""

from tests.worlds.blind.row import LOWER, TAGS, N, at, by, call, row, tagging

PARAMETER = [{"parameterKey": "Size", "parameterValue": "$n"}]
stack = row(
    at("AWS::CloudFormation::Stack", "cloudformation", "$arn", "stack/$name/$uuid"),
    config={"stackId": "$arn", "stackName": "$name"},
    words={"called": ("$name", "$arn")},
    by={"stackName": "$called"},
    answer={"stackId": "$arn"},
    tags=LOWER,
    tag=tagging(
        {"stackName": "$called", "usePreviousTemplate": True},
        whole=True,
        calls=("UpdateStack", "UpdateStack"),
    ),
    create=call("CreateStack", {"stackName": "$name", "tags": TAGS}),
    delete="DeleteStack",
    updates=(
        by("UpdateStack", {"parameters": PARAMETER}, parameters=PARAMETER),
        by("ExecuteChangeSet", {"changeSetName": "c"}, stackStatus="s$n"),
    ),
    mentions=(by("DeleteChangeSet", {"changeSetName": "c"}),),
    created=True,
)

code_pipeline = row(
    at("AWS::CodePipeline::Pipeline", "codepipeline", "$name", "$name"),
    config={"name": "$name"},
    by={"pipeline": {"name": "$name", "roleArn": "r"}},
    tags=(),
    create=by("CreatePipeline", {}, {"pipeline": {"name": "$name"}}),
    delete=call("DeletePipeline", {"name": "$name"}),
    updates=(by("UpdatePipeline", {}, {"pipeline": {"name": "$name", "version": N}}, version=N),),
    mentions=(call("PutApprovalResult", {"pipelineName": "$name"}),),
)

PROJECT = {"project": {"name": "$name", "arn": "$arn"}}
build_project = row(
    at("AWS::CodeBuild::Project", "codebuild", "$uuid", "project/$name"),
    config={"name": "$name", "arn": "$arn"},
    by={"name": "$name"},
    tags=LOWER,
    tag=tagging({"name": "$name"}, whole=True, calls=("UpdateProject", "UpdateProject"), answer=PROJECT),
    create=by("CreateProject", {}, PROJECT),
    delete="DeleteProject",
    updates=(by("UpdateProject", {"timeoutInMinutes": N}, PROJECT, timeoutInMinutes=N),),
    mentions=((by("CreateFleet"),)),
    created=True,
)

glue_job = row(
    at("AWS::Glue::Job", "glue", "$name", "job/$name"),
    config={"Name": "$name"},
    by={"jobName": "$name"},
    tags=(),
    tag=tagging(into="tagsToAdd", form="map", keys="tagsToRemove"),
    create=call("CreateJob", {"name": "$name", "role": "r"}, {"name": "$name"}),
    delete="DeleteJob",
    updates=(by("UpdateJob", {"jobUpdate": {"maxRetries": N}}, {"jobName": "$name"}, MaxRetries=N),),
    mentions=(
        call("CreateTrigger", {"name": "t", "actions": [{"jobName": "$name"}]}),
        call("CreateCrawler", {"name": "$name"}),
    ),
)

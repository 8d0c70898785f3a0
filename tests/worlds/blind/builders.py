"""What builds and runs: stacks, pipelines, projects, jobs."""

from tests.worlds.blind.row import LOWER, TAGS, at, by, call, row, tagging

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
)

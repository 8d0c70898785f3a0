"""What builds and runs in the blind world: stacks, pipelines, projects, jobs."""

from tests.worlds.blind.kind import pairs, retag, store
from tests.worlds.blind.service import CONFIG_LOWER, CONFIG_UPPER, kind, op, tagging, thing_of


def stack(m, name):
    arn = m.arn("cloudformation", f"stack/{name}/{m.uuid()}")
    config = {"stackId": arn, "stackName": name, "stackStatus": "UPDATE_COMPLETE", "parameters": []}
    thing = thing_of(
        m, "AWS::CloudFormation::Stack", arn, name=name, arn=arn, config=config, tags=CONFIG_LOWER
    )
    lists = [("AWS::CloudFormation::Stack", arn)]

    def update():
        parameter = {"ParameterKey": "Size", "ParameterValue": str(m.next())}
        sent = {"StackName": m.pick(name, arn), "UsePreviousTemplate": True, "Parameters": [parameter]}
        change = store(config, parameters=[parameter])
        return op("cloudformation", "UpdateStack", sent, {"StackId": arn}, lists=lists, change=change)

    def protect():
        sent = {"StackName": name, "EnableTerminationProtection": True}
        change = store(config, enableTerminationProtection=m.next())
        return op(
            "cloudformation",
            "UpdateTerminationProtection",
            sent,
            {"StackId": arn},
            lists=lists,
            change=change,
        )

    def create():
        sent = {
            "StackName": name,
            "TemplateURL": "https://acme.s3.amazonaws.com/t.yaml",
            "Tags": pairs(thing.tags),
        }
        return op("cloudformation", "CreateStack", sent, {"StackId": arn}, lists=lists)

    def delete():
        called = m.pick(name, arn)
        return op("cloudformation", "DeleteStack", {"StackName": called}, lists=[(lists[0][0], called)])

    def tag(tags):
        sent = {"StackName": name, "UsePreviousTemplate": True, "Tags": pairs({**thing.tags, **tags})}
        return op(
            "cloudformation", "UpdateStack", sent, {"StackId": arn}, lists=lists, change=retag(thing, tags)
        )

    def untag(keys):
        sent = {"StackName": name, "UsePreviousTemplate": True, "Tags": []}
        return op(
            "cloudformation",
            "UpdateStack",
            sent,
            {"StackId": arn},
            lists=lists,
            change=retag(thing, gone=keys),
        )

    read = ("cloudformation.amazonaws.com", "DescribeStacks", {"stackName": name})
    return kind(
        thing,
        create=create,
        updates=[update, protect],
        delete=delete,
        tags={"tag": tag, "untag": untag},
        read=read,
    )


def code_pipeline(m, name):
    arn = m.arn("codepipeline", name)
    config = {"name": name, "version": 1, "stages": []}
    thing = thing_of(m, "AWS::CodePipeline::Pipeline", name, name=name, arn=arn, config=config, created=None)
    lists = m.maybe(0.6, ("AWS::CodePipeline::Pipeline", name))

    def update():
        number = config["version"] + 1
        made = op("codepipeline", "UpdatePipeline", lists=lists, change=store(config, version=number))
        made.request = {
            "pipeline": {"name": name, "roleArn": f"arn:aws:iam::{m.account}:role/pipeline", "stages": []}
        }
        made.answer = {"pipeline": {"name": name, "version": number}}
        return made

    tags = tagging(
        "codepipeline", thing, by={"resourceArn": arn}, tags_key="tags", form="key/value", keys_key="tagKeys"
    )
    delete = lambda: op("codepipeline", "DeletePipeline", {"name": name}, lists=lists)  # noqa: E731 (one line)
    read = ("codepipeline.amazonaws.com", "GetPipelineState", {"name": name})
    return kind(thing, updates=[update], delete=delete, tags=tags, read=read)


def build_project(m, name):
    arn = m.arn("codebuild", f"project/{name}")
    config = {"name": name, "arn": arn, "timeoutInMinutes": 60, "queuedTimeoutInMinutes": 480}
    thing = thing_of(
        m, "AWS::CodeBuild::Project", m.uuid(), name=name, arn=arn, config=config, tags=CONFIG_LOWER
    )

    def update():
        minutes = config["timeoutInMinutes"] + 1
        got = {"project": {"name": name, "arn": arn}}
        return op(
            "codebuild",
            "UpdateProject",
            {"name": name, "timeoutInMinutes": minutes},
            got,
            change=store(config, timeoutInMinutes=minutes),
        )

    def tagged(change, tags):
        sent = {"name": name, "tags": pairs(tags, "key", "value")}
        return op("codebuild", "UpdateProject", sent, {"project": {"name": name, "arn": arn}}, change=change)

    def tag(tags):
        return tagged(retag(thing, tags), {**thing.tags, **tags})

    def untag(keys):
        return tagged(
            retag(thing, gone=keys), {key: text for key, text in thing.tags.items() if key not in keys}
        )

    read = ("codebuild.amazonaws.com", "BatchGetProjects", {"names": [name]})
    delete = lambda: op("codebuild", "DeleteProject", {"name": name})  # noqa: E731 (one line)
    return kind(thing, updates=[update], delete=delete, tags={"tag": tag, "untag": untag}, read=read)


def work_group(m, name):
    arn = m.arn("athena", f"workgroup/{name}")
    config = {"Name": name, "State": "ENABLED", "Description": ""}
    thing = thing_of(m, "AWS::Athena::WorkGroup", name, name=name, arn=arn, config=config, tags=CONFIG_UPPER)

    def update():
        text = f"d{m.next()}"
        return op(
            "athena",
            "UpdateWorkGroup",
            {"WorkGroup": name, "Description": text},
            change=store(config, Description=text),
        )

    return kind(
        thing,
        create=lambda: op("athena", "CreateWorkGroup", {"Name": name}),
        updates=[update],
        delete=lambda: op("athena", "DeleteWorkGroup", {"WorkGroup": name, "RecursiveDeleteOption": True}),
        tags=tagging("athena", thing, by={"ResourceARN": arn}),
        read=("athena.amazonaws.com", "GetWorkGroup", {"workGroup": name}),
    )


def glue_job(m, name):
    arn = m.arn("glue", f"job/{name}")
    config = {"Name": name, "MaxRetries": 0, "Role": f"arn:aws:iam::{m.account}:role/glue"}
    thing = thing_of(m, "AWS::Glue::Job", name, name=name, arn=arn, config=config, created=None)

    def update():
        count = config["MaxRetries"] + 1
        return op(
            "glue",
            "UpdateJob",
            {"JobName": name, "JobUpdate": {"MaxRetries": count}},
            {"JobName": name},
            change=store(config, MaxRetries=count),
        )

    return kind(
        thing,
        updates=[update],
        delete=lambda: op("glue", "DeleteJob", {"JobName": name}, {"JobName": name}),
        tags=tagging(
            "glue", thing, by={"ResourceArn": arn}, tags_key="TagsToAdd", form="map", keys_key="TagsToRemove"
        ),
        read=("glue.amazonaws.com", "GetJob", {"jobName": name}),
    )


def beanstalk(m, name):
    name = f"{name}-env"
    id_ = m.letters("e-", 10).lower()
    arn = m.arn("elasticbeanstalk", f"environment/shop/{name}")
    config = {"environmentId": id_, "environmentName": name, "environmentArn": arn, "description": ""}
    thing = thing_of(m, "AWS::ElasticBeanstalk::Environment", id_, name=name, arn=arn, config=config)

    def update():
        text = f"d{m.next()}"
        sent = {**m.pick({"EnvironmentName": name}, {"EnvironmentId": id_}), "Description": text}
        got = {"EnvironmentName": name, "EnvironmentId": id_}
        return op("elasticbeanstalk", "UpdateEnvironment", sent, got, change=store(config, description=text))

    def tag(tags):
        return op(
            "elasticbeanstalk",
            "UpdateTagsForResource",
            {"ResourceArn": arn, "TagsToAdd": pairs(tags)},
            change=retag(thing, tags),
        )

    def untag(keys):
        sent = {"ResourceArn": arn, "TagsToRemove": list(keys)}
        return op("elasticbeanstalk", "UpdateTagsForResource", sent, change=retag(thing, gone=keys))

    def delete():
        by = {"EnvironmentId": id_}
        return op("elasticbeanstalk", "TerminateEnvironment", by, by)

    read = ("elasticbeanstalk.amazonaws.com", "DescribeEnvironmentHealth", {"environmentId": id_})
    return kind(thing, updates=[update], delete=delete, tags={"tag": tag, "untag": untag}, read=read)

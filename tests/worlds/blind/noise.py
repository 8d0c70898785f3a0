"""What else an account does all day in the blind world: a write a second, none on our things."""

from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.blind.config import HOME
from tests.worlds.blind.kind import Op

RATES = {(OWN, HOME): 1.0, (OWN, "us-east-1"): 0.5, (OWN, "eu-central-1"): 0.15, (SECOND, HOME): 0.2}
MINUTES = 245


class Noise:
    """Writes of others, and some reads and failures among them."""

    def __init__(self, world):
        self.world, self.random = world, world.random
        self.known = [kind.thing for kind in world.kinds]
        self.names = [thing.name for thing in self.known if thing.name]
        self.subnets = [thing.id for thing in self.known if thing.type == "AWS::EC2::Subnet"] or ["subnet-1"]
        self.groups = [thing.id for thing in self.known if thing.type == "AWS::EC2::SecurityGroup"] or [
            "sg-1"
        ]
        self.arns = [thing.arn for thing in self.known if thing.arn]

    def make(self):
        for (account, region), rate in RATES.items():
            cast = self.world.second if account == SECOND else self.world.cast
            actors = [
                cast.instance(),
                cast.function(),
                cast.linked(),
                cast.linked("ecs.amazonaws.com", "AWSServiceRoleForECS", "ecs"),
                cast.app_deploy(),
                cast.bob(),
                cast.pod(),
                cast.service("lambda.amazonaws.com"),
            ]
            for _ in range(int(MINUTES * 60 * rate)):
                at = self.world.ago(seconds=self.random.uniform(20, MINUTES * 60))
                more = {"readOnly": True} if self.random.random() < 0.08 else {}
                if self.random.random() < 0.04:
                    more["errorCode"] = "AccessDenied"
                self.world.call(
                    self.random.choice(actors), self.one(), at, account=account, region=region, **more
                )

    def one(self):
        return self.random.choice(
            (
                self.log_stream,
                self.log_stream,
                self.agent,
                self.agent,
                self.launch,
                self.interface,
                self.parameter,
                self.execution,
                self.stop_task,
                self.finding,
                self.evaluation,
                self.backup,
                self.others_alarm,
                self.others_queue,
                self.others_function,
                self.key,
            )
        )()

    def hex(self, prefix, length=17):
        return prefix + f"{self.random.getrandbits(length * 4):0{length}x}"

    def log_stream(self):
        sent = {
            "logGroupName": f"/aws/lambda/{self.random.choice(self.names)}",
            "logStreamName": self.hex("", 20),
        }
        return Op(service="logs", operation="CreateLogStream", request=sent)

    def agent(self):
        sent = {"instanceId": self.hex("i-"), "agentName": "amazon-ssm-agent"}
        return Op(service="ssm", operation="UpdateInstanceInformation", request=sent)

    def launch(self):
        subnet, group, id_ = self.random.choice(self.subnets), self.random.choice(self.groups), self.hex("i-")
        sent = {"subnetId": subnet, "groupSet": {"items": [{"groupId": group}]}, "instanceType": "c7g.large"}
        one = {"instanceId": id_, "subnetId": subnet, "groupSet": {"items": [{"groupId": group}]}}
        lists = (
            ("AWS::EC2::Subnet", subnet),
            ("AWS::EC2::SecurityGroup", group),
            ("AWS::EC2::Instance", id_),
        )
        answer = {"instancesSet": {"items": [one]}}
        return Op(service="ec2", operation="RunInstances", request=sent, answer=answer, lists=lists)

    def interface(self):
        subnet, group, id_ = (
            self.random.choice(self.subnets),
            self.random.choice(self.groups),
            self.hex("eni-"),
        )
        sent = {"subnetId": subnet, "groupSet": {"items": [{"groupId": group}]}}
        lists = (
            ("AWS::EC2::Subnet", subnet),
            ("AWS::EC2::SecurityGroup", group),
            ("AWS::EC2::NetworkInterface", id_),
        )
        answer = {"networkInterface": {"networkInterfaceId": id_, "subnetId": subnet}}
        return Op(service="ec2", operation="CreateNetworkInterface", request=sent, answer=answer, lists=lists)

    def parameter(self):
        sent = {
            "name": f"/app/{self.random.choice(self.names)}",
            "type": "SecureString",
            "value": "HIDDEN_DUE_TO_SECURITY_REASONS",
        }
        return Op(service="ssm", operation="PutParameter", request=sent, answer={"version": 2})

    def execution(self):
        arn = f"arn:aws:states:{HOME}:{OWN}:stateMachine:{self.hex('flow', 6)}"
        return Op(service="stepfunctions", operation="StartExecution", request={"stateMachineArn": arn})

    def stop_task(self):
        name = self.random.choice(self.names)
        return Op(
            service="ecs",
            operation="StopTask",
            request={"cluster": name, "task": self.hex("", 32), "reason": "scale in"},
        )

    def finding(self):
        one = {"resources": [{"id": self.random.choice(self.arns)}], "title": "a finding"}
        return Op(service="securityhub", operation="BatchImportFindings", request={"findings": [one]})

    def evaluation(self):
        thing = self.random.choice(self.known)
        one = {
            "complianceResourceId": thing.id,
            "complianceResourceType": thing.type,
            "complianceType": "COMPLIANT",
        }
        return Op(service="config", operation="PutEvaluations", request={"evaluations": [one]})

    def backup(self):
        sent = {"resourceArn": self.random.choice(self.arns), "backupVaultName": "Default"}
        return Op(
            service="backup",
            operation="StartBackupJob",
            request=sent,
            answer={"backupJobId": self.hex("", 12)},
        )

    def others_alarm(self):
        name = f"{self.random.choice(self.names)}-TargetTracking-{self.hex('', 8)}"
        sent = {
            "alarmName": name,
            "dimensions": [{"name": "QueueName", "value": self.random.choice(self.names)}],
        }
        return Op(
            service="cloudwatch",
            operation="PutMetricAlarm",
            request=sent,
            lists=(("AWS::CloudWatch::Alarm", name),),
        )

    def others_queue(self):
        url = f"https://sqs.{HOME}.amazonaws.com/{OWN}/{self.random.choice(self.names)}-{self.hex('tmp', 6)}"
        return Op(
            service="sqs",
            operation="CreateQueue",
            request={"queueName": url.rpartition("/")[2]},
            answer={"queueUrl": url},
            lists=(("AWS::SQS::Queue", url),),
        )

    def others_function(self):
        name = f"{self.random.choice(self.names)}-{self.hex('pr', 4)}"
        sent = {"functionName": name, "s3Bucket": "acme-artifacts", "s3Key": "x.zip"}
        lists = (("AWS::Lambda::Function", name),)
        return Op(
            service="lambda",
            operation="UpdateFunctionCode",
            request=sent,
            answer={"functionName": name},
            lists=lists,
        )

    def key(self):
        arn = f"arn:aws:kms:{HOME}:{OWN}:key/{self.hex('', 8)}-0000-4000-8000-{self.hex('', 12)}"
        own = ({"accountId": OWN, "type": "AWS::KMS::Key", "ARN": arn},)
        return Op(
            service="kms",
            operation="CreateGrant",
            request={"keyId": arn, "granteePrincipal": "rds.amazonaws.com"},
            resources=own,
        )

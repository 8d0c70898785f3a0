"""Stories of calls that show too little of themselves, and of AWS."""

from tests.worlds.blind.actors import OWN
from tests.worlds.recorded_types.stage import OMITTED, seconds


class VeiledCalls:
    """Parameters left out; AWS itself, and services for somebody."""

    def story_omitted_beside_pipeline(self, row, at):
        """[update][both] The pipeline's call, and a person's whose parameters were left out."""
        one = self.subject(row)
        self.do(self.pipeline, one.update(), at, one)
        hidden = one.second()
        padded = self.do(self.person(), hidden, at + seconds(20), one, requestParameters=OMITTED, lists=())
        self.seen(one, at + seconds(20), verdict="unattributed").leads = {padded.id}

    def story_omitted_alone(self, row, at):
        """[update] One call, by a person, its parameters left out."""
        one = self.subject(row)
        padded = self.do(self.person(), one.update(), at, one, requestParameters=OMITTED, lists=())
        self.seen(one, at, verdict="unattributed").leads = {padded.id}

    def story_omitted_by_pipeline(self, row, at):
        """[update][both] The pipeline's own parameters were left out, beside another call of it."""
        one = self.subject(row)
        call = self.do(self.pipeline, one.update(), at, one)
        self.do(self.pipeline, one.second(), at + seconds(20), one, requestParameters=OMITTED, lists=())
        self.seen(one, at + seconds(20), call)

    def story_omitted_beside_person(self, row, at):
        """[update][both] A person's whole call, and the pipeline's whose parameters were left out."""
        one = self.subject(row)
        call = self.do(self.person(), one.update(), at, one)
        self.do(self.pipeline, one.second(), at + seconds(20), one, requestParameters=OMITTED, lists=())
        self.seen(one, at + seconds(20), call)

    # AWS, and services for somebody.

    def story_service_for_person(self, row, at):
        """[update] A service acts with a person's credentials."""
        one = self.subject(row)
        actor = self.cast.on_behalf(self.person(), "servicecatalog.amazonaws.com")
        self.seen(one, at, self.do(actor, one.update(), at, one))

    def story_stack_of_person(self, row, at):
        """[update] CloudFormation acts with a person's credentials on what terraform manages."""
        one = self.subject(row)
        self.seen(one, at, self.do(self.cast.cloudformation(self.person()), one.update(), at, one))

    def story_aws_itself(self, row, at):
        """[update] AWS acts: its own service, a linked role, under the root's name, or namelessly."""
        one = self.subject(row)
        service = f"{row['source']}.amazonaws.com"
        root = {
            "type": "Root",
            "principalId": OWN,
            "arn": f"arn:aws:iam::{OWN}:root",
            "accountId": OWN,
            "invokedBy": service,
        }
        plain = self.cast.service(service)
        actor, more = self.random.choice(
            (
                (plain, {}),
                (self.cast.linked(service, "AWSServiceRoleForIt", "It"), {}),
                (plain, {"userIdentity": root}),
                (
                    self.cast.service("AWS Internal"),
                    {"userIdentity": {"accountId": OWN, "invokedBy": "AWS Internal"}},
                ),
            )
        )
        self.seen(one, at, self.do(actor, one.update(), at, one, **more))

    def story_aws_beside_person(self, row, at):
        """[update][both] AWS acts, and a person too."""
        one = self.subject(row)
        actor = self.cast.service(f"{row['source']}.amazonaws.com")
        first = self.do(actor, one.update(0), at, one)
        second = self.do(self.person(), one.second(), at + seconds(8), one)
        self.seen(one, at + seconds(8), first, second)

    def story_nobody(self, row, at):
        """[update] A property changes, and no call was recorded."""
        one = self.subject(row)
        one.update().change()
        self.seen(one, at, verdict="unattributed")

    def story_stranger_beside(self, row, at):
        """[update] A person busy elsewhere in the service; nobody called this object."""
        one = self.subject(row)
        other = self.subject(row)
        by = self.do(self.person(), other.update(), at, other)
        one.update().change()
        self.seen(other, at, by)
        self.seen(one, at, verdict="unattributed")

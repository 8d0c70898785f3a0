"""The fake AWS and Slack as one server on loopback, and what tests and the demo can do to it."""

import json
import os
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from iacwatch.core.model import Json
from iacwatch.demo.fake import functions
from iacwatch.demo.fake.clock import FakeClock
from iacwatch.demo.fake.config.items import ConfigItems
from iacwatch.demo.fake.config.recorders import ConfigRecorders
from iacwatch.demo.fake.event_buses import FakeEventBuses
from iacwatch.demo.fake.event_history import EventHistory
from iacwatch.demo.fake.event_rules import FakeEventRules
from iacwatch.demo.fake.faults import DROP_AFTER, DROP_BEFORE, PAGES, Faults, InjectedFault
from iacwatch.demo.fake.http_server import HttpRequest, HttpServer
from iacwatch.demo.fake.iam import Iam
from iacwatch.demo.fake.refusals import JSON_VERSION, XML_SERVICES, denied, refusal
from iacwatch.demo.fake.slack.api import API_PATH, WEBHOOK_PATH, FakeSlack, failed
from iacwatch.demo.fake.sqs.messages import Sqs
from iacwatch.demo.fake.sqs.move_tasks import MoveTasks
from iacwatch.demo.fake.sqs.queues import SqsQueues
from iacwatch.demo.fake.sqs.store import QueueStore, StoredMessage
from iacwatch.demo.fake.sts import Sts, xml_answer
from iacwatch.demo.fake.wire import DROPPED, ApiError, HttpAnswer, RecordedCall, Scope, json_answer

_THROTTLES = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestThrottled"})


class FakeAws:
    """The whole world of a run: a context manager whose threads are all daemons, bound to 127.0.0.1.

    `account_id` is whose account a key without twelve digits at its end is; `rate` is LookupEvents' calls a
    second for one account and region, in real time. `latency` (seconds) delays every AWS answer. `calls` is
    every request that came, in order.
    """

    def __init__(self, account_id: str = "111122223333", region: str = "eu-west-1", rate: float = 2) -> None:
        self.account_id = account_id
        self.region = region
        self.latency = 0.0
        self.calls: list[RecordedCall] = []
        self.clock = FakeClock()
        self.faults = Faults()
        self.slack = FakeSlack(self.clock)
        self.trail = EventHistory(self.clock, rate=rate)
        self.config = ConfigItems(self.clock, home_region=region)
        self.recorders = ConfigRecorders()
        self.rules = FakeEventRules()
        self.buses = FakeEventBuses()
        self.sts = Sts(self.clock)
        self.iam = Iam()
        self.queues = QueueStore(self.clock)
        self.sqs = Sqs(self.queues)
        self.move_tasks = MoveTasks(self.queues)
        self._operations = {
            "sqs": {
                **SqsQueues(self.queues).operations(),
                **self.sqs.operations(),
                **self.move_tasks.operations(),
            },
            "cloudtrail": self.trail.operations(),
            "config": {**self.config.operations(), **self.recorders.operations()},
            "events": {**self.rules.operations(), **self.buses.operations()},
            "lambda": functions.operations(),
            "sts": self.sts.operations(),
            "iam": self.iam.operations(),
        }
        self._front = HttpServer(self._answer, self.clock.now)
        self.url = self.queues.base_url = f"http://127.0.0.1:{self._front.server_port}"
        threading.Thread(target=self._front.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the long polls, the tasks and the server, and cut what connections are left."""
        self.move_tasks.close()
        self.queues.close()
        self._front.shutdown()
        self._front.server_close()

    # What a client needs to find it.

    @property
    def slack_url(self) -> str:
        """Return the Web API's base URL, with its last slash."""
        return self.url + API_PATH

    @property
    def webhook_url(self) -> str:
        """Return the incoming webhook's URL."""
        return self.url + WEBHOOK_PATH

    @property
    def slack_messages(self) -> list[dict[str, Json]]:
        """Return what was posted, oldest first; an updated message shows its latest state.

        ``channel`` is as the caller gave it, ``channel_id`` what Slack answered; ``earlier`` are the states
        before its updates; ``method`` is ``chat.postMessage`` or ``webhook``.
        """
        return self.slack.messages

    @property
    def slack_rate(self) -> float | None:
        """Return how many messages a second a channel takes; None: any number."""
        return self.slack.rate

    @slack_rate.setter
    def slack_rate(self, rate: float | None) -> None:
        self.slack.rate = rate

    def environment(self) -> dict[str, str]:
        """Return the variables that lead every AWS client here and hide the user's own configuration."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": f"AKIADEMO{self.account_id}",
            "AWS_SECRET_ACCESS_KEY": "a-secret-of-the-demo",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    # What the world holds.

    def create_queue(
        self,
        name: str,
        *,
        delay: int = 0,
        visibility: int = 30,
        max_receives: int | None = None,
        dlq_url: str | None = None,
        retention: int = 345_600,
    ) -> str:
        """Create a queue in our own account and region and return its URL; spans are seconds."""
        attributes = {
            "DelaySeconds": str(delay),
            "VisibilityTimeout": str(visibility),
            "MessageRetentionPeriod": str(retention),
        }
        if dlq_url is not None:
            target = self.queues.by_url(self._own(), dlq_url).arn
            attributes["RedrivePolicy"] = (
                f'{{"deadLetterTargetArn":"{target}","maxReceiveCount":{max_receives or 10}}}'
            )
        return self.queues.create(self._own(), name, attributes).url

    def send(self, queue_url: str, body: str, *, receives: int = 0, sent_at: datetime | None = None) -> str:
        """Put a message into a queue, received `receives` times already; `sent_at` may lie in the past."""
        queue = self.queues.by_url(self._own(), queue_url)
        return self.queues.send(queue, body, receives=receives, sent_at=sent_at).id

    def redrive(self, queue_url: str) -> None:
        """Move what was received too often to the dead-letter queue, as a poll of the queue would."""
        queue = self.queues.by_url(self._own(), queue_url)
        self.queues.take(queue, 0, timedelta())

    def messages(self, queue_url: str) -> list[StoredMessage]:
        """Return what a queue holds (id, body, receives, visible_at, source_arn ...), oldest first."""
        with self.queues.changed:
            return list(self.queues.by_url(self._own(), queue_url).messages.values())

    def add_event(
        self,
        record: Mapping[str, Json],
        *,
        resource_names: Sequence[tuple[str | None, str]] = (),
        delivered_at: datetime | None = None,
    ) -> None:
        """Put a CloudTrail record into event history; LookupEvents doesn't see it before `delivered_at`.

        `resource_names` are its `Resources`, type (or None) and name, which differ from ``resources`` inside
        the record.
        """
        self.trail.add(record, resource_names=resource_names, delivered_at=delivered_at)

    def add_item(self, document: Mapping[str, Json], *, recorded_in: str | None = None) -> None:
        """Put a CI (either spelling) into Config's history; `recorded_in`: the recorder's region if other."""
        self.config.add(document, recorded_in=recorded_in)

    def add_recorder(
        self, *, region: str = "", status: Mapping[str, Json] | None = None, **settings: Json
    ) -> None:
        """Let our account have a recorder in a region (ours): one that records everything, but for these."""
        scope = Scope(account_id=self.account_id, region=region or self.region)
        self.recorders.put(scope, settings, status or {})

    def add_rule(self, name: str, pattern: Mapping[str, Json], *, queue_url: str, dlq_url: str) -> None:
        """Let a rule send what fits a pattern to a queue, which accepts it from nobody else.

        `dlq_url`: where it puts what it cannot send.
        """
        queue, dead = (self.queues.by_url(self._own(), url) for url in (queue_url, dlq_url))
        target = {"Id": "queue", "Arn": queue.arn, "DeadLetterConfig": {"Arn": dead.arn}}
        arn = self.rules.put(self._own(), name, {"EventPattern": json.dumps(pattern)}, [target])
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue.arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": arn}},
        }
        queue.attributes["Policy"] = json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def create_bus(self, name: str, *, account_id: str = "") -> str:
        """Make an event bus in our own account, or in another that lets us put events; return its ARN."""
        scope = Scope(account_id=account_id or self.account_id, region=self.region)
        return self.buses.create(scope, name)

    def add_role(self, arn: str, external_id: str | None = None) -> None:
        """Let a role be assumed."""
        self.sts.add_role(arn, external_id)

    def add_trust_policy(self, arn: str, policy: Mapping[str, Json]) -> None:
        """Let IAM show a role with this trust policy."""
        self.iam.add_role(arn, policy)

    # What goes wrong.

    def fail(
        self, service: str, operation: str, code: str, *, status: int | None = None, times: int = 1
    ) -> None:
        """Let the next `times` calls fail.

        `service`: sqs, cloudtrail, config, sts or slack (``chat.postMessage``, ``webhook`` ...); `operation`
        may be ``*``. `status` is 400 unless given, 200 for Slack's Web API. The codes ``drop-before`` and
        ``drop-after`` cut the connection before or after the call was carried out; ``page`` and ``empty`` are
        a proxy's page and ``{}``, with status 200.
        """
        self.faults.add(
            InjectedFault(service=service, operation=operation, code=code, status=status, times=times)
        )

    def deny(self, service: str, operation: str, why: str = "") -> None:
        """Refuse an operation (or ``*``) for ever; `why` ends AWS's sentence about it."""
        self.faults.deny(service, operation, why)

    def jump(self, span: timedelta) -> None:
        """Advance the fake's clock."""
        self.clock.advance(span)

    # How a request is answered.

    def _own(self) -> Scope:
        return Scope(account_id=self.account_id, region=self.region)

    def _answer(self, request: HttpRequest) -> HttpAnswer:
        scope = self._scope(request)
        call = RecordedCall(
            service=request.service,
            operation=request.operation,
            account_id=scope.account_id,
            region=scope.region,
            body=request.body,
        )
        self.calls.append(call)
        fault = self.faults.next(call.service, call.operation)
        if fault is not None and fault.code == DROP_BEFORE:
            return DROPPED
        if fault is not None and fault.code in PAGES:
            return HttpAnswer(status=200, body=PAGES[fault.code], content_type="text/html")
        answer = (
            self._slack(request, fault) if call.service == "slack" else self._aws(call, scope, request, fault)
        )
        call.status = answer.status
        call.throttled = call.throttled or answer.status == 429  # noqa: PLR2004  (Too Many Requests)
        return DROPPED if fault is not None and fault.code == DROP_AFTER else answer

    def _scope(self, request: HttpRequest) -> Scope:
        key, region = request.access_key_id, request.region
        account = key[-12:] if key[-12:].isdigit() else self.account_id
        return Scope(account_id=account, region=region or self.region, access_key_id=key)

    def _slack(self, request: HttpRequest, fault: InjectedFault | None) -> HttpAnswer:
        if fault is not None and fault.code != DROP_AFTER:
            default = 400 if request.operation == "webhook" else 200
            return failed(fault.code, fault.status or default)
        if request.operation == "webhook":
            return self.slack.webhook(request.path, request.body)
        return self.slack.call(request.operation, request.token, request.body)

    def _aws(
        self, call: RecordedCall, scope: Scope, request: HttpRequest, fault: InjectedFault | None
    ) -> HttpAnswer:
        if self.latency:
            time.sleep(self.latency)
        try:
            result = self._result(call, scope, request, fault)
        except ApiError as error:
            call.throttled = error.kind in _THROTTLES
            return refusal(call.service, error)
        if call.service in XML_SERVICES:
            return xml_answer(call.operation, result)
        return json_answer(result, version=JSON_VERSION.get(call.service, "1.1"))

    def _result(
        self, call: RecordedCall, scope: Scope, request: HttpRequest, fault: InjectedFault | None
    ) -> Json:
        if not request.access_key_id:
            raise ApiError("MissingAuthenticationTokenException", "Missing Authentication Token", status=403)
        if (why := self.faults.denied(call.service, call.operation)) is not None:
            raise denied(call, scope, why)
        if fault is not None and fault.code != DROP_AFTER:
            raise ApiError(fault.code, f"{call.operation} failed: {fault.code}", status=fault.status or 400)
        operation = self._operations.get(call.service, {}).get(call.operation)
        if operation is None:
            raise ApiError(
                "UnknownOperationException",
                f"The demo's AWS has no operation {call.operation or request.path} ({call.service}).",
            )
        return operation(scope, request.body)

"""The function: what Lambda calls with the messages of the queue, and its answer, which messages go back.

A second handler, `reconcile`, looks once a day for what EventBridge did not deliver. Both report on
stdout in JSON lines. What the first event needs (clients, settings, secrets) serves the next ones of the same
process, too; settings and secrets are read again once they are old.
"""

import logging
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from iacwatch.app.function import OUT_OF_TIME, FunctionContainer, latest
from iacwatch.clock import LeftBehind, within
from iacwatch.errors import AwsError, IacwatchError, Stopping, UsageError
from iacwatch.function import log
from iacwatch.function.report import InvocationReport
from iacwatch.pipeline.summary import figures

_log = logging.getLogger(__name__)

_Answer = TypeVar("_Answer")

_MOST: Final = 1_000
_LEAST: Final = 10
"""Messages in one wave."""


class Context(Protocol):
    """What Lambda passes about an invocation."""

    aws_request_id: str
    function_name: str
    invoked_function_arn: str

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the invocation may still take."""
        ...


class Function:
    """What one process keeps between its events. Lambda gives it one at a time."""

    def __init__(self) -> None:
        """Begin with nothing made."""
        self._container: FunctionContainer | None = None
        self._most = _MOST

    def __call__(self, event: Any, context: Context) -> dict[str, Any]:
        """Handle one event; return which of its messages go back to the queue.

        Where a fault strikes after some messages are done, the others go back and the log says why; where it
        strikes before, it is raised, so that all go back and Lambda counts an error.
        """
        container, report = self._attended(context, lambda: self._begin(context))
        batch = container.batch(event, most=self._most, watch=report.settled)
        outputs = container.outputs(sys.stdout, request_id=context.aws_request_id)
        # What was posted before is not logged again.
        pipeline = container.pipeline(outputs, new_only=container.posts)
        stopped = ""
        try:
            self._attended(context, lambda: pipeline.run(batch))
        except Stopping as stopping:
            stopped = stopping.why
            batch.give_back()
            # A wave that took too long would do so again.
            self._most = max(_LEAST, batch.cut // 2) if batch.cut else self._most
        except Exception as error:
            if not batch.progress:
                raise
            stopped = str(error)
            expected = isinstance(error, IacwatchError)  # anything else is a fault of ours
            _log.error("the rest goes back to the queue: %s", error, exc_info=not expected)
        else:
            self._most = min(self._most * 2, _MOST)
        finally:
            report.finish(pipeline.summary, unsettled=batch.unsettled, stopped=stopped)
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in batch.left]}

    def reconcile(self, context: Context) -> dict[str, Any]:
        """Report the changes of the last day that were not reported; return what was done.

        Where something failed it is raised at the end, so that Lambda counts an error. What was gathered
        stays in this process's ``/tmp``: the next call goes on from there.
        """
        from iacwatch.app.backfill import reconcile  # noqa: PLC0415  (the messages of the queue need none of it)

        container, report = self._attended(context, lambda: self._begin(context))
        if not container.lasting:
            raise UsageError(
                "a reconciliation needs the ledger of what was reported",
                hint="set ledger.url to dynamodb://table",
            )
        outputs = container.outputs(sys.stdout, request_id=context.aws_request_id)
        folder = Path(tempfile.gettempdir())
        run = self._attended(context, lambda: reconcile(container, outputs, folder=folder))
        stopped = ""
        try:
            self._attended(context, lambda: run.pipeline.run(run.source, settle_late=False))
        except Stopping as stopping:
            stopped = stopping.why
        finally:
            run.source.close()
            report.finish(run.pipeline.summary, unsettled=0, stopped=stopped)
        failures = [*run.source.failures, *run.pipeline.summary.failures]
        if stopped or failures:
            raise IacwatchError(
                f"the reconciliation is not complete: {(failures or [stopped])[0]}",
                hint="the next one goes on with what is missing",
            )
        run.source.finish()
        return figures(run.pipeline.summary)

    def _attended(self, context: Context, work: Callable[[], _Answer]) -> _Answer:
        """Do some work as long as Lambda leaves time; raise `Stopping` where it is left behind then.

        What it was done with is not used again: it may go on with that as soon as the process wakes up.
        """
        left = timedelta(milliseconds=context.get_remaining_time_in_millis())
        try:
            return within(latest(left), work, why=OUT_OF_TIME)
        except LeftBehind:
            self._container = None
            raise

    def _begin(self, context: Context) -> tuple[FunctionContainer, InvocationReport]:
        """Begin an invocation: its log, the parts that it needs, and its report."""
        level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO")
        log.set_up(sys.stdout, level=level, request_id=context.aws_request_id)
        container = self._fresh(context.invoked_function_arn)
        container.begin(left=timedelta(milliseconds=context.get_remaining_time_in_millis()))
        report = InvocationReport(
            out=sys.stdout,
            clock=container.clock,
            function=context.function_name,
            request_id=context.aws_request_id,
        )
        return container, report

    def _fresh(self, arn: str) -> FunctionContainer:
        """Return the parts: those there are, or new ones where they are too old."""
        if self._container is not None and self._container.fresh:
            return self._container
        try:
            self._container = FunctionContainer(environ=os.environ, arn=arn, before=self._container)
        except AwsError as error:
            if self._container is None:
                raise
            _log.warning("going on with the settings read before: %s", error)
        else:
            _advise(self._container)
        return self._container


def _advise(container: FunctionContainer) -> None:
    """Log a warning for settings that work, though hardly as intended."""
    if not container.settings.workflow:
        _log.warning(
            "no workflow is configured: changes are judged by the tool that the user agent names, which can"
            " be forged; name your pipeline's role in a [[workflow]]"
        )
    if not container.posts:
        _log.warning("Slack is not configured, nor is a bus: findings are written to this log alone")
    elif not container.lasting:
        _log.warning(
            "what was reported is remembered by this process alone: a change may be reported twice;"
            " set ledger.url to dynamodb://table"
        )


_function: Final = Function()


def handler(event: Any, context: Context) -> dict[str, Any]:
    """Handle the messages of one event; return which of them Lambda has to leave in the queue."""
    return _function(event, context)


def reconcile(event: Any, context: Context) -> dict[str, Any]:
    """Report what EventBridge did not deliver in the last day; called by a schedule, whatever its event."""
    del event
    return _function.reconcile(context)

"""An Athena on loopback, as strict as the real one; its engine is `tests.athena_engine`."""

import json
import threading
import uuid
from datetime import UTC, datetime, timedelta

from botocore import xform_name

from iacwatch.demo.fake.front import Front
from iacwatch.demo.fake.wire import ApiError, json_answer
from tests import athena_engine, athena_tables, log_folder
from tests.athena_engine import Refused, Table

DATABASE, TABLE = "audit", "cloudtrail_logs_pp"
OUTPUT = "s3://results/athena/"


class FakeAthena:
    """Tables over the records that were added; a context manager that listens on 127.0.0.1.

    `polls` is how many times a query is asked about before it is done. `executions` are the queries, by id.
    `calls` are the operations that came, in order.
    """

    def __init__(self, table=None, *, now=lambda: datetime.now(UTC)):
        self.table = table or Table(athena_tables.WHOLE, properties=athena_tables.projected())
        self.now, self.polls = now, 0
        self.records = []
        self.executions, self.calls, self.requests = {}, [], []
        self.workgroups = {"primary": {"output": OUTPUT, "state": "ENABLED"}}
        self.outcome = None  # (state, reason) of all queries, instead of running them
        self.denied, self._faults, self._tokens = set(), [], {}
        self._lock = threading.Lock()
        self._front = Front(self._answer, self.now)
        self.url = f"http://127.0.0.1:{self._front.server_port}"
        threading.Thread(target=self._front.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._front.shutdown()
        self._front.server_close()

    def environment(self, **more):
        """Return the variables that lead a process here, and say what to ask."""
        return {
            "AWS_ENDPOINT_URL_ATHENA": self.url,
            "IACWATCH_TRAIL__ATHENA_DATABASE": DATABASE,
            "IACWATCH_TRAIL__ATHENA_TABLE": TABLE,
            **more,
        }

    def add(self, *records, delivered_at=None):
        """Let records come, in log files that are delivered some minutes after the calls."""
        self.records += [(record, delivered_at or athena_engine.delivered(record)) for record in records]

    def alive(self, places, start, end):
        """Let the trail be seen to have been on, by a record an hour of each place."""
        while start < end:
            self.add(*(log_folder.heartbeat(*place, start) for place in places))
            start += timedelta(hours=1)

    def deny(self, operation):
        """Refuse an operation (or ``*``) for ever."""
        self.denied.add(operation)

    def fail(self, operation, code, message="", *, times=1, status=400):
        """Let the next calls of an operation fail."""
        self._faults += [(operation, ApiError(code, message or code, status=status))] * times

    @property
    def statements(self):
        """Return what was asked, in order."""
        return [each["statement"] for each in self.executions.values()]

    @property
    def asked(self):
        """Return the queries for calls, without those of which times there are records at all."""
        return [each for each in self.executions.values() if "GROUP BY" not in each["statement"]]

    def _answer(self, request):
        operation = request.operation
        try:
            with self._lock:
                self.calls.append(operation)
                self.requests.append((operation, request.body))
                self._refuse(request)
                return json_answer(getattr(self, f"_{xform_name(operation)}")(request.body))
        except ApiError as error:
            return json_answer({"__type": error.kind, "message": error.message}, status=error.status)

    def _refuse(self, request):
        if not request.access_key_id:
            raise ApiError("MissingAuthenticationTokenException", "Missing Authentication Token", status=403)
        if request.operation in self.denied or "*" in self.denied:
            raise ApiError(
                "AccessDeniedException",
                "User: arn:aws:iam::111122223333:user/iacwatch is not authorized to perform:"
                f" athena:{request.operation} on resource: arn:aws:athena:eu-west-1:111122223333:workgroup/primary",
            )
        for place, (operation, error) in enumerate(self._faults):
            if operation == request.operation:
                del self._faults[place]
                raise error

    def _get_table_metadata(self, body):
        if body["CatalogName"] != "AwsDataCatalog":
            raise _invalid(f"Catalog {body['CatalogName']} was not found.")
        if (body["DatabaseName"], body["TableName"]) != (DATABASE, TABLE):
            raise ApiError(
                "MetadataException",
                f"EntityNotFoundException: Entity Not Found (Service: AWSGlue): {body['TableName']}",
            )
        table = self.table
        return {
            "TableMetadata": {
                "Name": TABLE,
                "TableType": "EXTERNAL_TABLE",
                "Columns": [{"Name": name, "Type": kind} for name, kind in table.columns.items()],
                "PartitionKeys": [{"Name": name, "Type": kind} for name, kind in table.keys.items()],
                "Parameters": table.properties,
            }
        }

    def _get_work_group(self, body):
        found = self._workgroup(body["WorkGroup"])
        results = {"OutputLocation": found["output"]} if found["output"] else {}
        return {
            "WorkGroup": {
                "Name": body["WorkGroup"],
                "State": found["state"],
                "Configuration": {"ResultConfiguration": results, **found.get("more", {})},
            }
        }

    def _workgroup(self, name):
        if name not in self.workgroups:
            raise _invalid(f"WorkGroup {name} is not found.")
        return self.workgroups[name]

    def _start_query_execution(self, body):
        statement, token = body["QueryString"], body.get("ClientRequestToken", "")
        if not 1 <= len(statement) <= 262_144:
            raise _invalid("The query string is too long.")
        if not 32 <= len(token) <= 128:
            raise _invalid("ClientRequestToken must have 32 to 128 characters.")
        group = self._workgroup(body.get("WorkGroup", "primary"))
        if group["state"] != "ENABLED":
            raise _invalid("WorkGroup is disabled.")
        if not (body.get("ResultConfiguration", {}).get("OutputLocation") or group["output"]):
            raise _invalid(
                "No output location provided. An output location is required either through the Workgroup result"
                " configuration setting or as an API input."
            )
        if token in self._tokens:
            before, execution = self._tokens[token]
            if before != body:
                raise _invalid("Idempotent parameters do not match")
            return {"QueryExecutionId": execution}
        execution = str(uuid.uuid4())
        self._tokens[token] = (body, execution)
        made = {"statement": statement, "asked": 0, "state": "QUEUED", "reason": "", "scanned": 0}
        self.executions[execution] = made
        self._run(made)
        return {"QueryExecutionId": execution}

    def _run(self, made):
        if self.outcome is not None:
            made["end"], made["reason"] = self.outcome
            return
        try:
            known = [(record, at) for record, at in self.records if at <= self.now()]
            made["header"], made["rows"], made["scanned"] = athena_engine.run(
                self.table, (DATABASE, TABLE), known, made["statement"]
            )
            made["end"] = "SUCCEEDED"
        except Refused as refused:
            made["end"], made["reason"] = "FAILED", str(refused)

    def _execution(self, body):
        found = self.executions.get(body["QueryExecutionId"])
        if found is None:
            raise _invalid(f"QueryExecution {body['QueryExecutionId']} was not found")
        return found

    def _get_query_execution(self, body):
        made = self._execution(body)
        made["asked"] += 1
        if made["state"] in {"QUEUED", "RUNNING"}:
            made["state"] = made["end"] if made["asked"] > self.polls else "RUNNING"
        status = {"State": made["state"]}
        if made["reason"] and made["state"] == made["end"]:
            status["StateChangeReason"] = made["reason"]
        return {
            "QueryExecution": {
                "QueryExecutionId": body["QueryExecutionId"],
                "Query": made["statement"],
                "Status": status,
                "Statistics": {"DataScannedInBytes": made["scanned"]},
            }
        }

    def _get_query_results(self, body):
        made = self._execution(body)
        if made["state"] != "SUCCEEDED":
            raise _invalid(f"Query did not finish successfully. Final query state: {made['state']}")
        size = body.get("MaxResults", 1000)
        if not 1 <= size <= 1000:
            raise _invalid("MaxResults is more than maximum allowed length 1000.")
        rows = [made["header"], *made["rows"]]
        first = json.loads(body["NextToken"]) if "NextToken" in body else 0
        page = rows[first : first + size]
        answer = {
            "ResultSet": {
                "Rows": [
                    {"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]} for row in page
                ],
                "ResultSetMetadata": {
                    "ColumnInfo": [{"Name": name, "Type": "varchar"} for name in made["header"]]
                },
            },
            "UpdateCount": 0,
        }
        if first + size < len(rows):
            answer["NextToken"] = json.dumps(first + size)
        return answer

    def _stop_query_execution(self, body):
        made = self._execution(body)
        if made["state"] in {"QUEUED", "RUNNING"}:
            made["state"] = made["end"] = "CANCELLED"
        return {}


def _invalid(message):
    return ApiError("InvalidRequestException", message)

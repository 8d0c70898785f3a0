"""Lambda in an account without functions: ListEventSourceMappings and GetFunctionConfiguration."""

from collections.abc import Callable, Mapping

from iacwatch.core.model import Json
from iacwatch.demo.fake.wire import ApiError, Scope

Body = Mapping[str, Json]


def operations() -> Mapping[str, Callable[[Scope, Body], Json]]:
    """Return what can be asked, by operation."""
    return {"ListEventSourceMappings": _mappings, "GetFunctionConfiguration": _configuration}


def _mappings(_scope: Scope, _body: Body) -> Json:
    return {"EventSourceMappings": []}


def _configuration(scope: Scope, body: Body) -> Json:
    arn = f"arn:aws:lambda:{scope.region}:{scope.account_id}:function:{body['FunctionName']}"
    raise ApiError("ResourceNotFoundException", f"Function not found: {arn}", status=404)

"""Says how an address was found: what each source said, and what follows by which rule."""

from collections.abc import Iterator, Sequence
from typing import Final

from iacwatch.core.addresses.choose import Located
from iacwatch.core.iac import IndexedRow
from iacwatch.core.model import Finding
from iacwatch.core.present import address
from iacwatch.core.present.record import seconds
from iacwatch.core.present.sentence import said

_MOST: Final = 25


def lines(finding: Finding, located: Located) -> list[str]:
    """Return the lines about a finding's address, not yet made plain; what is to be pasted is whole."""
    lives = ", ".join(map(said, address.lives(finding))) or "no address is known"
    return [lives, *_sources(located), *_choice(finding), *_next(finding)]


def _sources(located: Located) -> Iterator[str]:
    """Yield what each source said, the best first."""
    mark, told, rows = located.mark, located.provenance, located.rows
    if mark is not None:
        logical = (
            f", which calls it {mark.logical_id or mark.cdk_path}" if mark.logical_id or mark.cdk_path else ""
        )
        yield f"its tags name the stack {mark.stack}{logical}"
    if located.unread:
        yield f"the index could not be read: {located.unread}"
    groups = (
        ("", rows.objects),
        ("further: ", rows.facets),
        ("part: ", rows.parts),
        ("plan: ", rows.planned),
        ("plan of a part: ", rows.planned_parts),
    )
    shown = [f"{kind}{_row(each)}" for kind, some in groups for each in some]
    yield from shown[:_MOST]
    if len(shown) > _MOST:
        yield f"and {len(shown) - _MOST} more rows of the index"
    if rows.maybe:
        yield "rows of the index that bear its name may be another's"
    if rows.covered and not shown:
        yield "no indexed state holds it, though some hold objects of its account"
    facts = {
        "address": told.address,
        "block": told.block,
        "stack": told.stack,
        "repository": told.repository,
        "path": told.path,
        "owner": told.owner,
    }
    if any(facts.values()):
        yield f"its tags say {', '.join(f'{name} {fact}' for name, fact in facts.items() if fact)}"


def _row(each: IndexedRow) -> str:
    """Return a row of the index with its state, as far as they tell an address from another."""
    row, head = each.row, each.head
    version = f" serial {head.serial}" if head.serial else ""
    gone = f", gone since {seconds(each.gone_at)}" if each.gone_at else ""
    plan = f", would {'/'.join(row.planned.actions)}" if row.planned else ""
    deposed = f", deposed {row.deposed}" if row.deposed else ""
    return (
        f"{row.address} ({row.id or row.arn}) in {head.place}{version}, seen {seconds(head.seen_at)}"
        f"{deposed}{plan}{gone}"
    )


def _choice(finding: Finding) -> Iterator[str]:
    iac = finding.iac
    if iac is not None:
        yield f"known by {address.evidence(iac)}, precision {iac.precision}"
        if iac.also:
            yield f"also at {', '.join(iac.also)}"
        if iac.disagreement:
            yield f"not all agree: {iac.disagreement}"


def _next(finding: Finding) -> Sequence[str]:
    apply = finding.next_apply
    does = [f"next apply {address.does(apply)}, rule {apply.rule}: {apply.reason}"] if apply else []
    linked = [f"{address.link_label(each)}: {each.url}" for each in (address.file_link(finding),) if each]
    pasted = [line for label, block in address.blocks(finding) for line in (f"{label}:", *block.split("\n"))]
    return [*does, *(f"next step: {each}" for each in address.commands([finding])), *linked, *pasted]

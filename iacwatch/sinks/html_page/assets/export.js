
// What passes the filters, as a file: made here, and handed to the browser without a network.

const LONGEST_CELL = 32000, SIGNS = { true: "+", false: "-" };
const FORMULA = /^(?=[=+\-@\uff1d\uff0b\uff0d\uff20])|(;[\s"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

/** Each known fact of an actor, by its label in the page, and its column. */
const ACTOR_COLUMNS = {
  "Principal": "actor_principal", "Session": "actor_arn", "Account": "actor_account_id", "Address": "source_ip",
  "User agent": "user_agent", "Access key": "access_key_id", "Source identity": "source_identity", "Repository": "repository",
};

/** Return a finding as a flat record: the columns of the CSV report, as far as the page has them. */
function exported(finding) {
  const event = finding.event || {}, iso = (moment) => (moment === undefined ? null : new Date(moment).toISOString());
  const facts = new Map(finding.actor === null ? [] : DATA.actors[finding.actor]);
  return {
    finding_id: finding.id, verdict: finding.verdict, happened_at: iso(finding.at), captured_at: iso(finding.captured),
    who: finding.who || DATA.people[finding.person][0],
    what: finding.done.flat().join(" "), account_id: finding.account, account_name: DATA.accounts[finding.account] || null,
    region: finding.region, resource_type: finding.type, resource_id: finding.object, resource_name: finding.name || null,
    arn: finding.arn || null, change_type: finding.change, managed_by: finding.managed,
    changed_properties: finding.changes.map(([path]) => path).join("; "),
    before_after: finding.changes.map(([path, was, is]) => `${was !== null && is !== null ? "~" : SIGNS[is !== null]} ${path}: ${[was, is].filter((each) => each !== null).join(" → ")}`).join("; ")
      + (finding.moreChanges ? `; and ${finding.moreChanges} more` : ""),
    ...Object.fromEntries(Object.entries(ACTOR_COLUMNS).map(([label, column]) => [column, facts.get(label) || null])),
    event_id: event.id || null, event_name: event.name || null, event_source: event.source || null, event_time: iso(event.at),
    event_region: event.region || null, lag_s: event.lag === undefined ? null : event.lag, match: event.match || null, workflow: event.workflow || null,
    other_event_ids: finding.others.map((other) => other.id).join("; "), reason: finding.reason,
    config_link: finding.configLink, cloudtrail_link: finding.trailLink, leads: finding.leads.join("; "),
    ...exportedAddress(finding),
  };
}

function exportedAddress(finding) {
  const iac = finding.iac || {}, where = home(finding), command = finding.steps.find(([label]) => label === "Next step");
  const [, does, why] = finding.applies || [];
  return Object.fromEntries(Object.entries({
    iac_engine: where.engine, iac_address: iac.address, iac_stack: where.stack, iac_repository: where.repository, iac_path: iac.path,
    iac_owner: where.owner, iac_seen_at: where.seen && new Date(where.seen).toISOString(), iac_evidence: iac.evidence, iac_precision: iac.precision,
    next_apply: does, next_apply_reason: why, next_step: command && command[1], iac_link: finding.source && finding.source[1],
  }).map(([column, value]) => [column, known(value)]));
}

/** Return a cell that no spreadsheet takes for a formula, on one line, quoted where it must be. */
function cell(value) {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = value.replace(/\s+/g, " ").trim().slice(0, LONGEST_CELL).replace(FORMULA, "$1'");
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function asCsv(findings) {
  const records = findings.map(exported), columns = Object.keys(exported(FINDINGS[0]));
  return [columns, ...records.map((each) => columns.map((column) => each[column]))].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function asJsonLines(findings) {
  return findings.map((each) => `${JSON.stringify(exported(each))}\n`).join("");
}

/** Let the browser save a text as a file. */
function download(ending, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  el("a", { href: url, download: `iacwatch-findings.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}


// Where the objects live in IaC, what the next apply does, and what to do now.

/** Return what is known of the stack that an object is in; nothing where it has no address. */
function home(finding) {
  return finding.iac === null ? {} : DATA.homes[finding.iac.home];
}

const known = (value) => (value === undefined ? null : value);
const repository = (finding) => known(home(finding).repository);
const stack = (finding) => known(home(finding).stack);
const owner = (finding) => known(home(finding).owner);

function drawAddress(finding) {
  const iac = finding.iac || {}, where = home(finding);
  if (finding.iac === null && !(finding.applies && finding.applies[0])) return null;
  return drawFacts("Where it lives in IaC", [
    ["Address", iac.address],
    ...(iac.also || []).map((each) => ["Also at", each]),
    ["Stack", where.stack],
    ["Repository", where.repository],
    ["Path", iac.path || where.directory],
    ["Commit", iac.commit],
    ["Owner", where.owner],
    ["Engine", where.engine],
    ["State", where.state && (where.serial === null ? where.state : `${where.state}, serial ${where.serial}`)],
    ["As of", where.seen && `${instant(where.seen)} ${zone()}`],
    ["Known by", iac.by && `${iac.by} (${iac.precision})`],
    ["Disagreement", iac.disagreement],
    ["Next apply", finding.applies && finding.applies[0]],
  ]);
}

/** Return what there is to paste. */
function drawSteps(finding) {
  if (!finding.steps.length) return null;
  return el("section", {}, el("h4", {}, "What to do now"),
    finding.steps.map(([label, text]) => el("div", { class: "property" }, el("p", {}, label), el("pre", { class: "paste" }, text))));
}

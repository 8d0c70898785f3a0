
// One change in full: what was and what is, who, how, why. Made when it is opened.

const MOST_LINES = 400;

function drawDetail(finding) {
  return el("div", { class: "detail" },
    finding.reason && el("p", { class: "why" }, el("b", {}, "Why: "), el("bdi", {}, finding.reason)),
    drawProperties(finding),
    el("div", { class: "facts" }, drawWho(finding), drawObject(finding), drawAddress(finding)),
    drawSteps(finding),
    drawOthers(finding),
    drawLeads(finding),
    drawLinks(finding));
}

function drawProperties(finding) {
  if (!finding.changes.length) return el("p", { class: "dim" }, "Config told no properties that differ.");
  const more = finding.moreChanges;
  return el("div", {}, el("h4", {}, finding.change === "DELETE" ? "What was" : "Before and after"),
    finding.changes.map(([path, before, after]) => drawProperty(path, before, after)),
    more ? el("p", { class: "dim" }, `and ${more === 1 ? "1 more property" : `${count(more)} more properties`}: --format jsonl tells all`) : null);
}

function drawProperty(path, before, after) {
  const was = before === null ? null : before.split("\n"), is = after === null ? null : after.split("\n");
  const changed = was && is ? differing(was, is) : null;
  return el("div", { class: "property" }, el("p", {}, el("bdi", {}, path)),
    el("div", { class: "sides" },
      was && drawSide(is ? "before" : "removed", was, "was", changed && changed.was),
      is && drawSide(was ? "after" : "added", is, "is", changed && changed.is)));
}

/** Return one side; where only some lines differ, only those are coloured. */
function drawSide(label, lines, kind, differ) {
  return el("div", { class: "side" }, el("p", {}, label),
    el("pre", lines.length > 24 ? { tabindex: "0", role: "group", "aria-label": label } : {}, lines.map((line, place) => el("span", { class: !differ || differ.has(place) ? kind : null }, line || " "))));
}

/** Return which lines of each side are not in the other: by the longest common sequence. */
function differing(was, is) {
  if (was.length > MOST_LINES || is.length > MOST_LINES) return null;
  const common = Array.from({ length: was.length + 1 }, () => new Uint16Array(is.length + 1));
  for (let a = was.length - 1; a >= 0; a -= 1) {
    for (let b = is.length - 1; b >= 0; b -= 1) {
      common[a][b] = was[a] === is[b] ? common[a + 1][b + 1] + 1 : Math.max(common[a + 1][b], common[a][b + 1]);
    }
  }
  const changed = { was: new Set(), is: new Set() };
  let a = 0, b = 0;
  while (a < was.length || b < is.length) {
    if (a < was.length && b < is.length && was[a] === is[b]) { a += 1; b += 1; }
    else if (b >= is.length || (a < was.length && common[a + 1][b] >= common[a][b + 1])) { changed.was.add(a); a += 1; }
    else { changed.is.add(b); b += 1; }
  }
  return changed;
}

function drawFacts(title, pairs) {
  const told = pairs.filter(([, fact]) => fact !== null && fact !== undefined && fact !== "");
  return el("section", {}, el("h4", {}, title),
    el("dl", {}, told.map(([label, fact]) => [el("dt", {}, label), el("dd", {}, el("bdi", {}, fact))])));
}

function drawWho(finding) {
  const event = finding.event;
  if (finding.actor === null) return drawFacts("Who", [["Who", DATA.people[finding.person][0]]]);
  return drawFacts("Who and how", [
    ["Who", personName(finding.person)],
    ...DATA.actors[finding.actor],
    ["Call", event && `${event.name} (${event.source})`],
    ["Called", event && `${instant(event.at)} ${zone()}, ${Math.abs(event.lag)} s ${event.lag < 0 ? "after" : "before"} the capture`],
    ["Called as", event && event.arn],
    ["Workflow", event && event.workflow],
    ["Event", event && `${event.id}, matched by ${event.match}`],
  ]);
}

function drawObject(finding) {
  return drawFacts("What and where", [
    ["Type", finding.type],
    ["Name", finding.name],
    ["Id", finding.object],
    ["ARN", finding.arn],
    ["Account", accountFully(finding.account)],
    ["Region", finding.region],
    ["Managed by", finding.managed === null ? "nothing" : finding.managed],
    ["Change", CHANGES[finding.change]],
    ["Captured", `${instant(finding.captured)} ${zone()}`],
    ["Previous", finding.previous === null ? null : `${instant(finding.previous)} ${zone()}`],
    ["Finding", finding.id],
  ]);
}

function drawOthers(finding) {
  if (!finding.others.length) return null;
  return el("section", {}, el("h4", {}, "Other calls in this change"),
    el("ul", { class: "others" }, finding.others.map((other) => el("li", {},
      `${instant(other.at)} `, el("bdi", {}, other.who), " ", el("code", {}, other.name),
      other.workflow === null ? null : [" in workflow ", el("bdi", {}, other.workflow)]))));
}

/** Return the calls that came near and were not counted: where to look on, and no blame. */
function drawLeads(finding) {
  if (!finding.leads.length) return null;
  return el("section", {}, el("h4", {}, "Calls that came near"),
    el("ul", { class: "others" }, finding.leads.map((lead) => el("li", {}, el("bdi", {}, lead)))));
}

function drawLinks(finding) {
  const links = [link(finding.trailLink, "CloudTrail event"), link(finding.configLink, "Config timeline")].filter(Boolean);
  return el("p", { class: "links" }, links,
    links.length ? el("span", { class: "dim" }, "in account ", el("bdi", {}, accountFully(finding.account))) : null,
    finding.source && link(finding.source[1], finding.source[0]),
    el("a", { href: `#finding=${encodeURIComponent(finding.id)}` }, "Link to this change"));
}

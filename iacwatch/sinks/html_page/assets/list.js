
// The changes themselves: pages of a hundred, under the days they fall on or how grave they are.

const PAGE = 100, MOST_PRINTED = 1000;
let printing = false;

/** Return what passes the filters as it is shown. */
function ordered(found) {
  return state.order === DATA.order ? found : [...found].sort(ORDERS[state.order]);
}

function drawList(found) {
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  state.page = Math.min(state.page, pages - 1);
  const all = ordered(found);
  const shown = printing ? all.slice(0, MOST_PRINTED) : all.slice(state.page * PAGE, (state.page + 1) * PAGE);
  drawStatus(found, shown);
  if (!found.length) {
    byId("list").replaceChildren(el("div", { class: "empty" }, el("p", {}, "No change passes these filters."),
      button({}, () => { clearFilters(); changed(); }, "Show everything")));
  } else {
    redraw(byId("list"), sections(shown));
  }
  drawPages(pages);
  drawUnfold();
}

function drawStatus(found, shown) {
  const some = found.length === FINDINGS.length ? counted(found.length, "change") : `${count(found.length)} of ${counted(FINDINGS.length, "change")}`;
  const left = printing && shown.length < found.length ? `; the first ${count(shown.length)} are printed` : "";
  byId("status").textContent = some + left;
}

/** Return what a change stands under: its day, or how grave it is. */
function heading(finding) {
  return state.order === "gravest" ? DATA.gravities[Math.min(finding.gravity, DATA.gravities.length - 1)] : day(finding.at);
}

/** Return a heading and a list for each day, or for what is equally grave. */
function sections(findings) {
  const parts = [];
  let list = null, current = "", number = 0, note = null;
  const close = () => { if (note) note.textContent = counted(number, "change"); };
  for (const each of findings) {
    const under = heading(each);
    if (under !== current) {
      close();
      current = under;
      number = 0;
      note = el("span", {});
      list = el("ol", { class: "changes" });
      parts.push(el("h3", { class: "day" }, under, note), list);
    }
    number += 1;
    list.append(drawChange(each));
  }
  close();
  return parts;
}

function drawChange(finding) {
  const node = el("details", { class: finding === state.linked ? "change linked" : "change" }, drawSummary(finding));
  const unfold = () => { if (node.childElementCount === 1) node.append(drawDetail(finding)); };
  if (state.open.has(finding.id)) {
    node.open = true;
    unfold();
  }
  node.addEventListener("toggle", () => {
    if (node.open) state.open.add(finding.id);
    else state.open.delete(finding.id);
    if (node.open) unfold();
    drawUnfold();
  });
  return el("li", { id: `finding-${finding.id}` }, node);
}

/** Say what the button would do to all changes of this page. */
function drawUnfold() {
  byId("unfold").textContent = byId("list").querySelector("details.change:not([open])") ? "Open all" : "Close all";
}

function drawSummary(finding) {
  const event = finding.event;
  const how = event ? [event.name, ...finding.ways].join(" · ") : finding.reason;
  const by = finding.note || (finding.managed === null ? "not managed" : `managed by ${finding.managed}`);
  const at = el("time", { datetime: new Date(finding.at).toISOString(), title: `${instant(finding.at)} ${zone()}` },
    clock(finding.at), state.order === "gravest" && el("small", {}, ` ${format(finding.at, { day: "numeric", month: "short" })}`));
  return el("summary", { "data-key": finding.id }, at, mark(finding.verdict),
    el("span", { class: "told" },
      el("span", { class: "sentence" }, el("b", {}, el("bdi", {}, finding.who || DATA.people[finding.person][0])), " ", drawDone(finding)),
      el("span", { class: "under" }, el("b", { class: `v-${finding.verdict}` }, DATA.verdicts[finding.verdict]),
        " · ", el("bdi", {}, `${accountName(finding.account)} ${finding.region}`), " · ", el("bdi", {}, by), " · ", el("bdi", {}, how)),
      finding.iac && finding.iac.address && el("span", { class: "under" }, el("code", {}, el("bdi", {}, finding.iac.address)),
        home(finding).owner && [" · owned by ", el("bdi", {}, home(finding).owner)])));
}

function drawDone(finding) {
  return finding.done.flatMap((part, place) => {
    const gone = place === 0 && finding.change === "DELETE";
    const node = Array.isArray(part) ? el("code", {}, el("bdi", {}, part[0])) : gone ? el("span", { class: "gone" }, part) : part;
    return [node, " "];
  });
}

function drawPages(pages) {
  const turn = (page, label, key) => button({ "data-key": key, disabled: page < 0 || page >= pages || page === state.page }, () => turnTo(page), label);
  const [before, after] = { gravest: ["Previous", "Next"], newest: ["Newer", "Older"], oldest: ["Older", "Newer"] }[state.order];
  redraw(byId("pages"), pages < 2 || printing ? [] : [
    turn(0, "« First", "first"), turn(state.page - 1, `‹ ${before}`, "previous"),
    el("p", {}, `Page ${count(state.page + 1)} of ${count(pages)}`),
    turn(state.page + 1, `${after} ›`, "next"), turn(pages - 1, "Last »", "last"),
  ]);
}

function turnTo(page) {
  state.page = page;
  drawList(selection.found);
  byId("findings").focus({ preventScroll: true });
  byId("findings").scrollIntoView({ block: "start" });
}

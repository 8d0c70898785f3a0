
// Joins the parts: every change of the filters draws everything anew.

let timeline = null;
let selection = null;

function draw() {
  selection = select();
  drawVerdicts(selection.tallies);
  drawFacets(selection.tallies);
  timeline.draw(selection.anyTime);
  drawChips();
  drawRange();
  drawList(selection.found);
  byId("order").value = state.order;
}

/** The filters changed: begin on the first page again. */
function changed() {
  state.page = 0;
  state.linked = null;
  writeAddress();
  draw();
}

function drawRange() {
  byId("from").value = state.from === null ? "" : spelled(state.from);
  byId("to").value = state.to === null ? "" : spelled(state.to);
  byId("range-zone").textContent = zone();
  byId("range-all").hidden = state.from === null && state.to === null;
}

function shownOnPage() {
  return [...byId("list").querySelectorAll("details.change")];
}

/** Show the finding that the address names, whatever page it is on. */
function showLinked() {
  if (!state.linked) return;
  const page = Math.floor(ordered(selection.found).indexOf(state.linked) / PAGE);
  if (page !== state.page) {
    state.page = page;
    drawList(selection.found);
  }
  const node = byId(`finding-${state.linked.id}`), scroll = () => node.scrollIntoView({ block: "center" });
  scroll();
  // What has come into view is as high as it is only now.
  requestAnimationFrame(() => { scroll(); requestAnimationFrame(scroll); });
}

function fromAddress() {
  readAddress();
  byId("search").value = state.query;
  state.page = 0;
  draw();
  showLinked();
}

function listen() {
  let waiting = 0;
  byId("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { state.query = byId("search").value; changed(); }, 150);
  });
  byId("from").addEventListener("change", () => setTime(unspelled(byId("from").value), state.to));
  byId("to").addEventListener("change", () => setTime(state.from, unspelled(byId("to").value)));
  byId("range-all").addEventListener("click", () => setTime(null, null));
  byId("order").addEventListener("change", () => { state.order = byId("order").value; state.page = 0; draw(); });
  byId("csv").addEventListener("click", () => download("csv", "text/csv", asCsv(ordered(selection.found))));
  byId("jsonl").addEventListener("click", () => download("jsonl", "application/x-ndjson", asJsonLines(ordered(selection.found))));
  byId("unfold").addEventListener("click", () => {
    const nodes = shownOnPage(), open = nodes.some((node) => !node.open);
    for (const node of nodes) node.open = open;
  });
  byId("zone").addEventListener("click", () => { utc = !utc; byId("zone").textContent = utc ? "Times: UTC" : "Times: local"; draw(); });
  byId("theme").addEventListener("click", nextTheme);
  byId("print").addEventListener("click", () => window.print());
  window.addEventListener("hashchange", fromAddress);
  window.addEventListener("beforeprint", () => { printing = true; draw(); });
  window.addEventListener("afterprint", () => { printing = false; draw(); });
  document.addEventListener("keydown", (event) => {
    const typing = ["INPUT", "TEXTAREA", "SELECT"].includes(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      byId("search").focus();
    }
  });
}

function nextTheme() {
  const order = ["system", "light", "dark"], root = document.documentElement;
  const next = order[(order.indexOf(root.dataset.theme || "system") + 1) % order.length];
  if (next === "system") delete root.dataset.theme;
  else root.dataset.theme = next;
  byId("theme").textContent = `Theme: ${next}`;
}

if (FINDINGS.length) {
  document.documentElement.classList.add("scripted");
  timeline = new Timeline(byId("timeline"), byId("readout"));
  listen();
  fromAddress();
}


// Counts by verdict, person, type and place: pictures that are filters.

const FEW = 8;
const unfolded = new Set();

/** Draw the tiles of the verdicts. */
function drawVerdicts(tallies) {
  const facet = FACETS[0], chosen = state.chosen.verdict;
  const occurring = VERDICTS.filter((verdict) => KNOWN.get("verdict").has(verdict));
  byId("verdicts").classList.toggle("some", chosen.size > 0);
  redraw(byId("verdicts"), occurring.map((verdict) => {
    const total = (tallies.get("verdict").get(verdict) || { total: 0 }).total;
    return button({ class: `tile v-${verdict}`, "aria-pressed": String(chosen.has(verdict)), "data-key": verdict },
      () => toggle(facet, verdict), mark(verdict), el("b", {}, count(total)), el("span", {}, DATA.verdicts[verdict]));
  }));
}

/** Draw the lists beside the changes; a facet with one value has nothing to choose from. */
function drawFacets(tallies) {
  const shown = FACETS.slice(1).filter((facet) => KNOWN.get(facet.key).size > 1 || ["person", "object", "type"].includes(facet.key));
  redraw(byId("facets"), shown.map((facet) => drawFacet(facet, tallies.get(facet.key))));
}

function drawFacet(facet, tallies) {
  const chosen = state.chosen[facet.key];
  const values = [...tallies.keys(), ...[...chosen].filter((value) => !tallies.has(value))];
  const total = (value) => (tallies.get(value) || { total: 0 }).total;
  values.sort((a, b) => total(b) - total(a) || (facet.label(a) < facet.label(b) ? -1 : 1));
  const most = values.length ? total(values[0]) : 0;
  const all = unfolded.has(facet.key);
  const shown = all ? values : values.filter((value, place) => place < FEW || chosen.has(value));
  const title = `facet-${facet.key}`;
  return el("section", { class: "card facet", "aria-labelledby": title },
    el("h2", { id: title }, facet.title),
    el("ul", {}, shown.map((value) => drawValue(facet, value, tallies.get(value) || { total: 0 }, most))),
    values.length > FEW && button({ class: "more", "data-key": `more-${facet.key}`, "aria-expanded": String(all) },
      () => { if (!unfolded.delete(facet.key)) unfolded.add(facet.key); draw(); },
      all ? "Show fewer" : `Show all ${count(values.length)}`));
}

function drawValue(facet, value, counts, most) {
  const label = facet.label(value), chosen = state.chosen[facet.key].has(value);
  const hint = facet.hint && facet.hint(value) !== label ? `${label} · ${facet.hint(value)}` : label;
  return el("li", {},
    button({ "aria-pressed": String(chosen), "data-key": `${facet.key} ${facet.spell(value)}`, title: hint }, () => toggle(facet, value),
      el("span", { class: "label" }, el("bdi", {}, label)),
      el("span", { class: "count" }, count(counts.total)),
      bars(counts, most)));
}

/** Return one bar, stacked by verdict, as long as its share of the longest. */
function bars(counts, most) {
  let left = 0;
  return svg("svg", { viewBox: "0 0 100 5", preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" },
    VERDICTS.filter((verdict) => counts[verdict]).map((verdict) => {
      const width = Math.max(0.8, (100 * counts[verdict]) / most);
      left += width;
      return svg("rect", { class: `v-${verdict}`, x: left - width, y: 0, width, height: 5 });
    }));
}

/** Draw the active filters; each goes away on a click. */
function drawChips() {
  const chips = [];
  const chip = (key, text, remove) => chips.push(el("li", {}, button({ "data-key": key, title: `Remove: ${text}` }, remove, text, " ×")));
  for (const facet of FACETS) {
    for (const value of state.chosen[facet.key]) {
      chip(`${facet.key} ${facet.spell(value)}`, `${facet.title}: ${facet.label(value)}`, () => toggle(facet, value));
    }
  }
  if (state.query.trim()) chip("search", `Search: ${state.query.trim()}`, () => { state.query = byId("search").value = ""; changed(); });
  if (state.from !== null || state.to !== null) {
    const told = (moment) => (moment === null ? "…" : format(moment, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }));
    chip("time", `${told(state.from)} to ${told(state.to)}`, () => setTime(null, null));
  }
  if (chips.length > 1) chips.push(el("li", {}, button({ "data-key": "all" }, () => { clearFilters(); changed(); }, "Clear all")));
  redraw(byId("chips"), chips);
}


// What is shown: the filters, what passes them, and their place in the page's address.

/** Return how a facet names and spells a value that may not be known. */
function orNone(none) {
  return { label: (value) => (value === null ? none : value), spell: (value) => (value === null ? "" : `=${value}`) };
}

const FACETS = [
  { key: "verdict", title: "Verdict", of: (each) => each.verdict, label: (value) => DATA.verdicts[value] },
  { key: "person", title: "Who", of: (each) => each.person, label: personName, spell: personName },
  { key: "type", title: "What", of: (each) => each.type, label: (value) => DATA.types[value] || value, hint: (value) => value },
  { key: "object", title: "Object", of: objectKey, label: objectName, hint: objectFully },
  { key: "account", title: "Account", of: (each) => each.account, label: accountName, hint: (value) => value },
  { key: "region", title: "Region", of: (each) => each.region, label: (value) => value || "no region" },
  { key: "managed", title: "Managed by", of: (each) => each.managed, label: (value) => (value === null ? "not managed" : value || "an empty tag"), spell: (value) => (value === null ? "" : `=${value}`) },
  { key: "repository", title: "Repository", of: repository, ...orNone("no repository known") },
  { key: "stack", title: "Stack", of: stack, ...orNone("no stack known") },
  { key: "owner", title: "Owner", of: owner, ...orNone("no owner known") },
  { key: "change", title: "Change", of: (each) => each.change, label: (value) => CHANGES[value] },
];

const state = { chosen: {}, from: null, to: null, query: "", order: DATA.order, page: 0, open: new Set(), linked: null };
for (const facet of FACETS) {
  state.chosen[facet.key] = new Set();
  facet.spell = facet.spell || String;
}

/** Every value of each facet, by the text that stands for it in the address. */
const KNOWN = new Map(FACETS.map((facet) => [facet.key, new Map(FINDINGS.map((each) => [facet.spell(facet.of(each)), facet.of(each)]))]));

/** Return what passes all filters, and for each facet and the time what would if that one were not set. */
function select() {
  const words = state.query.toLowerCase().split(/\s+/).filter(Boolean);
  const active = FACETS.filter((facet) => state.chosen[facet.key].size);
  const tallies = new Map(FACETS.map((facet) => [facet.key, new Map()]));
  const found = [], anyTime = [];
  for (const each of FINDINGS) {
    let failing = withinTime(each) ? 0 : 1, barrier = failing ? "time" : null;
    for (const facet of active) {
      if (state.chosen[facet.key].has(facet.of(each))) continue;
      failing += 1;
      barrier = facet.key;
    }
    if (failing > 1 || !words.every((word) => haystack(each).includes(word))) continue;
    for (const facet of FACETS) {
      if (!failing || barrier === facet.key) tally(tallies.get(facet.key), facet.of(each), each.verdict);
    }
    if (!failing || barrier === "time") anyTime.push(each);
    if (!failing) found.push(each);
  }
  return { found, anyTime, tallies };
}

function withinTime(finding) {
  return (state.from === null || finding.at >= state.from) && (state.to === null || finding.at < state.to);
}

function tally(tallies, value, verdict) {
  let counts = tallies.get(value);
  if (!counts) tallies.set(value, (counts = { total: 0 }));
  counts.total += 1;
  counts[verdict] = (counts[verdict] || 0) + 1;
}

function filtered() {
  return Boolean(state.query.trim() || state.from !== null || state.to !== null || FACETS.some((facet) => state.chosen[facet.key].size));
}

function toggle(facet, value) {
  const chosen = state.chosen[facet.key];
  if (!chosen.delete(value)) chosen.add(value);
  changed();
}

function clearFilters() {
  for (const facet of FACETS) state.chosen[facet.key].clear();
  state.from = state.to = null;
  state.query = "";
}

function setTime(from, to) {
  state.from = from;
  state.to = to;
  changed();
}

// The address: what is shown can be sent to somebody who has the same file.

function address() {
  const told = new URLSearchParams();
  for (const facet of FACETS) for (const value of state.chosen[facet.key]) told.append(facet.key, facet.spell(value));
  if (state.query.trim()) told.set("search", state.query.trim());
  if (state.from !== null) told.set("from", new Date(state.from).toISOString());
  if (state.to !== null) told.set("to", new Date(state.to).toISOString());
  return String(told);
}

function writeAddress() {
  const told = address();
  try {
    history.replaceState(null, "", told ? `#${told}` : location.pathname + location.search);
  } catch {
    // Some browsers do not let a local file change its address: then it stays as it is.
  }
}

/** Take the filters, or one finding, from the address; what is unknown in it does not count. */
function readAddress() {
  const told = new URLSearchParams(location.hash.slice(1));
  if (!location.hash.includes("=")) return;
  clearFilters();
  for (const facet of FACETS) {
    for (const text of told.getAll(facet.key)) {
      if (KNOWN.get(facet.key).has(text)) state.chosen[facet.key].add(KNOWN.get(facet.key).get(text));
    }
  }
  state.query = told.get("search") || "";
  const from = Date.parse(told.get("from")), to = Date.parse(told.get("to"));
  state.from = Number.isNaN(from) ? null : from;
  state.to = Number.isNaN(to) ? null : to;
  const linked = told.get("finding") && FINDINGS.find((each) => each.id.startsWith(told.get("finding")));
  state.linked = linked || null;
  if (linked) state.open.add(linked.id);
}

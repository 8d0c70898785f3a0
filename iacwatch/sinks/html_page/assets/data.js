
// The findings, and what they have in common.

const DATA = JSON.parse(byId("data").textContent);
const VERDICTS = Object.keys(DATA.verdicts);
const CHANGES = { CREATE: "created", UPDATE: "updated", DELETE: "deleted" };

/** Every finding, in the report's order. */
const FINDINGS = DATA.findings.map((row) => Object.fromEntries(row.map((value, place) => [DATA.columns[place], value])));

/** What each way to sort puts first. */
const ORDERS = {
  gravest: (a, b) => a.gravity - b.gravity || a.at - b.at || a.captured - b.captured || (a.id < b.id ? -1 : 1),
  newest: (a, b) => b.at - a.at || b.captured - a.captured || (b.id < a.id ? -1 : 1),
  oldest: (a, b) => ORDERS.newest(b, a),
};

/** How often a name stands for several people: then the account tells them apart. */
const NAMESAKES = new Map();
for (const [name] of DATA.people) NAMESAKES.set(name, (NAMESAKES.get(name) || 0) + 1);

function accountName(account) {
  return DATA.accounts[account] || account;
}

function accountFully(account) {
  return DATA.accounts[account] ? `${DATA.accounts[account]} (${account})` : account;
}

function personName(person) {
  const [name, account] = DATA.people[person];
  return account && NAMESAKES.get(name) > 1 ? `${name} (${accountName(account)})` : name;
}

/** Return the key of the object that changed: two accounts may each have one of that name. */
function objectKey(finding) {
  return [finding.account, finding.region, finding.type, finding.object].join(" ");
}

const OBJECTS = new Map(FINDINGS.map((each) => [objectKey(each), each]));

function objectName(key) {
  const { type, name, object } = OBJECTS.get(key);
  return `${DATA.types[type] || type} ${name || object}`;
}

function objectFully(key) {
  const { object, account, region, type } = OBJECTS.get(key);
  return `${type} ${object} · ${accountFully(account)} ${region}`;
}

/** Return everything of a finding that a search looks through, in lower case; made when first asked for. */
function haystack(finding) {
  if (finding.haystack === undefined) {
    const facts = finding.actor === null ? [] : DATA.actors[finding.actor].map(([, fact]) => fact);
    const event = finding.event ? [finding.event.name, finding.event.source, finding.event.id, finding.event.arn, finding.event.workflow] : [];
    const others = finding.others.flatMap((other) => [other.name, other.who, other.id]);
    finding.haystack = [
      finding.id, finding.verdict, DATA.verdicts[finding.verdict], personName(finding.person), finding.who, ...finding.done.flat(),
      finding.managed, finding.note, accountFully(finding.account), finding.region, finding.type, finding.object,
      finding.name, finding.arn, CHANGES[finding.change], finding.reason, ...finding.ways, ...event, ...others, ...finding.leads, ...facts,
      ...finding.changes.flat(), ...Object.values(finding.iac || {}).flat(), ...Object.values(home(finding)), ...(finding.applies || []),
    ].join("\n").toLowerCase();
  }
  return finding.haystack;
}

// Times. UTC is what AWS and the other reports tell; a reader may switch to the zone of the browser.

let utc = true;
const formats = new Map();

function format(moment, options) {
  const key = JSON.stringify([utc, options]);
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat("en-GB", { hourCycle: "h23", timeZone: utc ? "UTC" : undefined, ...options }));
  }
  return formats.get(key).format(moment);
}

const DATE = { day: "numeric", month: "short", year: "numeric" };
const clock = (moment) => format(moment, { hour: "2-digit", minute: "2-digit" });
const day = (moment) => format(moment, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const zone = () => (utc ? "UTC" : "local time");
const instant = (moment) => format(moment, { ...DATE, hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** Return a time as the inputs spell it, in the zone that is shown. */
function spelled(moment) {
  const shifted = utc ? moment : moment - new Date(moment).getTimezoneOffset() * 60000;
  return new Date(shifted).toISOString().slice(0, 16);
}

/** Return the time that an input spells, null for none. */
function unspelled(text) {
  const moment = Date.parse(utc ? `${text}Z` : text);
  return Number.isNaN(moment) ? null : moment;
}


// When: a bar for each stretch of time, stacked by verdict; dragging over it chooses a range.

const MINUTE = 60000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const STEPS = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY];
const MOST_BARS = 110, EDGE = { left: 36, right: 8, top: 8, bottom: 22 };

/** Return the stretches that the findings fall into: first, step and number. Weeks begin on a Monday. */
function stretches() {
  const last = FINDINGS.reduce((most, each) => Math.max(most, each.at), -Infinity);
  const first = FINDINGS.reduce((least, each) => Math.min(least, each.at), Infinity);
  const step = STEPS.find((each) => (last - first) / each < MOST_BARS) || 91 * DAY;
  const monday = step % (7 * DAY) === 0 ? 4 * DAY : 0;
  let begin = Math.floor((first - monday) / step) * step + monday;
  let number = Math.floor((last - begin) / step) + 1;
  const spare = Math.max(0, Math.ceil((12 - number) / 2));
  return { begin: begin - spare * step, step, number: number + 2 * spare };
}

/** Return a scale's lines: round numbers up to the highest bar. */
function scale(highest) {
  const rough = Math.max(4, highest) / 3, unit = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((each) => each * unit).find((each) => each >= rough));
  return Array.from({ length: Math.ceil(Math.max(4, highest) / step) + 1 }, (_, place) => place * step);
}

class Timeline {
  constructor(container, readout) {
    this.container = container;
    this.readout = readout;
    this.spans = stretches();
    this.drag = null;
    new ResizeObserver(() => this.shown && this.draw(this.shown)).observe(container);
    container.addEventListener("pointerdown", (event) => this.begin(event));
    container.addEventListener("pointermove", (event) => this.move(event));
    container.addEventListener("pointerup", (event) => this.end(event));
    container.addEventListener("pointercancel", () => this.cancel());
    container.addEventListener("pointerleave", () => this.drag === null && this.point(null));
  }

  draw(findings) {
    this.shown = findings;
    const { begin, step, number } = this.spans;
    this.counts = Array.from({ length: number }, () => ({ total: 0 }));
    for (const each of findings) {
      const counts = this.counts[Math.floor((each.at - begin) / step)];
      counts.total += 1;
      counts[each.verdict] = (counts[each.verdict] || 0) + 1;
    }
    this.width = this.container.clientWidth || 1000;
    this.height = this.container.clientHeight || 168;
    this.inner = this.width - EDGE.left - EDGE.right;
    const floor = this.height - EDGE.bottom;
    const lines = scale(Math.max(...this.counts.map((counts) => counts.total)));
    const top = lines[lines.length - 1];
    const y = (value) => floor - (value / top) * (floor - EDGE.top);
    this.brush = svg("rect", { class: "brush", y: EDGE.top - 4, height: floor - EDGE.top + 8, hidden: true });
    this.pointed = svg("rect", { class: "pointed", y: EDGE.top, height: floor - EDGE.top, hidden: true });
    this.container.replaceChildren(svg("svg",
      { role: "img", "aria-label": this.told(), viewBox: `0 0 ${this.width} ${this.height}`, preserveAspectRatio: "none" },
      lines.map((value) => [
        svg("line", { class: "grid", x1: EDGE.left, x2: this.width - EDGE.right, y1: y(value), y2: y(value) }),
        svg("text", { x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end" }, count(value)),
      ]),
      this.counts.map((counts, place) => this.bar(counts, place, y)),
      this.dates(floor), this.pointed, this.brush));
    this.point(null);
    this.showRange();
  }

  bar(counts, place, y) {
    const wide = this.inner / this.spans.number, gap = Math.min(2, wide / 5);
    const bars = [];
    let under = 0;
    for (const verdict of VERDICTS) {
      if (!counts[verdict]) continue;
      const low = y(under), high = y(under + counts[verdict]);
      under += counts[verdict];
      bars.push(svg("rect", { class: `v-${verdict}`, x: this.left(place) + gap / 2, y: high, width: Math.max(1, wide - gap), height: Math.max(1.5, low - high) }));
    }
    return bars;
  }

  dates(floor) {
    const { begin, step, number } = this.spans, end = begin + number * step;
    const room = (end - begin) / Math.max(2, this.inner / 76);
    const every = STEPS.find((each) => each >= room && each % step === 0) || Math.ceil(room / step) * step;
    const first = every > DAY ? begin : Math.ceil(begin / every) * every;
    const labels = [];
    for (let moment = first; moment < end; moment += every) {
      const x = this.left((moment - begin) / step), date = every >= DAY || clock(moment) === "00:00";
      const label = date ? format(moment, { day: "numeric", month: "short" }) : clock(moment);
      labels.push(svg("line", { class: "grid", x1: x, x2: x, y1: floor, y2: floor + 4 }),
        x + 40 < this.width && svg("text", { x, y: floor + 16 }, label));
    }
    return labels;
  }

  left(place) {
    return EDGE.left + (place / this.spans.number) * this.inner;
  }

  told() {
    const parts = VERDICTS.map((verdict) => [DATA.verdicts[verdict], this.counts.reduce((sum, counts) => sum + (counts[verdict] || 0), 0)]);
    return `Changes over time: ${parts.filter(([, number]) => number).map(([name, number]) => `${count(number)} ${name}`).join(", ") || "none"}`;
  }

  place(event) {
    const x = event.clientX - this.container.getBoundingClientRect().left - EDGE.left;
    return Math.max(0, Math.min(this.spans.number - 1, Math.floor((x / this.inner) * this.spans.number)));
  }

  moment(place) {
    return this.spans.begin + place * this.spans.step;
  }

  begin(event) {
    if (event.button !== 0) return;
    this.drag = this.place(event);
    this.container.setPointerCapture(event.pointerId);
    this.over = this.drag;
  }

  move(event) {
    const place = this.place(event);
    this.point(place);
    if (this.drag === null) return;
    this.over = place;
    this.showRange(this.moment(Math.min(this.drag, place)), this.moment(Math.max(this.drag, place) + 1));
  }

  end() {
    if (this.drag === null) return;
    const from = this.moment(Math.min(this.drag, this.over)), to = this.moment(Math.max(this.drag, this.over) + 1);
    const again = this.drag === this.over && state.from === from && state.to === to;
    this.drag = null;
    if (again) setTime(null, null);
    else setTime(from, to);
  }

  cancel() {
    this.drag = null;
    this.showRange();
  }

  showRange(from = state.from, to = state.to) {
    const { begin, step, number } = this.spans;
    const at = (moment) => EDGE.left + Math.max(0, Math.min(1, (moment - begin) / (step * number))) * this.inner;
    const none = from === null && to === null;
    this.brush.toggleAttribute("hidden", none);
    if (none) return;
    const left = at(from === null ? begin : from), right = at(to === null ? begin + step * number : to);
    this.brush.setAttribute("x", left);
    this.brush.setAttribute("width", Math.max(1, right - left));
  }

  point(place) {
    this.pointed.toggleAttribute("hidden", place === null);
    if (place === null) {
      this.readout.textContent = `${counted(this.shown.length, "change")}, a bar for ${stretch(this.spans.step)}`;
      return;
    }
    this.pointed.setAttribute("x", this.left(place));
    this.pointed.setAttribute("width", this.inner / this.spans.number);
    const counts = this.counts[place], moment = this.moment(place);
    const when = this.spans.step >= DAY ? format(moment, { weekday: "short", ...DATE }) : `${format(moment, { weekday: "short", day: "numeric", month: "short" })}, ${clock(moment)}`;
    const parts = VERDICTS.filter((verdict) => counts[verdict]).map((verdict) => `${count(counts[verdict])} ${DATA.verdicts[verdict].toLowerCase()}`);
    this.readout.textContent = `${when}: ${parts.join(", ") || "nothing"}`;
  }
}

function stretch(step) {
  if (step < HOUR) return step === MINUTE ? "a minute" : `${step / MINUTE} minutes`;
  if (step < DAY) return step === HOUR ? "an hour" : `${step / HOUR} hours`;
  if (step === DAY) return "a day";
  return step % (7 * DAY) ? `${step / DAY} days` : step === 7 * DAY ? "a week" : `${step / DAY / 7} weeks`;
}

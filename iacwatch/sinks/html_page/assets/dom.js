
// Building blocks. Whatever strangers wrote becomes a text node or a known attribute, never markup.

const byId = (id) => document.getElementById(id);

/** Return an element. No attribute comes from the data but texts (title, aria-label) and what `link` checked. */
function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** Return an element of a picture. */
function svg(name, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return node;
}

/** Return a button that calls `act`; `key` lets it be found again once its surroundings are drawn anew. */
function button(attributes, act, ...children) {
  const node = el("button", { type: "button", ...attributes }, ...children);
  node.addEventListener("click", act);
  return node;
}

/** Return a link into the AWS console, or null where there is none. */
function link(url, label) {
  if (typeof url !== "string" || !url.startsWith("https://")) return null;
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** Return a verdict's mark; it is never the only sign of it. */
function mark(verdict) {
  return svg("svg", { class: `mark v-${verdict}`, "aria-hidden": "true", focusable: "false" },
    svg("use", { href: `#${verdict}` }));
}

/** Draw anew, and put the focus back on what has the same key. */
function redraw(container, children) {
  const active = document.activeElement;
  const key = container.contains(active) ? active.dataset.key : undefined;
  container.replaceChildren(...children);
  if (key === undefined) return;
  for (const node of container.querySelectorAll("[data-key]")) {
    if (node.dataset.key === key) return node.focus({ preventScroll: true });
  }
}

const count = (number) => number.toLocaleString("en");
const counted = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** Just enough of a document for the SVG drawings: elements with attributes and children, and a canvas that notes what it did. */

class FakeElement {
  constructor(name) {
    this.name = name;
    this.id = "drawing";
    this.attributes = {};
    this.children = [];
  }
  setAttribute(key, value) {
    this.attributes[key] = value;
  }
  append(...children) {
    this.children.push(...children);
  }
  replaceChildren(...children) {
    this.children = children;
  }
  /** Every element below, itself first. */
  all() {
    return [this, ...this.children.flatMap((child) => (typeof child === "string" ? [] : child.all()))];
  }
  named(name) {
    return this.all().filter((element) => element.name === name);
  }
  words() {
    return this.named("text").map((element) => element.children.join(""));
  }
}

export const svg = () => new FakeElement("svg");

globalThis.document ??= { documentElement: { lang: "en" }, createElementNS: (_space, name) => new FakeElement(name) };

const STYLES = ["fillStyle", "strokeStyle"];

/**
 * A canvas context that keeps each fill, stroke and text with the style it had and how many corners its path had.
 * @returns {any} with `done: {what, style, points, words}[]`
 */
export function fakeContext() {
  const state = { fillStyle: "", strokeStyle: "", points: 0, done: [] };
  const note = (what, style, words) => state.done.push({ what, style, points: state.points, words });
  const add = (name, values) => {
    for (const value of values)
      if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`${name}(${values})`);
    state.points += 1;
  };
  const methods = {
    beginPath: () => {
      state.points = 0;
    },
    fill: () => note("fill", state.fillStyle),
    stroke: () => note("stroke", state.strokeStyle),
    fillRect: () => note("fill", state.fillStyle),
    fillText: (words) => note("text", state.fillStyle, words),
    arc: (...values) => {
      if (values[2] < 0) throw new RangeError(`The radius provided (${values[2]}) is negative.`); // as canvases do
      add("arc", values);
    },
    measureText: (words) => ({ width: words.length * 8 }),
  };
  return new Proxy(state, {
    get: (target, key) => {
      if (key in methods) return methods[key];
      if (key in target) return target[key];
      return (...values) => add(String(key), values);
    },
    set: (target, key, value) => {
      if (STYLES.includes(key)) target[key] = value;
      return true;
    },
  });
}

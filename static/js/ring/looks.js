/** The look and the short name of each node: hue, pattern, pins. Pure. */

import { isMember } from "./members.js";

/** @import { Look } from "./draw/types.js" */
/** @import { Node, State } from "./types.js" */

export const MOST_COLOURED = 24;
export const MOST_PINS = 6;

export const HUES = 8;
const PATTERNS = /** @type {const} */ (["solid", "hatched", "dotted"]);
/** The hues of pins, the most different ones first. */
const PIN_HUES = [1, 0, 2, 3, 4, 7];
/** The hues of zones: first those that no pin uses, then those of the last pins. */
const ZONE_HUES = [5, 6, 7, 4, 3, 2, 0, 1];
/** @type {Look} */
export const GREY = { hue: 0, pattern: "grey" };

/**
 * Up to 24 nodes, each has its own look, by its number, and keeps it. With more nodes, only pins do; other nodes are grey, or
 * have the look of their zone, depending on `colour`.
 * @param {Node[]} nodes sorted by number
 * @param {number[]} pins
 * @param {"pins" | "zone"} colour
 * @returns {Map<number, Look>}
 */
export function looksOf(nodes, pins, colour) {
  if (nodes.length > MOST_COLOURED) return ofMany(nodes, pins, colour === "zone" ? zonesOf(nodes) : []);
  /** @type {Map<number, Look>} */
  const looks = new Map();
  const taken = new Set();
  for (const { number } of nodes) {
    let slot = (number - 1) % MOST_COLOURED;
    while (taken.has(slot)) slot = (slot + 1) % MOST_COLOURED;
    taken.add(slot);
    looks.set(number, { hue: slot % HUES, pattern: PATTERNS[Math.floor(slot / HUES)] });
  }
  return looks;
}

/** @param {number} index in the pins, -1 for none */
const pinLook = (index) =>
  index < 0 ? GREY : /** @type {Look} */ ({ hue: PIN_HUES[index % MOST_PINS], pattern: "solid" });

/**
 * Pins keep their looks, so that each differs from the others and from all zones.
 * @param {Node[]} nodes
 * @param {number[]} pins
 * @param {string[]} zones empty to leave all other nodes grey
 * @returns {Map<number, Look>}
 */
function ofMany(nodes, pins, zones) {
  const looks = zoneLooks(zones.length, pins.length);
  return new Map(
    nodes.map(({ number, zone }) => {
      const pin = pins.indexOf(number);
      return [number, pin >= 0 ? pinLook(pin) : (looks[zones.indexOf(zone)] ?? GREY)];
    }),
  );
}

/**
 * The looks of zones, in the order of their names. A zone is hatched if a pin has its hue.
 * @param {number} count of zones
 * @param {number} pins how many there are
 * @returns {Look[]}
 */
export function zoneLooks(count, pins) {
  const taken = PIN_HUES.slice(0, pins);
  return Array.from({ length: count }, (_unused, i) => {
    const hue = ZONE_HUES[i % HUES];
    const pattern = PATTERNS[(Math.floor(i / HUES) + (taken.includes(hue) ? 1 : 0)) % PATTERNS.length];
    return { hue, pattern };
  });
}

/** @param {Node[]} nodes */
export const zonesOf = (nodes) => [...new Set(nodes.map(({ zone }) => zone))].filter(Boolean).sort();

/**
 * The nodes with the most, median and fewest keys (or share, without keys): the first pins of a crowded ring.
 * @param {State} state
 * @returns {number[]}
 */
export function presetPins(state) {
  const active = state.nodes.filter(isMember);
  if (state.nodes.length <= MOST_COLOURED || active.length < 3) return [];
  active.sort((a, b) => b.keys - a.keys || b.ownership - a.ownership || a.number - b.number);
  return [0, active.length >> 1, active.length - 1].map((i) => active[i].number);
}

const LONG = 16;
const SEPARATOR = /[-_.:/ ]/;

/**
 * Short names: if names are long, leaves out what all begin or end with, up to a separator.
 * @param {string[]} names
 * @returns {{short: (name: string) => string, prefix: string, suffix: string}} prefix and suffix: the parts left out
 */
export function shortNames(names) {
  const longest = Math.max(0, ...names.map((name) => name.length));
  let prefix = "";
  let suffix = "";
  if (names.length > 1 && longest > LONG) {
    prefix = cutBack(common(names));
    const rests = names.map((name) => reversed(name.slice(prefix.length)));
    suffix = reversed(cutBack(common(rests)));
    if (names.some((name) => name.length <= prefix.length + suffix.length)) suffix = "";
  }
  return { short: (name) => (fits(name, prefix, suffix) ? inner(name, prefix, suffix) : name), prefix, suffix };
}

/** @type {(name: string, prefix: string, suffix: string) => boolean} */
const fits = (name, prefix, suffix) =>
  name.length > prefix.length + suffix.length && name.startsWith(prefix) && name.endsWith(suffix);

/** @type {(name: string, prefix: string, suffix: string) => string} */
const inner = (name, prefix, suffix) => name.slice(prefix.length, name.length - suffix.length);

/** @param {string[]} names */
function common(names) {
  let length = Math.min(...names.map((name) => name.length));
  for (const name of names) {
    while (!name.startsWith(names[0].slice(0, length))) length -= 1;
  }
  return names[0].slice(0, length);
}

/** @param {string} text up to and with its last separator */
function cutBack(text) {
  let end = text.length;
  while (end > 0 && !SEPARATOR.test(text[end - 1])) end -= 1;
  return text.slice(0, end);
}

/** @param {string} text */
const reversed = (text) => Array.from(text).reverse().join("");

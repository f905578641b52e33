/** The names, chips and colours of nodes: the only place that decides them. */

import { shownChange } from "./change.js";
import { stateMark } from "./draw/pen.js";
import { GREY, looksOf, MOST_COLOURED, shortNames, zoneLooks, zonesOf } from "./looks.js";

/** @import { Look } from "./draw/types.js" */
/** @import { Node, Page, State } from "./types.js" */

/**
 * @typedef {{number: number, name: string, label: string, mark: string, look: Look, state: string}} Face
 *   label: the short name; mark: the number, or a pin's letter, followed by a sign while the node does not answer
 * @typedef {{faces: Map<number, Face>, crowded: boolean, zones: {name: string, look: Look}[], prefix: string, suffix: string,
 *   of: (number: number) => Face}} Faces
 *   crowded: more nodes than looks; zones: if nodes are coloured by zone; prefix and suffix: left out of the short names
 */

/** @type {{key: unknown[], made: Faces} | null} */
let last = null;

/**
 * Faces of all nodes that the page may name, including those from before a change.
 * @param {Readonly<Page>} page
 * @returns {Faces}
 */
export function facesOf(page) {
  const change = shownChange(page);
  const key = [page.view.state, change, page.pins, page.colour];
  if (last && key.every((part, i) => part === last?.key[i])) return last.made;
  last = { key, made: make(union(page.view.state, change?.before, change?.after), page) };
  return last.made;
}

/**
 * @param {State} state
 * @param {...(State | undefined)} others
 * @returns {Node[]} by number; the state's own nodes win
 */
function union(state, ...others) {
  const all = new Map(others.flatMap((other) => other?.nodes ?? []).map((node) => [node.number, node]));
  for (const node of state.nodes) all.set(node.number, node);
  return [...all.values()].sort((a, b) => a.number - b.number);
}

/**
 * @param {Node[]} nodes
 * @param {Readonly<Page>} page
 * @returns {Faces}
 */
function make(nodes, { pins, colour }) {
  const looks = looksOf(nodes, pins, colour);
  const { short, prefix, suffix } = shortNames(nodes.map(({ name }) => name));
  const crowded = nodes.length > MOST_COLOURED;
  const zones = crowded && colour === "zone" ? zonesOf(nodes) : [];
  const styles = zoneLooks(zones.length, pins.length);
  const faces = new Map(
    nodes.map(({ number, name, state }) => {
      const pin = pins.indexOf(number);
      const mark = (crowded && pin >= 0 ? "ABCDEF"[pin] : number) + stateMark(state);
      return [number, { number, name, label: short(name), mark, look: looks.get(number) ?? GREY, state }];
    }),
  );
  const unknown = (/** @type {number} */ number) => ({
    number,
    name: `#${number}`,
    label: `#${number}`,
    mark: String(number),
    look: GREY,
    state: "",
  });
  return {
    faces,
    crowded,
    zones: zones.map((name, i) => ({ name, look: styles[i] })),
    prefix,
    suffix,
    of: (number) => faces.get(number) ?? unknown(number),
  };
}

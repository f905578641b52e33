/** The flow of keys: ribbons from the nodes that gave keys to those that received them; small ones are drawn as one. */

import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { cut, node, overlay, overlays, paint, render, text } from "./svg.js";

/** @import { Look, PictureNode } from "./types.js" */

/** @import { Pair } from "../types.js" */
/**
 * @typedef {{number: number, nodes: number, keys: number, y: number, height: number, middle: number}} End
 *   one side of the ribbons: number is -1 for the others, of which there are `nodes`; middle: the height of its words
 */
/** @typedef {{left: number, right: number, keys: number, y0: number, y1: number, height0: number, height1: number}} Ribbon */

const MOST = 7;
const OTHERS = -1;
const GAP = 7;
const TOP = 4;
const LEAST = 2.5;

/**
 * The layout of the flow; pure. Heights on a side share one scale, and every row has room for its words.
 * @param {Pair[]} pairs
 * @param {number} height px
 * @param {number} slot minimum height of a row in px
 * @returns {{left: End[], right: End[], ribbons: Ribbon[], keys: number}}
 */
export function flowModel(pairs, height, slot) {
  const keys = pairs.reduce((sum, pair) => sum + pair[2], 0);
  const most = Math.max(1, Math.min(MOST, Math.floor(height / slot) - 1));
  const left = side(pairs, 0, most, keys, height, slot);
  const right = side(pairs, 1, most, keys, height, slot);
  return { left, right, ribbons: ribbons(pairs, left, right), keys };
}

/**
 * @param {Pair[]} pairs
 * @param {0 | 1} which of a pair's two numbers
 * @param {number} most rows before the others
 * @param {number} all keys
 * @param {number} height
 * @param {number} slot
 * @returns {End[]}
 */
function side(pairs, which, most, all, height, slot) {
  /** @type {Map<number, number>} */
  const sums = new Map();
  for (const pair of pairs) sums.set(pair[which], (sums.get(pair[which]) ?? 0) + pair[2]);
  const sorted = Array.from(sums).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const cutAt = sorted.length > most + 1 ? most : sorted.length;
  const rest = sorted.slice(cutAt);
  /** @type {End[]} */
  const ends = sorted.slice(0, cutAt).map(([number, keys]) => ({ number, nodes: 1, keys, y: 0, height: 0, middle: 0 }));
  if (rest.length > 0) {
    const keys = rest.reduce((sum, row) => sum + row[1], 0);
    ends.push({ number: OTHERS, nodes: rest.length, keys, y: 0, height: 0, middle: 0 });
  }
  return stack(ends, all || 1, height, slot);
}

/**
 * Stacks one side from the top, at the largest scale at which all rows fit.
 * @param {End[]} ends
 * @param {number} all keys
 * @param {number} height
 * @param {number} slot
 */
function stack(ends, all, height, slot) {
  const alone = ends.length === 1;
  const gap = alone ? 0 : GAP;
  const needed = (/** @type {number} */ scale) =>
    ends.reduce((sum, end) => sum + Math.max(alone ? 0 : slot, (end.keys / all) * scale + gap), 0);
  let low = 0;
  let high = height;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (needed(middle) > height + gap) high = middle;
    else low = middle;
  }
  let y = TOP;
  for (const end of ends) {
    const room = Math.max(alone ? 0 : slot, (end.keys / all) * low + gap);
    end.middle = y + (room - gap) / 2;
    end.height = Math.max(LEAST, (end.keys / all) * low);
    end.y = end.middle - end.height / 2;
    y += room;
  }
  return ends;
}

/**
 * @param {Pair[]} pairs
 * @param {End[]} left
 * @param {End[]} right
 * @returns {Ribbon[]}
 */
function ribbons(pairs, left, right) {
  const at = (/** @type {End[]} */ ends, /** @type {number} */ number) => {
    const i = ends.findIndex((end) => end.number === number);
    return i < 0 ? ends.length - 1 : i;
  };
  const table = left.map(() => right.map(() => 0));
  for (const [from, to, keys] of pairs) table[at(left, from)][at(right, to)] += keys;
  const used0 = left.map((end) => end.y);
  const used1 = right.map((end) => end.y);
  const found = [];
  for (let i = 0; i < left.length; i++) {
    for (let j = 0; j < right.length; j++) {
      const keys = table[i][j];
      if (keys === 0) continue;
      const height0 = (keys / left[i].keys) * left[i].height;
      const height1 = (keys / right[j].keys) * right[j].height;
      found.push({ left: i, right: j, keys, y0: used0[i], y1: used1[j], height0, height1 });
      used0[i] += height0;
      used1[j] += height1;
    }
  }
  return found;
}

/**
 * Draws the flow of a change.
 * @param {SVGSVGElement} svg
 * @param {{pairs: Pair[], width?: number, height?: number, size?: number,
 *   notes?: Map<number, string>}} flow
 *   pairs as in a movement; size: of the text in px; notes: a word under the name of a node that is alone on its side
 * @param {Map<number, PictureNode>} nodes
 */
export function flow(svg, { pairs, width = 368, height = 180, size = 13, notes }, nodes) {
  const model = flowModel(pairs, height, size * 1.45);
  const prefix = `over-${svg.id}`;
  const both = model.left.length > 1 && model.right.length > 1;
  const columns = {
    left: column(model.left, width, false, both, prefix),
    right: column(model.right, width, true, both, prefix),
  };
  // Colours come from the side with more rows, because they tell the ribbons apart.
  const byRight = model.right.length >= model.left.length;
  const children = model.ribbons.map((ribbon) => {
    const end = byRight ? model.right[ribbon.right] : model.left[ribbon.left];
    return node("path", {
      d: ribbonPath(ribbon, columns.left.inner, columns.right.inner),
      fill: paint(nodes.get(end.number)?.look),
      opacity: 0.36,
    });
  });
  for (const [ends, place, right] of /** @type {const} */ ([
    [model.left, columns.left, false],
    [model.right, columns.right, true],
  ])) {
    for (const end of ends) children.push(...drawEnd(end, place, right, ends.length === 1, nodes, size, notes));
  }
  render(svg, width, height + 10, [overlays(prefix), ...children]);
}

/**
 * Where the bars of a side are: next to their words, or inside a block if the side is one node.
 * @param {End[]} ends
 * @param {number} width
 * @param {boolean} right
 * @param {boolean} narrow whether both sides have rows
 * @param {string} prefix of the patterns
 */
function column(ends, width, right, narrow, prefix) {
  const words = ends.length === 1 ? 84 : narrow ? 128 : 165;
  const bar = ends.length === 1 ? 8 : 9;
  const outer = right ? width - words : words;
  return { outer, inner: right ? outer - bar : outer + bar, bar, words, width, prefix };
}

/**
 * @param {Ribbon} ribbon
 * @param {number} x0
 * @param {number} x1
 */
function ribbonPath({ y0, y1, height0, height1 }, x0, x1) {
  const r = (/** @type {number} */ n) => n.toFixed(1);
  const bend = x0 + (x1 - x0) * 0.56;
  const top = `M${x0} ${r(y0)}C${r(bend)} ${r(y0)} ${r(bend)} ${r(y1)} ${x1} ${r(y1)}`;
  const back = `V${r(y1 + height1)}C${r(bend)} ${r(y1 + height1)} ${r(bend)} ${r(y0 + height0)} ${x0} ${r(y0 + height0)}Z`;
  return top + back;
}

/**
 * @param {End} end
 * @param {ReturnType<typeof column>} place
 * @param {boolean} right
 * @param {boolean} alone
 * @param {Map<number, PictureNode>} nodes
 * @param {number} size
 * @param {Map<number, string>} [notes]
 * @returns {SVGElement[]}
 */
function drawEnd(end, place, right, alone, nodes, size, notes) {
  const known = nodes.get(end.number);
  const fill = paint(known?.look);
  const box = { x: Math.min(place.outer, place.inner), y: end.y, width: place.bar, height: end.height };
  const drawn = [node("rect", { ...box, fill })];
  const over = overlay(known?.look, place.prefix);
  if (over) drawn.push(node("rect", { ...box, fill: over }));
  const name = nameOf(end, known);
  if (alone) {
    const x = right ? place.outer : 0;
    const note = notes?.get(end.number) ?? count(end.keys);
    drawn.unshift(node("rect", { x, y: end.y, width: place.words, height: end.height, fill, opacity: 0.16, rx: 3 }));
    drawn.push(text(cut(name, place.words - 16, size), x + 10, end.middle - 1, { size, weight: 700 }));
    drawn.push(text(note, x + 10, end.middle + size * 1.4, { size, ink: "ink2" }));
    return drawn;
  }
  const y = end.middle + size * 0.35;
  const first = right ? place.outer + 9 : 0;
  const last = right ? place.width - 1 : place.outer - 9;
  const figure = count(end.keys);
  const room = last - first - (figure.length + 1) * size * 0.62;
  drawn.push(text(cut(name, room, size), first, y, { size }));
  drawn.push(text(figure, last, y, { size, weight: 600, anchor: "end", mono: true }));
  return drawn;
}

/**
 * @param {End} end
 * @param {PictureNode | undefined} known
 */
function nameOf(end, known) {
  if (end.number === OTHERS)
    return interpolate(ngettext("%(n)s other", "%(n)s others", end.nodes), { n: count(end.nodes) });
  if (end.number === 0) return _("no node");
  return known?.label ?? `#${end.number}`;
}

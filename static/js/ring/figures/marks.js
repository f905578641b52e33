/** Shared by several figures: a node's box, a sentence in the middle, the SVG around them. */

import { node, overlay, overlays, paint, render, text } from "../draw/svg.js";
import { placed } from "./row.js";

/** @import { Face } from "../faces.js" */
/** @import { Scene, Steps } from "./types.js" */

const PREFIX = "fig";

/**
 * Puts a drawing into its place: into the existing SVG, or a new one.
 * @param {HTMLElement} place
 * @param {{width: number, height: number}} scene
 * @param {SVGElement[]} children
 */
export function put(place, { width, height }, children) {
  const known = place.firstElementChild;
  const svg = /** @type {SVGSVGElement} */ (known?.tagName === "svg" ? known : node("svg", { "aria-hidden": "true" }));
  if (svg !== known) place.replaceChildren(svg);
  render(svg, width, height, [overlays(PREFIX), ...children]);
}

/**
 * A box in a node's colour with its number, if it fits. On patterned and grey boxes the number has a plate.
 * @param {Face} face
 * @param {{x: number, y: number, width: number, height: number}} box
 * @param {{size?: number, strong?: boolean, data?: Record<string, string | number>}} [look] strong: outlined; data: more
 *   attributes
 */
export function nodeBox(face, box, { size = 13, strong = false, data = {} } = {}) {
  const over = overlay(face.look, PREFIX);
  const shape = { ...box, rx: Math.min(3, box.width / 4) };
  return node(
    "g",
    { "data-owner": face.number, ...data },
    node("title", {}, face.name),
    node("rect", { ...shape, fill: paint(face.look) }),
    ...(over ? [node("rect", { ...shape, fill: over })] : []),
    ...numberOn(face, box, size),
    ...(strong ? [node("rect", { ...outline(box), fill: "none", stroke: "var(--ink)", "stroke-width": 2.5 })] : []),
  );
}

const THIN = 3;

/**
 * The boxes of all nodes of a row. If they are too thin to tell apart, there is one shape per colour, and only marked nodes have
 * boxes.
 * @param {Scene} scene
 * @param {{row: ReturnType<typeof import("./row.js").rowOf>, y: number, height: number, name: string,
 *   strong: (number: number, place: number) => boolean}} look
 *   name: of the data attribute with the place; strong: which nodes are marked
 */
export function rowBoxes({ state, faces, size }, { row, y, height, name, strong }) {
  const nodes = placed(state);
  const each = nodes.map(({ number }, place) => ({ face: faces.of(number), place, marked: strong(number, place) }));
  const boxOf = (/** @type {number} */ place) => ({ x: row.x(place) - row.box / 2, y, width: row.box, height });
  const box = (/** @type {typeof each[number]} */ { face, place, marked }) =>
    nodeBox(face, boxOf(place), { size, strong: marked, data: { [name]: place } });
  if (row.step >= THIN) return each.map(box);
  const fills = [...new Set(each.map(({ face }) => paint(face.look)))];
  const grounds = fills.map((fill) => {
    const some = each.filter(({ face }) => paint(face.look) === fill);
    const d = some.map(({ place }) => `M${boxOf(place).x.toFixed(2)} ${y}h${row.box}v${height}h${-row.box}Z`);
    return node("path", { d: d.join(""), fill });
  });
  return [...grounds, ...each.filter(({ marked }) => marked).map(box)];
}

/** @param {{x: number, y: number, width: number, height: number}} box */
const outline = ({ x, y, width, height }) => ({ x: x - 3, y: y - 3, width: width + 6, height: height + 6, rx: 5 });

/**
 * @param {Face} face
 * @param {{x: number, y: number, width: number, height: number}} box
 * @param {number} size
 */
function numberOn({ mark, look }, { x, y, width, height }, size) {
  const words = String(mark);
  const wide = words.length * size * 0.62;
  if (width < wide + (look.pattern === "solid" ? 2 : 6) || height < size) return [];
  const middle = { x: x + width / 2, y: y + height / 2 };
  const ink = look.pattern === "solid" ? `t${look.hue + 1}` : "ink";
  const plate = { x: middle.x - wide / 2 - 3, y: middle.y - size * 0.62, width: wide + 6, height: size * 1.24, rx: 4 };
  return [
    ...(look.pattern === "solid" ? [] : [node("rect", { ...plate, fill: "var(--bg)" })]),
    text(words, middle.x, middle.y + size * 0.36, { size, ink, weight: 700, anchor: "middle", mono: true }),
  ];
}

/**
 * The text to show while there is nothing to draw.
 * @param {Scene} scene
 * @param {string} words
 */
export const saying = ({ width, height, size }, words) =>
  text(words, width / 2, height / 2, { size: size + 1, ink: "ink2", anchor: "middle" });

/**
 * The steps of the looked-up key, if they are of this kind.
 * @template {Steps["kind"]} Kind
 * @param {Scene} scene
 * @param {Kind} kind
 * @returns {Extract<Steps, {kind: Kind}> | null}
 */
export const stepsOf = ({ found }, kind) =>
  found?.steps?.kind === kind ? /** @type {Extract<Steps, {kind: Kind}>} */ (found.steps) : null;

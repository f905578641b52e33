/** Modulo: the row of nodes, and the remainder that selects one. */

import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { cut, node, text } from "../draw/svg.js";
import { put, rowBoxes, saying, stepsOf } from "./marks.js";
import { placed, rowOf } from "./row.js";

/** @import { Figure, RemainderStep, Scene } from "./types.js" */

const MARGIN = 22;
const BOX = 40;

/**
 * The division as text, and the place in the row that it points to. Pure.
 * @param {RemainderStep} steps
 * @param {{width: number, height: number}} scene
 */
export function remainderMarks({ number, divisor, remainder }, { width, height }) {
  const row = rowOf(divisor, MARGIN, width - 2 * MARGIN);
  const y = Math.min(height - BOX - 44, height * 0.55);
  return {
    row,
    y,
    x: row.x(remainder),
    words: interpolate(_("%(number)s mod %(divisor)s = %(remainder)s"), {
      number: count(number),
      divisor: count(divisor),
      remainder: count(remainder),
    }),
  };
}

/** @type {Figure} */
export const figure = {
  draw(place, scene) {
    const { found, state, width, height, size, active } = scene;
    const nodes = placed(state);
    if (nodes.length === 0) return put(place, scene, [saying(scene, _("No node is active."))]);
    const steps = stepsOf(scene, "remainder");
    const { row, y, x, words } = remainderMarks(steps ?? { ...NO_STEPS, divisor: nodes.length }, { width, height });
    const strong = (/** @type {number} */ number) => number === active || number === steps?.node;
    const boxes = rowBoxes(scene, { row, y, height: BOX, name: "data-place", strong });
    const every = Math.ceil((String(nodes.length).length * size * 0.62 + 4) / row.step);
    const places = nodes.flatMap((_node, i) =>
      i % every
        ? []
        : [text(String(i), row.x(i), y + BOX + size + 8, { size, ink: "ink3", anchor: "middle", mono: true })],
    );
    put(place, scene, [
      ...boxes,
      ...places,
      ...(steps && found ? division(scene, { key: found.key, words, x, y }) : [ask(scene, y)]),
    ]);
  },

  list(scene) {
    const steps = stepsOf(scene, "remainder");
    const nodes = placed(scene.state);
    const all = interpolate(ngettext("%(n)s node has a place.", "%(n)s nodes have a place.", nodes.length), {
      n: count(nodes.length),
    });
    if (!steps) return [all];
    const { words } = remainderMarks(steps, scene);
    return [
      all,
      words,
      interpolate(_("Place %(n)s is %(node)s."), { n: steps.remainder, node: scene.faces.of(steps.node).name }),
    ];
  },
};

const NO_STEPS = /** @type {const} */ ({ kind: "remainder", number: 0, remainder: 0, node: 0 });

/**
 * @param {Scene} scene
 * @param {number} y
 */
const ask = ({ width, size }, y) =>
  text(_("Find a key to see its remainder."), width / 2, y - 44, { size: size + 1, ink: "ink2", anchor: "middle" });

/**
 * The key, the division, and a line from it to the place.
 * @param {Scene} scene
 * @param {{key: string, words: string, x: number, y: number}} where
 */
function division({ width, size }, { key, words, x, y }) {
  const line = y - 60;
  const large = Math.min(size * 1.7, width / (words.length * 0.6));
  const way = `M${width / 2} ${line + 12}V${line + 24}H${x.toFixed(1)}V${y - 12}`;
  const tip = `M${(x - 5).toFixed(1)} ${y - 14}L${x.toFixed(1)} ${y - 6}L${(x + 5).toFixed(1)} ${y - 14}Z`;
  return [
    text(cut(key, width - 2 * MARGIN, size), width / 2, line - large - 8, {
      size,
      ink: "ink2",
      anchor: "middle",
      mono: true,
    }),
    text(words, width / 2, line, { size: large, weight: 600, anchor: "middle", mono: true }),
    node("path", { d: way, fill: "none", stroke: "var(--ink)", "stroke-width": 2 }),
    node("path", { d: tip, fill: "var(--ink)" }),
  ];
}

/** Jump hash: the row of buckets, and the jumps of a key as arcs over it. */

import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { cut, node, text } from "../draw/svg.js";
import { put, rowBoxes, saying, stepsOf } from "./marks.js";
import { placed, rowOf } from "./row.js";

/** @import { Figure, JumpSteps, Scene } from "./types.js" */

const MARGIN = 22;
const BOX = 36;
/** Space at the end for the jump that is not made. */
const BEYOND = 54;
const TOP = 72;
const HIGHEST = 240;

/**
 * The positions of the buckets, and an arc for every jump; the last one leads out of the row. Pure.
 * @param {JumpSteps} steps
 * @param {{width: number, height: number}} scene
 */
export function jumpMarks({ jumps, count: buckets, beyond }, { width, height }) {
  const row = rowOf(buckets, MARGIN, width - 2 * MARGIN - BEYOND);
  const y = Math.min(height - BOX - 40, height * 0.72);
  const end = row.x(buckets - 1) + row.step / 2 + BEYOND / 2;
  const stops = [...jumps.map(({ bucket }) => ({ bucket, x: row.x(bucket) })), { bucket: beyond, x: end }];
  const highest = Math.min(HIGHEST, y - TOP);
  const arcs = stops.slice(1).map(({ bucket, x }, i) => {
    const from = stops[i];
    const reach = (x - from.x) / Math.max(1, end - row.x(0));
    return {
      from: from.bucket,
      to: bucket,
      x0: from.x,
      x1: x,
      rise: Math.max(22, highest * Math.sqrt(reach)),
      made: i < stops.length - 2,
    };
  });
  return { row, y, arcs };
}

/** @type {Figure} */
export const figure = {
  draw(place, scene) {
    const nodes = placed(scene.state);
    if (nodes.length === 0) return put(place, scene, [saying(scene, _("No node is active."))]);
    const steps = stepsOf(scene, "jumps");
    const marks = jumpMarks(steps ?? { kind: "jumps", number: 0, jumps: [], count: nodes.length, beyond: 0 }, scene);
    put(place, scene, [
      ...buckets(scene, marks, steps),
      ...(steps ? marks.arcs.map((arc, i) => drawArc(arc, i, marks.y, scene.size)) : []),
      ...(steps ? headline(scene, steps) : [ask(scene, marks.y)]),
    ]);
  },

  list(scene) {
    const nodes = placed(scene.state);
    const steps = stepsOf(scene, "jumps");
    const all = interpolate(ngettext("%(n)s bucket", "%(n)s buckets", nodes.length), { n: count(nodes.length) });
    if (!steps) return [all];
    const landings = steps.jumps.map(({ bucket, node: number }) =>
      interpolate(_("Bucket %(n)s: %(node)s"), { n: count(bucket), node: scene.faces.of(number).name }),
    );
    return [all, ...landings, ending(steps)];
  },
};

/** @param {JumpSteps} steps */
const ending = ({ beyond, count: buckets }) =>
  interpolate(_("The next jump would reach bucket %(n)s. The last bucket is %(last)s, so the key stays."), {
    n: count(beyond),
    last: count(buckets - 1),
  });

/**
 * @param {Scene} scene
 * @param {ReturnType<typeof jumpMarks>} marks
 * @param {JumpSteps | null} steps
 */
function buckets(scene, { row, y }, steps) {
  const { state, size, active } = scene;
  const met = new Set(steps?.jumps.map(({ bucket }) => bucket));
  const last = steps?.jumps.at(-1)?.bucket;
  const count_ = placed(state).length;
  const every = Math.ceil((String(count_).length * size * 0.62 + 6) / row.step);
  const named = Array.from({ length: Math.ceil(count_ / every) }, (_unused, i) => i * every);
  const strong = (/** @type {number} */ number, /** @type {number} */ bucket) => bucket === last || number === active;
  return [
    ...rowBoxes(scene, { row, y, height: BOX, name: "data-bucket", strong }),
    ...named.map((bucket) => {
      const ink = met.has(bucket) ? "ink" : "ink3";
      return text(String(bucket), row.x(bucket), y + BOX + size + 6, { size, ink, anchor: "middle", mono: true });
    }),
  ];
}

/**
 * @param {ReturnType<typeof jumpMarks>["arcs"][number]} arc
 * @param {number} i
 * @param {number} y of the row
 * @param {number} size of text
 */
function drawArc({ from, to, x0, x1, rise, made }, i, y, size) {
  const foot = y - 8;
  const top = foot - rise;
  const d = `M${x0.toFixed(1)} ${foot}C${x0.toFixed(1)} ${(foot - rise * 1.333).toFixed(1)} ${x1.toFixed(1)} ${(foot - rise * 1.333).toFixed(1)} ${x1.toFixed(1)} ${foot}`;
  const tip = `M${(x1 - 5).toFixed(1)} ${foot - 6}L${x1.toFixed(1)} ${foot + 3}L${(x1 + 5).toFixed(1)} ${foot - 6}Z`;
  const ink = made ? "ink" : "ink3";
  const words = made ? String(i + 1) : interpolate(_("%(n)s: too far"), { n: count(to) });
  return node(
    "g",
    { "data-from": from, "data-to": to, "data-made": String(made) },
    node("path", {
      d,
      fill: "none",
      stroke: `var(--${ink})`,
      "stroke-width": 2,
      "stroke-dasharray": made ? undefined : "4 4",
    }),
    node("path", { d: tip, fill: `var(--${ink})` }),
    text(words, (x0 + x1) / 2, top - 6, { size, ink, weight: made ? 700 : undefined, anchor: "middle" }),
  );
}

/**
 * @param {Scene} scene
 * @param {JumpSteps} steps
 */
function headline({ found, width, size }, { jumps, count: buckets }) {
  const made = jumps.length - 1;
  const text_ = ngettext("%(n)s jump, %(all)s buckets", "%(n)s jumps, %(all)s buckets", made);
  return [
    text(cut(found?.key ?? "", width - 2 * MARGIN, size), MARGIN, 20, { size, weight: 600, mono: true }),
    text(interpolate(text_, { n: count(made), all: count(buckets) }), MARGIN, 20 + size * 1.4, { size, ink: "ink2" }),
  ];
}

/**
 * @param {Scene} scene
 * @param {number} y
 */
const ask = ({ width, size }, y) =>
  text(_("Find a key to see its jumps."), width / 2, y - 44, { size: size + 1, ink: "ink2", anchor: "middle" });

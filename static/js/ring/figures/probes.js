/** Multi-probe: the probes of a key on the circle, and how far each of them is from the next token. */

import { angleOf } from "../../lib/geometry.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { cut, node, paint, text } from "../draw/svg.js";
import { diamond, drawCircle, pointAt, split, wayOf } from "./circle.js";
import { nodeBox, put, saying, stepsOf } from "./marks.js";
import { placed } from "./row.js";
import { partOfCircle } from "./words.js";

/** @import { Figure, ProbeSteps, Scene } from "./types.js" */
/** @import { Circle } from "./circle.js" */

const OUT = 12;

/**
 * The distance of every probe as a bar of the strip, the winner's the shortest. Pure.
 * @param {ProbeSteps} steps
 * @param {{x: number, y: number, width: number, height: number}} strip
 * @param {number} size of text
 */
export function probeBars({ probes, winner }, strip, size) {
  const farthest = Math.max(1, ...probes.map(({ distance }) => distance));
  const step = Math.min(34, strip.width / probes.length);
  const start = strip.x + (strip.width - step * probes.length) / 2;
  const base = strip.y + strip.height - size * 1.6 - 8;
  const room = base - strip.y - size * 2.2;
  return probes.map((probe, number) => ({
    ...probe,
    number,
    wins: number === winner,
    x: start + number * step,
    width: Math.max(1, step - 3),
    base,
    height: Math.max(1, (probe.distance / farthest) * room),
  }));
}

/** @type {Figure} */
export const figure = {
  need: "tokens",

  draw(place, scene) {
    if (placed(scene.state).length === 0) return put(place, scene, [saying(scene, _("No node is active."))]);
    const { circle, strip } = split(scene);
    const steps = stepsOf(scene, "probes");
    const ground = drawCircle(scene, circle);
    if (!steps) return put(place, scene, [...ground, ...asking(scene, circle)]);
    const bars = probeBars(steps, strip, scene.size);
    put(place, scene, [
      ...ground,
      ...bars.filter(({ wins }) => !wins).map((bar) => drawProbe(scene, circle, bar)),
      ...bars.filter(({ wins }) => wins).map((bar) => drawProbe(scene, circle, bar)),
      ...middle(scene, circle, steps),
      ...drawBars(scene, bars, strip),
    ]);
  },

  list(scene) {
    const steps = stepsOf(scene, "probes");
    if (!steps) return [_("Find a key to see its probes.")];
    return steps.probes.map(({ distance, node: number }, i) =>
      interpolate(
        i === steps.winner
          ? _("Probe %(n)s is nearest: %(part)s of the circle before a token of %(node)s")
          : _("Probe %(n)s: %(part)s of the circle before a token of %(node)s"),
        { n: i, part: partOfCircle(distance), node: scene.faces.of(number).name },
      ),
    );
  },
};

/** @typedef {ReturnType<typeof probeBars>[number]} Bar */

/**
 * @param {Scene} scene
 * @param {Circle} circle
 * @param {Bar} probe
 */
function drawProbe({ faces, size }, circle, { position, token, distance, node: owner, number, wins }) {
  const ink = wins ? "var(--ink)" : "var(--ink3)";
  const [x, y] = pointAt(circle, angleOf(position), OUT + 14);
  const way = { fill: "none", stroke: wins ? "var(--ink)" : "var(--line2)", "stroke-width": wins ? 4 : 2 };
  return node(
    "g",
    {
      "data-probe": number,
      "data-position": position,
      "data-token": token,
      "data-distance": distance,
      "data-owner": owner,
    },
    node("title", {}, faces.of(owner).name),
    node("path", { d: wayOf(circle, position, token, OUT), ...way }),
    diamond(circle, position, OUT, wins ? 7 : 4, ink),
    ...(wins ? [text(String(number), x, y + size * 0.36, { size, weight: 700, anchor: "middle", mono: true })] : []),
  );
}

/**
 * @param {Scene} scene
 * @param {Circle} circle
 * @param {ProbeSteps} steps
 */
function middle({ found, faces, size }, { cx, cy, R }, { probes, winner }) {
  const { node: owner } = probes[winner];
  const face = faces.of(owner);
  const room = (R - 20) * 1.7;
  const words = [
    cut(found?.key ?? "", room, size),
    cut(interpolate(ngettext("%(n)s probe", "%(n)s probes", probes.length), { n: probes.length }), room, size),
    cut(interpolate(_("nearest: probe %(n)s"), { n: winner }), room, size),
  ];
  const top = cy - size * 2.2;
  return [
    ...words.map((line, i) =>
      text(line, cx, top + i * size * 1.5, {
        size,
        ink: i ? "ink2" : "ink",
        weight: i ? undefined : 600,
        anchor: "middle",
        mono: i === 0,
      }),
    ),
    nodeBox(face, { x: cx - 17, y: top + size * 3.6, width: 34, height: size * 1.7 }, { size }),
    text(cut(face.label, room, size), cx, top + size * 6.6, { size, weight: 700, anchor: "middle" }),
  ];
}

/**
 * @param {Scene} scene
 * @param {Bar[]} bars
 * @param {{x: number, y: number, width: number}} strip
 */
function drawBars({ faces, size }, bars, { x, y, width }) {
  const head = text(cut(_("Distance to the next token, probe by probe"), width, size), x, y + size, {
    size,
    ink: "ink2",
  });
  const every = Math.ceil((size * 1.6) / Math.max(1, bars[0].width + 3));
  const columns = bars.flatMap(({ x: left, width: wide, base, height, node: owner, number, wins }) => {
    const fill = wins ? paint(faces.of(owner).look) : "var(--line2)";
    const bar = node("rect", { x: left, y: base - height, width: wide, height, fill, "data-bar": number });
    const words = {
      size: size - 1,
      ink: wins ? "ink" : "ink3",
      anchor: /** @type {const} */ ("middle"),
      weight: wins ? 700 : undefined,
      mono: true,
    };
    const near = bars.some((other) => other.wins && Math.abs(other.number - number) < every);
    const named = wins || (number % every === 0 && !near);
    const mark = wins
      ? [node("path", { d: `M${left + wide / 2 - 5} ${base - height - 12}h10l-5 8Z`, fill: "var(--ink)" })]
      : [];
    return [bar, ...mark, ...(named ? [text(String(number), left + wide / 2, base + size * 1.2, words)] : [])];
  });
  return [head, ...columns];
}

/**
 * @param {Scene} scene
 * @param {Circle} circle
 */
const asking = ({ size }, { cx, cy, R }) => [
  text(cut(_("Find a key to see its probes."), R * 1.8, size), cx, cy, { size, ink: "ink2", anchor: "middle" }),
];

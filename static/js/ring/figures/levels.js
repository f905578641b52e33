/** Bounded loads: the walk of a key along the circle past full nodes, and how full every node is. */

import { count } from "../../lib/format.js";
import { angleOf } from "../../lib/geometry.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { cut, node, overlay, paint, text } from "../draw/svg.js";
import { diamond, drawCircle, pointAt, split, wayOf } from "./circle.js";
import { nodeBox, put, saying, stepsOf } from "./marks.js";
import { placed } from "./row.js";
import { strangerWords } from "./words.js";

/** @import { Figure, LevelSteps, Scene } from "./types.js" */
/** @import { Circle } from "./circle.js" */

const OUT = 12;

/**
 * A bar for every node, by number, as high as its load; its cap is a line over it. Pure.
 * @param {LevelSteps} steps
 * @param {{x: number, y: number, width: number, height: number}} strip
 * @param {number} size of text
 */
export function levelBars({ levels, met, member }, strip, size) {
  const highest = Math.max(1, ...levels.map(({ cap }) => cap));
  const sorted = levels.slice().sort((a, b) => a.node - b.node);
  const step = Math.min(64, strip.width / Math.max(1, sorted.length));
  const start = strip.x + (strip.width - step * sorted.length) / 2;
  const base = strip.y + strip.height - 12;
  const room = base - strip.y - size * 3;
  const gap = step > 12 ? 4 : step > 4 ? 1 : 0;
  return sorted.map((level, i) => ({
    ...level,
    x: start + i * step,
    width: Math.max(1, step - gap),
    base,
    height: (level.load / highest) * room,
    cap: level.cap,
    line: base - (level.cap / highest) * room,
    order: met.findIndex((one) => one.node === level.node) + 1,
    owns: member && met.at(-1)?.node === level.node,
  }));
}

/** @type {Figure} */
export const figure = {
  need: "tokens",

  draw(place, scene) {
    if (placed(scene.state).length === 0) return put(place, scene, [saying(scene, _("No node is active."))]);
    const { circle, strip } = split(scene);
    const steps = stepsOf(scene, "levels");
    const ground = drawCircle(scene, circle);
    if (!steps) return put(place, scene, [...ground, ...asking(scene, circle)]);
    put(place, scene, [
      ...ground,
      ...drawWay(scene, circle, steps),
      ...middle(scene, circle, steps),
      ...drawBars(scene, steps, levelBars(steps, strip, scene.size), strip),
    ]);
  },

  list(scene) {
    const steps = stepsOf(scene, "levels");
    if (!steps) return [_("Find a key to see how full the nodes are.")];
    const name = (/** @type {number} */ number) => scene.faces.of(number).name;
    const passed = steps.met
      .slice(0, -1)
      .map(({ node: number }) => interpolate(_("%(node)s is full, so the key walks on."), { node: name(number) }));
    const last = /** @type {LevelSteps["met"][number]} */ (steps.met.at(-1));
    const end = interpolate(steps.member ? _("%(node)s has the key.") : _("The walk would begin at %(node)s."), {
      node: name(last.node),
    });
    const levels = steps.levels.map(({ node: number, load, cap }) =>
      interpolate(_("%(node)s: %(load)s of at most %(cap)s"), {
        node: name(number),
        load: count(load),
        cap: count(cap),
      }),
    );
    return [...(steps.member ? [] : [strangerWords()]), ...passed, end, ...levels];
  },
};

/**
 * A diamond for the key, and the tokens that it meets: a cross if the node is full, a dot for the owner.
 * @param {Scene} scene
 * @param {Circle} circle
 * @param {LevelSteps} steps
 */
function drawWay({ found, faces, size }, circle, { met, member }) {
  const hash = found?.hash ?? 0;
  return [
    ...met.map((one, i) => {
      const from = i ? met[i - 1].token : hash;
      const owns = member && i === met.length - 1;
      const angle = angleOf(one.token);
      const [x, y] = pointAt(circle, angle, OUT);
      const [wx, wy] = pointAt(circle, angle, OUT + 16);
      const dash = member ? undefined : "3 4";
      const mark = owns ? dotAt(x, y) : member ? crossAt(x, y) : ringAt(x, y);
      return node(
        "g",
        { "data-owner": one.node, "data-met": i + 1, "data-token": one.token, "data-full": String(member && !owns) },
        node("title", {}, faces.of(one.node).name),
        node("path", {
          d: wayOf(circle, from, one.token, OUT),
          fill: "none",
          stroke: "var(--ink)",
          "stroke-width": 2.4,
          "stroke-dasharray": dash,
        }),
        mark,
        text(String(i + 1), wx, wy + size * 0.36, { size, weight: 700, anchor: "middle", mono: true }),
      );
    }),
    diamond(circle, hash, OUT, 6, "var(--ink)"),
  ];
}

/** @type {(x: number, y: number) => SVGElement} */
const dotAt = (x, y) => node("circle", { cx: x, cy: y, r: 5.5, fill: "var(--ink)" });
/** @type {(x: number, y: number) => SVGElement} */
const ringAt = (x, y) =>
  node("circle", { cx: x, cy: y, r: 5, fill: "var(--bg)", stroke: "var(--ink)", "stroke-width": 2 });
/** @type {(x: number, y: number) => SVGElement} */
const crossAt = (x, y) =>
  node("path", {
    d: `M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x - 5} ${y + 5}L${x + 5} ${y - 5}`,
    stroke: "var(--bad)",
    "stroke-width": 3,
  });

/**
 * @param {Scene} scene
 * @param {Circle} circle
 * @param {LevelSteps} steps
 */
function middle({ found, faces, size }, { cx, cy, R }, { met, member, skipped }) {
  const room = (R - 20) * 1.7;
  const last = /** @type {LevelSteps["met"][number]} */ (met.at(-1));
  const face = faces.of(last.node);
  const full = met.length - 1 + skipped;
  const said = !member
    ? _("it would start at")
    : full === 0
      ? _("first node has room")
      : interpolate(ngettext("past %(n)s full node", "past %(n)s full nodes", full), { n: count(full) });
  const top = cy - size * 1.6;
  return [
    text(cut(found?.key ?? "", room, size), cx, top, { size, weight: 600, anchor: "middle", mono: true }),
    text(cut(said, room, size), cx, top + size * 1.5, { size, ink: "ink2", anchor: "middle" }),
    nodeBox(face, { x: cx - 17, y: top + size * 2.3, width: 34, height: size * 1.7 }, { size }),
    text(cut(face.label, room, size), cx, top + size * 5.3, { size, weight: 700, anchor: "middle" }),
  ];
}

/**
 * @param {Scene} scene
 * @param {LevelSteps} steps
 * @param {ReturnType<typeof levelBars>} bars
 * @param {{x: number, y: number, width: number}} strip
 */
function drawBars({ faces, size, active }, { unit, c, more }, bars, { x, y, width }) {
  const what =
    unit === "keys"
      ? _("Keys of each node under its cap, c = %(c)s")
      : _("Buckets of each node under its cap, c = %(c)s");
  const rest = more > 0 ? ` ${interpolate(_("%(n)s nodes with lower levels are left out."), { n: count(more) })}` : "";
  const head = text(cut(interpolate(what, { c }) + rest, width, size), x, y + size, { size, ink: "ink2" });
  const columns = bars.map((bar) => {
    const face = faces.of(bar.node);
    const over = overlay(face.look, "fig");
    const shape = { x: bar.x, y: bar.base - bar.height, width: bar.width, height: Math.max(0, bar.height) };
    const strong = bar.owns || bar.node === active;
    const middle_ = bar.x + bar.width / 2;
    return node(
      "g",
      { "data-owner": bar.node, "data-load": bar.load, "data-cap": bar.cap, "data-order": bar.order || undefined },
      node("title", {}, `${face.name}: ${count(bar.load)} / ${count(bar.cap)}`),
      node("rect", { x: bar.x, y: bar.line, width: bar.width, height: bar.base - bar.line, fill: "var(--sunk)" }),
      node("rect", { ...shape, fill: paint(face.look) }),
      ...(over ? [node("rect", { ...shape, fill: over })] : []),
      node("path", { d: `M${bar.x - 1} ${bar.line}h${bar.width + 2}`, stroke: "var(--ink)", "stroke-width": 2 }),
      ...(bar.width >= 24 ? [plate(String(face.mark), middle_, bar.base - 4, size)] : []),
      ...(bar.order
        ? [text(String(bar.order), middle_, bar.line - 5, { size, weight: 700, anchor: "middle", mono: true })]
        : []),
      ...(strong
        ? [
            node("rect", {
              x: bar.x - 2,
              y: bar.line - 2,
              width: bar.width + 4,
              height: bar.base - bar.line + 4,
              fill: "none",
              stroke: "var(--ink)",
              "stroke-width": 2,
            }),
          ]
        : []),
    );
  });
  return [head, ...columns];
}

/**
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
const plate = (words, x, y, size) =>
  node(
    "g",
    {},
    node("rect", {
      x: x - words.length * size * 0.31 - 3,
      y: y - size * 1.1,
      width: words.length * size * 0.62 + 6,
      height: size * 1.3,
      rx: 3,
      fill: "var(--bg)",
    }),
    text(words, x, y - size * 0.1, { size, weight: 700, anchor: "middle", mono: true }),
  );

/**
 * @param {Scene} scene
 * @param {Circle} circle
 */
const asking = ({ size }, { cx, cy, R }) => [
  text(cut(_("Find a key to see its walk."), R * 1.8, size), cx, cy, { size, ink: "ink2", anchor: "middle" }),
];

/** Rendezvous: the scores of a key as bars, highest first. */

import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { cut, node, overlay, paint, text } from "../draw/svg.js";
import { nodeBox, put, saying, stepsOf } from "./marks.js";
import { placed } from "./row.js";
import { scoreWords } from "./words.js";

/** @import { Figure, Scene, ScoreSteps } from "./types.js" */

const MARGIN = 22;
const HEAD = 56;
const CHIP = 32;
const STEP = 34;
const FIGURE = 66;

/**
 * The scores that fit, and how many do not. Pure.
 * @param {ScoreSteps} steps
 * @param {{width: number, height: number, size: number}} scene
 */
export function scoreRows({ scores, more }, { width, height, size }) {
  const room = height - HEAD - size * 2;
  const step = Math.max(size * 1.55, Math.min(STEP, room / Math.max(1, scores.length)));
  const fit = Math.max(1, Math.min(scores.length, Math.floor(room / step)));
  const label = Math.min(150, width * 0.28);
  const left = MARGIN + CHIP + label;
  const scale = (width - left - MARGIN - FIGURE) / (scores[0]?.score || 1);
  const rows = scores.slice(0, fit).map((one, i) => ({ ...one, y: HEAD + i * step, length: one.score * scale }));
  return { rows, step, left, label, more: more + scores.length - rows.length };
}

/** @type {Figure} */
export const figure = {
  draw(place, scene) {
    const steps = stepsOf(scene, "scores");
    if (placed(scene.state).length === 0) return put(place, scene, [saying(scene, _("No node is active."))]);
    if (!steps) return put(place, scene, [saying(scene, _("Find a key to see its scores."))]);
    const { rows, step, left, label, more } = scoreRows(steps, scene);
    const { size, width, found } = scene;
    const end = HEAD + rows.length * step + size;
    const rest = ngettext("%(n)s lower score", "%(n)s lower scores", more);
    put(place, scene, [
      text(cut(found?.key ?? "", width - 2 * MARGIN, size), MARGIN, 20, { size, weight: 600, mono: true }),
      text(_("score = weight / \u2212ln(draw / 2\u00b3\u00b2)"), MARGIN, 20 + size * 1.4, { size, ink: "ink2" }),
      ...rows.flatMap((row, i) => bar(scene, row, { step, left, label, first: i === 0 })),
      ...(more > 0 ? [text(interpolate(rest, { n: count(more) }), left, end, { size, ink: "ink3" })] : []),
    ]);
  },

  list(scene) {
    const steps = stepsOf(scene, "scores");
    if (!steps) return [_("Find a key to see its scores.")];
    return steps.scores.map(({ node: number, score, draw }) =>
      interpolate(_("%(node)s: score %(score)s, draw %(draw)s"), {
        node: scene.faces.of(number).name,
        score: scoreWords(score),
        draw: count(draw),
      }),
    );
  },
};

/**
 * @param {Scene} scene
 * @param {ReturnType<typeof scoreRows>["rows"][number]} row
 * @param {{step: number, left: number, label: number, first: boolean}} where
 */
function bar({ faces, size, active }, { node: number, y, length, score, draw }, { step, left, label, first }) {
  const face = faces.of(number);
  const middle = y + step / 2;
  const height = Math.min(18, step - 6);
  const shape = { x: left, y: middle - height / 2, width: Math.max(1, length), height };
  const over = overlay(face.look, "fig");
  const strong = first || number === active;
  const words = { size, ink: strong ? "ink" : "ink2", weight: strong ? 700 : undefined };
  return [
    nodeBox(face, { x: MARGIN, y: middle - size * 0.75, width: CHIP - 6, height: size * 1.5 }, { size }),
    node(
      "g",
      { "data-owner": number, "data-score": String(score), "data-draw": draw },
      node("title", {}, face.name),
      text(cut(face.label, label - 8, size), MARGIN + CHIP, middle + size * 0.36, words),
      node("rect", { ...shape, fill: paint(face.look) }),
      ...(over ? [node("rect", { ...shape, fill: over })] : []),
      text(scoreWords(score), left + length + 8, middle + size * 0.36, { ...words, mono: true }),
    ),
  ];
}

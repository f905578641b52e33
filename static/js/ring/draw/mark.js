/** Marks the selected node and the one under the pointer with ink lines, because colours already identify nodes. */

import { TAU, widened } from "../../lib/geometry.js";
import { arcsOfNode } from "./band.js";

/** @import { Pen } from "./pen.js" */

/** @param {Pen} pen */
export function drawMarks(pen) {
  const { picture, theme, layout } = pen;
  const { hover, selected } = picture;
  if (hover && hover.number !== selected) drawSides(pen, hover.number, theme.ink3, 2.5);
  if (selected !== null) drawSides(pen, selected, theme.ink, 3);
  const arc = hover && arcsOfNode(picture, hover.number).find(({ token }) => token === hover.token);
  if (!arc || layout.lod === "band") return;
  pen.stroke(theme.ink, 2, () => pen.sector(layout.r0 - 1, layout.r1 + 1, arc.start, arc.end));
}

/**
 * A line along both sides of every arc of a node.
 * @param {Pen} pen
 * @param {number} number
 * @param {string} ink
 * @param {number} width
 */
function drawSides(pen, number, ink, width) {
  const { r0, r1, R } = pen.layout;
  const arcs = arcsOfNode(pen.picture, number);
  // With more arcs than pixels around the ring, the line is a full circle.
  const shown = arcs.length > TAU * R ? [{ start: 0, end: TAU }] : arcs;
  pen.strokeEach(ink, width, shown, ({ start, end }) => {
    const [from, to] = widened(start, end, 1.6 / R);
    pen.edge(r1 + 3, from, to);
    pen.edge(r0 - 2.5, from, to);
  });
}

/** Which node is chosen and which is under the pointer: lines of ink at its arcs, because colour already means the node. */

import { widened } from "../../lib/geometry.js";
import { eachArc } from "./band.js";

/** @import { Pen } from "./pen.js" */

/** @param {Pen} pen */
export function drawMarks(pen) {
  const { picture, theme, layout } = pen;
  const { hover, selected } = picture;
  if (hover && hover.number !== selected) drawSides(pen, hover.number, theme.ink3, 2.5);
  if (selected !== null) drawSides(pen, selected, theme.ink, 3);
  if (!hover || layout.lod === "band") return;
  pen.stroke(theme.ink, 2, () =>
    eachArc(picture, hover.number, (start, end, token) => {
      if (token === hover.token) pen.sector(layout.r0 - 1, layout.r1 + 1, start, end);
    }),
  );
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
  pen.stroke(ink, width, () =>
    eachArc(pen.picture, number, (start, end) => {
      const [from, to] = widened(start, end, 1.6 / R);
      pen.edge(r1 + 3, from, to);
      pen.edge(r0 - 2.5, from, to);
    }),
  );
}

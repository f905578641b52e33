/** Maglev: the whole table as rows of cells in the colours of their owners, and the entries round a key enlarged. */

import { count } from "../../lib/format.js";
import { _, interpolate } from "../../lib/i18n.js";
import { cut, node, render, text } from "../draw/svg.js";
import { colour, prepare } from "../draw/theme.js";
import { nodeBox, put, saying, stepsOf } from "./marks.js";
import { placed } from "./row.js";
import { askedBy, CLOSE, cellOf, closeUp, entryAt, gridOf } from "./table-model.js";

/** @import { Figure, Scene, Table } from "./types.js" */

const MARGIN = 22;
const GRID_TOP = 122;
const NARROW = 500;

/** @param {Scene} scene */
const gridIn = ({ table, width, height }) =>
  gridOf(table?.size ?? 1, { width: width - 2 * MARGIN, height: height - GRID_TOP - 10 });

/** @type {Figure} */
export const figure = {
  need: "table",

  draw(place, scene) {
    if (placed(scene.state).length === 0) return put(place, scene, [saying(scene, _("No node is active."))]);
    if (!scene.table) return put(place, scene, [saying(scene, _("Loading the table"))]);
    const { canvas, svg } = layers(place);
    drawCells(canvas, scene, scene.table);
    const { width, height } = scene;
    render(svg, width, height, [
      ...drawCloseUp(scene, scene.table),
      ...drawMarks(scene, scene.table),
      sentence(scene, scene.table),
    ]);
  },

  list(scene) {
    const { table, faces } = scene;
    if (!table) return [_("Loading the table")];
    const held = new Map();
    for (const place of table.entries) held.set(place, (held.get(place) ?? 0) + 1);
    return table.nodes.map(({ node: number, offset, skip }, place) =>
      interpolate(
        _(
          "%(node)s has %(n)s of %(size)s entries. It asks for entry %(offset)s first, then for every %(skip)s entries on.",
        ),
        {
          node: faces.of(number).name,
          n: count(held.get(place) ?? 0),
          size: count(table.size),
          offset: count(offset),
          skip: count(skip),
        },
      ),
    );
  },

  at({ table, ...scene }, x, y) {
    if (!table) return 0;
    const entry = entryAt(gridIn({ table, ...scene }), table.size, x - MARGIN, y - GRID_TOP);
    return entry < 0 ? 0 : (table.nodes[table.entries[entry]]?.node ?? 0);
  },
};

/**
 * The canvas of the cells and the marks over it.
 * @param {HTMLElement} place
 */
function layers(place) {
  const known = place.querySelector("canvas");
  const svg = /** @type {SVGSVGElement | null} */ (place.querySelector("svg"));
  if (known && svg) return { canvas: known, svg };
  const canvas = document.createElement("canvas");
  const marks = /** @type {SVGSVGElement} */ (node("svg", { "aria-hidden": "true" }));
  place.replaceChildren(canvas, marks);
  return { canvas, svg: marks };
}

/** @type {WeakMap<HTMLCanvasElement, unknown[]>} the inputs of each canvas when it was last drawn */
const drawn = new WeakMap();

/**
 * Every cell in its owner's colour. While the pointer is on a node, the others are neutral.
 * @param {HTMLCanvasElement} canvas
 * @param {Scene} scene
 * @param {Table} table
 */
function drawCells(canvas, scene, table) {
  const { width, height, theme, faces, active } = scene;
  const from = [table, width, height, theme, faces, active];
  const last = drawn.get(canvas);
  if (last && from.every((part, i) => part === last[i])) return;
  drawn.set(canvas, from);
  const pen = prepare(canvas, width, height, theme.scale);
  pen.clearRect(0, 0, width, height);
  const grid = gridIn(scene);
  const { cell, columns, each } = grid;
  const gap = cell > 4 ? 1 : 0;
  const inks = table.nodes.map(({ node: number }) =>
    active !== null && active !== number ? theme.line : colour(theme, faces.of(number).look),
  );
  // One colour after the other, because changing it costs more than a rectangle, and there are never many.
  const palette = [...new Set(inks)];
  const inkOf = Uint8Array.from(inks, (ink) => palette.indexOf(ink));
  palette.forEach((ink, which) => {
    pen.fillStyle = ink;
    for (let at = 0, entry = 0; entry < table.size; at++, entry += each) {
      if (inkOf[table.entries[entry]] !== which) continue;
      pen.fillRect(MARGIN + (at % columns) * cell, GRID_TOP + Math.floor(at / columns) * cell, cell - gap, cell - gap);
    }
  });
}

/**
 * @param {Scene} scene
 * @param {Table} table
 */
function drawCloseUp(scene, { size: entries, nodes, entries: owners }) {
  const { width, size, faces } = scene;
  const steps = stepsOf(scene, "entry");
  const at = steps?.entry ?? 0;
  const shown = closeUp(entries, at, width - 2 * MARGIN);
  const start = (width - shown.length * CLOSE) / 2;
  const y = 46;
  const words = steps
    ? interpolate(_("%(key)s: hash mod %(size)s = entry %(entry)s"), {
        key: cut(scene.found?.key ?? "", width * 0.4, size),
        size: count(entries),
        entry: count(at),
      })
    : _("Find a key to see its entry.");
  const boxes = shown.map((entry, i) => {
    const number = nodes[owners[entry]]?.node ?? 0;
    const box = { x: start + i * CLOSE + 1, y, width: CLOSE - 2, height: 30 };
    const strong = steps !== null && entry === at;
    return nodeBox(faces.of(number), box, { size, strong, data: { "data-entry": entry } });
  });
  const middle = start + (shown.indexOf(at) + 0.5) * CLOSE;
  return [
    text(cut(words, width - 2 * MARGIN, size * 0.94), width / 2, 26, { size, weight: 600, anchor: "middle" }),
    ...boxes,
    ...(steps ? [node("path", { d: `M${middle} ${y + 34}v10`, stroke: "var(--ink)", "stroke-width": 2 })] : []),
  ];
}

/**
 * The key's entry in the grid, and the first entries in the order of the node under the pointer.
 * @param {Scene} scene
 * @param {Table} table
 */
function drawMarks(scene, table) {
  const grid = gridIn(scene);
  const steps = stepsOf(scene, "entry");
  const place = (/** @type {number} */ entry) => {
    const { x, y } = cellOf(grid, entry);
    return { x: x + MARGIN, y: y + GRID_TOP };
  };
  const asked = scene.active === null ? [] : askedBy(table, scene.active);
  const numbers = asked.map(({ entry, got }, i) => {
    const { x, y } = place(entry);
    const words = {
      size: 12,
      weight: 700,
      anchor: /** @type {const} */ ("middle"),
      mono: true,
      ink: got ? "panel" : "ink",
    };
    const disc = {
      cx: x,
      cy: y,
      r: 10,
      fill: got ? "var(--ink)" : "var(--panel)",
      stroke: "var(--ink)",
      "stroke-width": 1.5,
    };
    return node(
      "g",
      { "data-asked": i, "data-entry": entry, "data-got": String(got) },
      node("circle", disc),
      text(String(i + 1), x, y + 4.3, words),
    );
  });
  if (!steps) return numbers;
  const { x, y } = place(steps.entry);
  const r = Math.max(7, grid.cell);
  const halo = node("circle", { cx: x, cy: y, r, fill: "none", stroke: "var(--panel)", "stroke-width": 5 });
  const mark = node("circle", {
    cx: x,
    cy: y,
    r,
    fill: "none",
    stroke: "var(--ink)",
    "stroke-width": 2.5,
    "data-looked-up": steps.entry,
  });
  return [...numbers, halo, mark];
}

const ALL = () => _("%(n)s entries. Point at one to see the order in which its node asks.");
const SAMPLED = () => _("%(n)s entries; one of %(each)s is drawn. Point at one to see the order of its node.");

/**
 * @param {import("./types.js").Order} order
 * @param {Scene} scene
 */
function orderWords({ node: number, offset, skip }, { faces, width, size }) {
  const long = _(
    "%(node)s asks for entry %(offset)s, then for every %(skip)s entries on. Hollow: another node had it.",
  );
  const text_ = width < NARROW ? _("%(node)s: entry %(offset)s, then +%(skip)s each") : long;
  const label = cut(faces.of(number).label, 110, size);
  return interpolate(text_, { node: label, offset: count(offset), skip: count(skip) });
}

/**
 * A sentence that explains the marks.
 * @param {Scene} scene
 * @param {Table} table
 */
function sentence(scene, table) {
  const { active, width, size } = scene;
  const order = table.nodes.find(({ node: number }) => number === active);
  const { each } = gridIn(scene);
  const values = { n: count(table.size), each };
  const words = order ? orderWords(order, scene) : width < NARROW ? _("%(n)s entries") : each > 1 ? SAMPLED() : ALL();
  const said = interpolate(words, values);
  return text(cut(said, width - 2 * MARGIN, size * 0.92), width / 2, 108, { size, ink: "ink2", anchor: "middle" });
}

/** The layout of Maglev's table: its grid, the entries around one, and the first ones that a node asks for. Pure. */

/** @import { Table } from "./types.js" */

/** Width of an enlarged entry. */
export const CLOSE = 30;
const BIGGEST = 16;
/** How many entries of a node's order are numbered. */
const ASKED = 12;

/**
 * The grid of the table: square cells, one per entry, or one per `each` entries if there are too few pixels.
 * @param {number} size entries
 * @param {{width: number, height: number}} room
 */
export function gridOf(size, { width, height }) {
  const wide = Math.max(1, Math.floor(width));
  const high = Math.max(1, Math.floor(height));
  const each = Math.max(1, Math.ceil(size / (wide * high)));
  const cells = Math.ceil(size / each);
  let cell = BIGGEST;
  while (cell > 1 && Math.ceil(cells / Math.floor(wide / cell || 1)) * cell > high) cell -= 1;
  const columns = Math.min(cells, Math.max(1, Math.floor(wide / cell)));
  return { cell, columns, each, rows: Math.ceil(cells / columns) };
}

/**
 * The middle of an entry's cell in the grid.
 * @param {ReturnType<typeof gridOf>} grid
 * @param {number} entry
 */
export function cellOf({ cell, columns, each }, entry) {
  const at = Math.floor(entry / each);
  return { x: ((at % columns) + 0.5) * cell, y: (Math.floor(at / columns) + 0.5) * cell };
}

/**
 * The entry at a point of the grid, -1 outside it.
 * @param {ReturnType<typeof gridOf>} grid
 * @param {number} size entries
 * @param {number} x
 * @param {number} y
 */
export function entryAt({ cell, columns, each }, size, x, y) {
  const column = Math.floor(x / cell);
  const entry = (Math.floor(y / cell) * columns + column) * each;
  return x < 0 || y < 0 || column >= columns || entry >= size ? -1 : entry;
}

/**
 * The first entries that a node asks for, in its order, and whether it got each.
 * @param {Table} table
 * @param {number} number of the node
 */
export function askedBy({ size, nodes, entries }, number) {
  const place = nodes.findIndex(({ node: one }) => one === number);
  if (place < 0) return [];
  const { offset, skip } = nodes[place];
  return Array.from({ length: Math.min(ASKED, size) }, (_unused, i) => {
    const entry = (offset + i * skip) % size;
    return { entry, got: entries[entry] === place };
  });
}

/**
 * The entries around one, as many as fit into a width, wrapping at the ends of the table.
 * @param {number} size entries
 * @param {number} entry
 * @param {number} width
 */
export function closeUp(size, entry, width) {
  const most = Math.max(1, Math.floor(width / CLOSE));
  const shown = Math.min(size, most % 2 ? most : most - 1 || 1);
  return Array.from({ length: shown }, (_unused, i) => (entry - (shown >> 1) + i + size) % size);
}

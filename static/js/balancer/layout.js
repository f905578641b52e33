/** How a policy's queues fit the available space: as squares, bars, or counts of nodes. Pure. */

/**
 * @typedef {"squares" | "bars" | "counts"} Detail squares: a square a request, above the number of its node; bars: a bar a
 *   node; counts: a bar for each length of queue, as high as there are nodes that have it
 * @typedef {{width: number, height: number, nodes: number, longest: number, zoom: number}} Room longest: the most
 *   requests that a node ever has, under any policy of the race, so that all are drawn to one scale
 * @typedef {{detail: Detail, step: number, base: number, top: number, pitch: number, columns: number, rows: number}} Layout
 *   step: width of a node (of a length, for counts); base: where the queues stand; top: the highest that they reach;
 *   pitch: of a square, or of a request in a bar; columns and rows: of squares at the most
 */

const SQUARE = 9;
const LEAST_SQUARE = 3;
const ROOM_OF_NUMBER = 15;
const ROOM_OF_LABEL = 22;
const WIDTH_OF_NODE = 16;
const WIDTH_OF_BAR = 3;
const WIDTH_OF_COUNT = 26;
const MOST_COLUMNS = 8;

/**
 * @param {Room} room
 * @returns {Layout}
 */
export function layoutOf({ width, height, nodes, longest, zoom }) {
  const step = width / Math.max(1, nodes);
  const top = ROOM_OF_NUMBER * zoom;
  const base = height - ROOM_OF_LABEL * zoom;
  const tall = Math.max(1, base - top);
  const most = Math.max(1, longest);
  const squares = squaresIn(step, tall, most, zoom);
  if (step >= WIDTH_OF_NODE * zoom && squares) return { detail: "squares", step, base, top, ...squares };
  if (step >= WIDTH_OF_BAR) {
    return { detail: "bars", step, base, top, pitch: Math.min(SQUARE * zoom, tall / most), columns: 1, rows: most };
  }
  const lengths = Math.min(most + 1, Math.max(1, Math.floor(width / (WIDTH_OF_COUNT * zoom))));
  return { detail: "counts", step: width / lengths, base, top, pitch: tall, columns: lengths, rows: 1 };
}

/**
 * The largest squares that fit the longest queue; null if they would be too small.
 * @param {number} step
 * @param {number} tall
 * @param {number} most
 * @param {number} zoom
 */
function squaresIn(step, tall, most, zoom) {
  const choices = Array.from({ length: MOST_COLUMNS - 1 }, (_, i) => {
    const columns = i + 2;
    const rows = Math.ceil(most / columns);
    return { columns, rows, pitch: Math.min(SQUARE * zoom, (step * 0.8) / columns, tall / rows) };
  });
  const best = choices.reduce((one, other) => (other.pitch > one.pitch ? other : one));
  return best.pitch >= LEAST_SQUARE ? best : null;
}

/**
 * The step between labelled nodes, so that labels do not touch: 1, 2, 5, 10, 20, ...
 * @param {number} step width of a node
 * @param {number} label width of the longest label
 */
export function labelEvery(step, label) {
  for (let ten = 1; ; ten *= 10)
    for (const by of [1, 2, 5]) {
      if (by * ten * step >= label) return by * ten;
    }
}

/**
 * The layout of the timeline strip; pure. Time is to scale, long gaps are cut and marked, events keep a minimum distance, and
 * a long log is shown as a window around the current moment.
 */

/** @import { Glyph } from "../kinds/glyphs.js" */

/**
 * @typedef {{v: number, at: string | number, label: string, share?: number | null, glyph?: Glyph}} StripEvent
 *   at: ISO 8601 or milliseconds; share: keys that changed owner, 0..1
 */
/** @typedef {{v: number, x: number, ms: number, event: StripEvent, later: boolean}} Spot an event; later than the one shown */
/** @typedef {{x0: number, x1: number, cut: boolean, ms: number}} Segment between two places; cut: not to scale */
/** @typedef {{x: number, ms: number}} Tick a whole minute */
/**
 * @typedef {{
 *   places: Spot[], segments: Segment[], ticks: Tick[], end: number,
 *   before: number, after: number, cursor: {x: number, ms: number, live: boolean},
 * }} StripModel
 *   end: x of now, or of the last event of the window if more follow; before, after: number of events outside the window
 */

const SILENCE_MS = 90_000;
const MINUTE_MS = 60_000;
const CUT = 54;
const MORE = 100;
const LEAST = 34;
const LEFT = 34;
const LEAST_TICK = 12;

/**
 * @param {{events: StripEvent[], at: number | null, head: number, now: number, width: number, plan?: boolean}} log
 *   events: any order, neighbours in the log; at: the version shown, null at the head; now: ms; width: px
 * @returns {StripModel}
 */
export function stripModel({ events, at, head, now, width, plan = false }) {
  const sorted = events.slice().sort((a, b) => a.v - b.v);
  const right = width - (plan ? 96 : 46);
  const chosen = chooseWindow(sorted, at, right - LEFT);
  const before = chosen.length > 0 ? chosen[0].v - 1 : 0;
  const after = chosen.length > 0 ? Math.max(0, head - chosen[chosen.length - 1].v) : 0;
  const left = before > 0 ? LEFT + MORE : LEFT;
  const moments = chosen.map((event) => Number(new Date(event.at)));
  // The clocks of two machines differ, so force times to follow the order of the log.
  for (let i = 1; i < moments.length; i++) moments[i] = Math.max(moments[i], moments[i - 1]);
  const last = moments[moments.length - 1] ?? now;
  const stops = [...moments, after > 0 ? last + SILENCE_MS + 1 : Math.max(now, last)];
  const xs = after > 0 ? [...scale(moments, left, right - MORE), right] : scale(stops, left, right);
  const shown = at === null ? Number.POSITIVE_INFINITY : at;
  const places = chosen.map((event, i) => ({ v: event.v, x: xs[i], ms: moments[i], event, later: event.v > shown }));
  const here = at === null ? undefined : places.find((place) => place.v === at);
  const end = xs[xs.length - 1];
  return {
    places,
    segments: segmentsOf(stops, xs, before > 0),
    ticks: after > 0 ? ticksOf(stops.slice(0, -1), xs) : ticksOf(stops, xs),
    end,
    before,
    after,
    cursor: here ? { x: here.x, ms: here.ms, live: false } : { x: end, ms: Math.max(now, last), live: true },
  };
}

/**
 * As many events as fit: the newest ones, or those around the one shown.
 * @param {StripEvent[]} sorted
 * @param {number | null} at
 * @param {number} room px
 */
function chooseWindow(sorted, at, room) {
  const most = Math.max(2, Math.floor(room / (LEAST + 14)));
  if (sorted.length <= most) return sorted;
  const here = at === null ? -1 : sorted.findIndex((event) => event.v === at);
  const middle = here < 0 ? sorted.length : here + Math.ceil(most / 2);
  const end = Math.max(most, Math.min(sorted.length, middle));
  return sorted.slice(end - most, end);
}

/**
 * The x of every moment. All gaps that are not cut share one scale, found by bisection, with a minimum distance.
 * @param {number[]} stops ms, rising
 * @param {number} left
 * @param {number} right
 */
function scale(stops, left, right) {
  const gaps = stops.slice(1).map((ms, i) => ms - stops[i]);
  const room = right - left;
  const widths = (/** @type {number} */ unit) =>
    gaps.map((gap) => (gap > SILENCE_MS ? CUT : Math.max(LEAST, gap * unit)));
  const sum = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0);
  let low = 0;
  let high = room;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (sum(widths(middle)) > room) high = middle;
    else low = middle;
  }
  const found = widths(low);
  const stretch = room / (sum(found) || 1);
  const xs = [left];
  for (const each of found) xs.push(xs[xs.length - 1] + each * stretch);
  return xs;
}

/**
 * @param {number[]} stops
 * @param {number[]} xs
 * @param {boolean} more whether events come before the first
 * @returns {Segment[]}
 */
function segmentsOf(stops, xs, more) {
  const segments = xs
    .slice(1)
    .map((x1, i) => ({ x0: xs[i], x1, ms: stops[i + 1] - stops[i], cut: stops[i + 1] - stops[i] > SILENCE_MS }));
  return more ? [{ x0: LEFT, x1: xs[0], ms: 0, cut: true }, ...segments] : segments;
}

/**
 * Whole minutes inside the gaps that are to scale, unless two would touch.
 * @param {number[]} stops
 * @param {number[]} xs
 * @returns {Tick[]}
 */
function ticksOf(stops, xs) {
  const ticks = [];
  for (let i = 1; i < stops.length; i++) {
    const gap = stops[i] - stops[i - 1];
    if (gap === 0 || gap > SILENCE_MS) continue;
    const pace = (xs[i] - xs[i - 1]) / gap;
    if (pace * MINUTE_MS < LEAST_TICK) continue;
    for (let ms = Math.floor(stops[i - 1] / MINUTE_MS + 1) * MINUTE_MS; ms < stops[i]; ms += MINUTE_MS) {
      ticks.push({ x: xs[i - 1] + (ms - stops[i - 1]) * pace, ms });
    }
  }
  return ticks;
}

/** The marks on a lane, as times: bars, ticks, lines. Pure; draw.js draws them. */

import { shortId } from "./text.js";

/** @import { Hold, Lane, Row } from "./types.js" */

/**
 * @typedef {{from: number, to: number, fromSeen: boolean, face: string | null, words: string[], end: Hold["end"] | "held",
 *   track: number}} Bar
 *   face: what its look depends on, null if the holder's name is unknown; words: the longest first
 * @typedef {{bars: Bar[], leases: {to: number, track: number}[], ticks: number[], stalls: {from: number, to: number}[],
 *   waits: {from: number, to: number, row: number}[], stops: number[], tracks: number}} Marks
 *   leases: until when, Infinity without a TTL; stalls: times without the renewal that was due
 */

const MOST_TRACKS = 4;
const MOST_WAITS = 3;

/**
 * @param {Lane} lane
 * @param {number} now
 * @returns {Marks}
 */
export function marksOf(lane, now) {
  const held = lane.rows.slice(0, MOST_TRACKS);
  const tracks = Math.max(1, held.length);
  const bars = [
    ...lane.holds.map((hold, i) => heldOnce(hold, tracks > 1 ? i % tracks : 0)),
    ...held.map((row, track) => heldNow(row, track, now)),
  ];
  const alerts = held.flatMap((row) => row.alerts);
  const stalls = alerts.filter(({ kind }) => kind === "missed_renewal").map(({ since }) => ({ from: since, to: now }));
  return {
    bars,
    leases: held.map(({ ends_at }, track) => ({ to: ends_at ?? Number.POSITIVE_INFINITY, track })),
    ticks: [...lane.holds, ...held].flatMap(({ renewed }) => renewed),
    stalls,
    waits: waitLines(lane, now),
    stops: alerts.filter(({ kind }) => kind === "stale_write").map(({ since }) => since),
    tracks,
  };
}

/** @param {Hold} hold @param {number} track @returns {Bar} */
const heldOnce = ({ from, to, from_seen, label, holder, fencing, end }, track) => ({
  from: from ?? Number.NEGATIVE_INFINITY,
  to,
  fromSeen: from_seen && from !== null,
  face: label,
  words: wordsOf(label, holder, fencing),
  end,
  track,
});

/** @param {Row} row @param {number} track @param {number} now @returns {Bar} */
const heldNow = ({ since, since_seen, label, holder, fencing }, track, now) => ({
  from: since ?? Number.NEGATIVE_INFINITY,
  to: now,
  fromSeen: since_seen && since !== null,
  face: label,
  words: wordsOf(label, holder, fencing),
  end: "held",
  track,
});

/**
 * Texts for a bar, the longest first.
 * @param {string | null} label
 * @param {import("./types.js").Text | null} holder
 * @param {number | null} fencing
 */
function wordsOf(label, holder, fencing) {
  const id = shortId(holder);
  if (!label) return id ? [id, `${id.slice(0, 4)}…`] : [];
  const short = /^(\w)[a-z]*-(\d+)$/.exec(label);
  const token = fencing === null ? [] : [`${label} #${fencing}`];
  return [...token, label, ...(short ? [`${short[1]}-${short[2]}`, short[2]] : [])];
}

/** @param {Lane} lane @param {number} now */
function waitLines({ rows, waits }, now) {
  const ended = waits.map(({ id, from, to }) => ({ id, from, to }));
  const going = rows.flatMap(({ waiting }) =>
    waiting.map(({ id, since }) => ({ id: String(typeof id === "string" ? id : id.b64), from: since ?? now, to: now })),
  );
  /** @type {{id: string, to: number}[]} */
  const free = [];
  const sorted = [...ended, ...going].sort((a, b) => a.from - b.from);
  return sorted.flatMap(({ id, from, to }) => {
    let row = free.findIndex((one) => one.id === id || one.to <= from);
    if (row < 0) row = free.push({ id, to }) - 1;
    free[row] = { id, to };
    return row < MOST_WAITS ? [{ from, to, row }] : [];
  });
}

/** The locks of a source as the server reports them, updated by each frame. Pure: never changes its arguments. */

/** @import { Frame, Hold, Now, Row, Table, Text, Wait } from "./types.js" */

/** How long ended holds and waits are kept: a little longer than the board shows. */
export const KEPT_MS = 60_000;
const MOST_HOLDS = 3000;

/**
 * @param {Now} now
 * @param {Table | null} [before] keeps what this page itself saw: names, waits that ended, numbers of waiters
 * @returns {Table}
 */
export function tableOf(now, before = null) {
  // Without a watcher the server knows no locks: the last known ones stay, and are labelled so.
  if (now.status === null && before) return { ...before, status: null };
  const rows = new Map((now.rows ?? []).map((row) => [row.id, row]));
  return {
    ...told(now),
    rows,
    holds: recent(now.past ?? [], now.now),
    waits: before?.waits ?? [],
    names: named(before?.names ?? new Map(), now.rows ?? [], now.past ?? []),
    series: grown(before?.series ?? [], now),
    many: manyOf(now),
  };
}

/**
 * @param {Table} table
 * @param {Frame} frame
 * @returns {Table | "old" | "gap"} old: the frame has nothing new; gap: an earlier frame is missing, so ask for everything
 */
export function framed(table, frame) {
  if (frame.seq <= table.seq) return frame.now > table.now + KEPT_MS ? "gap" : "old";
  const many = manyOf(frame);
  if (many) return { ...tableOf(frame, table), many };
  if (frame.prev !== table.seq || table.many) return "gap";
  const rows = new Map(table.rows);
  for (const id of frame.gone ?? []) rows.delete(id);
  for (const row of frame.rows ?? []) rows.set(row.id, row);
  return {
    ...told(frame),
    rows,
    holds: recent([...table.holds, ...(frame.past ?? [])], frame.now),
    waits: [...table.waits, ...waitsEnded(table.rows, frame, rows)].filter(({ to }) => to > frame.now - KEPT_MS),
    names: named(table.names, frame.rows ?? [], frame.past ?? []),
    series: grown(table.series, frame),
    many: null,
  };
}

/** @param {Now | Frame} given */
const told = ({ seq, now, status, counts }) => ({ seq, now, status, counts });

/** @param {Now | Frame} given */
const manyOf = ({ groups, attention, small }) =>
  groups ? { groups, attention: attention ?? [], small: small ?? null } : null;

/** @param {Hold[]} holds @param {number} now */
const recent = (holds, now) => holds.filter(({ to }) => to > now - KEPT_MS).slice(-MOST_HOLDS);

/**
 * @param {Map<string, Text>} names
 * @param {Row[]} rows
 * @param {Hold[]} past
 */
function named(names, rows, past) {
  const fresh = [...rows, ...past].filter(({ lane, name }) => name !== undefined && names.get(lane) !== name);
  if (fresh.length === 0) return names;
  const next = new Map(names);
  for (const { lane, name } of fresh) if (name !== undefined) next.set(lane, name);
  return next;
}

/**
 * The number of waiters, one point per change, within the time that the board shows.
 * @param {Table["series"]} series
 * @param {Now | Frame} given
 * @returns {Table["series"]}
 */
function grown(series, { now, counts }) {
  const last = series.at(-1);
  if (last && (last[1] === counts.waits || now < last[0])) return series;
  const kept = series.findLastIndex(([at]) => at < now - KEPT_MS);
  return [...series.slice(Math.max(0, kept)), [now, counts.waits]];
}

/**
 * The waits that ended: of waiters who are no longer in rows that changed or went.
 * @param {Map<string, Row>} before
 * @param {Frame} frame
 * @param {Map<string, Row>} after
 * @returns {Wait[]}
 */
function waitsEnded(before, frame, after) {
  const changed = [...(frame.gone ?? []), ...(frame.rows ?? []).map(({ id }) => id)];
  const still = new Set([...after.values()].flatMap((row) => row.waiting.map((one) => waitKey(row, one.id))));
  return changed.flatMap((id) => {
    const row = before.get(id);
    const ended = row?.waiting.filter((one) => one.since !== null && !still.has(waitKey(row, one.id))) ?? [];
    return ended.map((one) => ({ lane: row?.lane ?? "", id: idText(one.id), from: one.since ?? 0, to: frame.now }));
  });
}

/** @param {Text} id */
const idText = (id) => (typeof id === "string" ? id : id.b64);

/** @param {Row} row @param {Text} id */
const waitKey = (row, id) => `${row.lane} ${idText(id)}`;

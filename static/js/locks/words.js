/** What the page says about a lock. Pure. */

import { count, duration, fixed } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { brief, shortId } from "./text.js";

/** @import { Alert, Counts, Lane, Row, Table } from "./types.js" */

const TENTHS_UNTIL_MS = 100_000;

/**
 * The time left: tenths of a second below 100 s, otherwise its largest unit.
 * @param {number} ms
 * @returns {[value: string, unit: string]}
 */
export function leftParts(ms) {
  if (ms < TENTHS_UNTIL_MS) return [fixed(Math.max(0, Math.floor(ms / 100) / 10), 1), _("s")];
  const words = duration(ms);
  const cut = words.indexOf(" ");
  return [words.slice(0, cut), words.slice(cut + 1)];
}

/** @param {number} ms */
export const leftWords = (ms) => leftParts(ms).join("\u00a0");

/** A length of time: tenths below 100 s, otherwise its two largest units. @param {number} ms */
export function lasting(ms) {
  if (ms < TENTHS_UNTIL_MS) return interpolate(_("%(n)s s"), { n: fixed(Math.max(0, ms) / 1000, 1) });
  if (ms < 3_600_000) return duration(ms);
  const rest = ms % (ms < 86_400_000 ? 3_600_000 : 86_400_000);
  return rest >= (ms < 86_400_000 ? 60_000 : 3_600_000) ? `${duration(ms)} ${duration(rest)}` : duration(ms);
}

/** A length that does not count down: "12 s", "3.4 s", "3 h 12 min". @param {number} ms */
export const length = (ms) =>
  ms < TENTHS_UNTIL_MS && ms % 1000 === 0 ? interpolate(_("%(n)s s"), { n: ms / 1000 }) : lasting(ms);

/** A holder by its readable name, otherwise by the ends of its holder_id. @param {Pick<Row, "label" | "holder">} row */
export function holderName({ label, holder }) {
  if (label) return brief(label, 60);
  return holder === null ? _("unknown") : interpolate(_("holder %(id)s"), { id: shortId(holder) });
}

/** A client's name on the page, with how sure it is. @param {Pick<Row, "client" | "confidence">} row */
export function clientWords({ client, confidence }) {
  const name = client === "ringviz" ? _("ours") : client;
  if (confidence === "certain") return name;
  return interpolate(confidence === "likely" ? _("%(client)s, likely") : _("%(client)s, possible"), { client: name });
}

/**
 * Each kind of alert, the worst first.
 * @type {Record<string, {short: (n: number) => string, title: () => string, words: (alert: Alert) => string}>}
 */
const ALERTS = {
  stale_write: {
    short: (n) => ngettext("%(n)s stale write", "%(n)s stale writes", n),
    title: () => _("Stale write"),
    words: () => _("Stale write refused"),
  },
  overwritten: {
    short: (n) => ngettext("%(n)s overwritten", "%(n)s overwritten", n),
    title: () => _("Overwritten"),
    words: () => _("Overwritten without release"),
  },
  missed_renewal: {
    short: (n) => ngettext("%(n)s missed renewal", "%(n)s missed renewals", n),
    title: () => _("Missed renewal"),
    words: () => _("Missed its renewal"),
  },
  no_connection: {
    short: (n) => ngettext("%(n)s without a connection", "%(n)s without a connection", n),
    title: () => _("No connection"),
    words: () => _("Renewed, but the holder is not connected"),
  },
  no_ttl: {
    short: (n) => ngettext("%(n)s no TTL", "%(n)s no TTL", n),
    title: () => _("No TTL"),
    words: () => _("No TTL"),
  },
  long_held: {
    short: (n) => ngettext("%(n)s past its usual time", "%(n)s past their usual time", n),
    title: () => _("Held too long"),
    words: ({ value }) =>
      value === null
        ? _("Held past its usual time")
        : interpolate(_("Held past its usual %(time)s"), { time: length(value) }),
  },
  starving: {
    short: (n) => ngettext("%(n)s with starving waiters", "%(n)s with starving waiters", n),
    title: () => _("Starving waiters"),
    words: ({ value }) =>
      value === null
        ? _("A waiter is starving")
        : interpolate(_("A waiter has waited %(time)s"), { time: lasting(value) }),
  },
};

/** The kinds of alerts that can filter locks, the worst first. */
export const ALERT_KINDS = Object.keys(ALERTS);

/** @param {string} kind */
export const alertTitle = (kind) => (Object.hasOwn(ALERTS, kind) ? ALERTS[kind].title() : kind);

/** @param {Alert} alert with its figure, if it has one */
export const alertWords = (alert) =>
  Object.hasOwn(ALERTS, alert.kind) ? ALERTS[alert.kind].words(alert) : brief(alert.kind);

/** @param {string} kind what is wrong, as the server says it (locks/wording.py) */
export const alertText = (kind) => alertWords({ kind, since: 0, value: null });

/** Why a source cannot be watched, as locks/wording.py says it. @type {Record<string, () => string>} */
const TROUBLES = {
  refused: () => _("The server refuses the connection. Check that it runs and that the address is right."),
  timeout: () => _("The server does not answer in time."),
  dns: () => _("The server's name cannot be resolved."),
  lost: () => _("The connection to the server was lost."),
  auth: () => _("The server refuses the user name or password."),
  noperm: () => _("The user of this source lacks a right that is needed. Compare its ACL with docs/locks.md."),
  oom: () => _("The server is out of memory and refuses commands."),
  loading: () => _("The server is loading its data."),
  busy: () => _("Another client's script is blocking the server."),
  readonly: () => _("The server is a replica and accepts no writes."),
  stale: () => _("The server is a replica that lost its primary."),
  moved: () => _("The cluster is moving slots."),
  cluster: () => _("The cluster is down or does not serve every slot."),
  sentinel: () => _("No Sentinel names a primary."),
  tls: () => _("The TLS handshake failed. Check the certificate and the address."),
  protocol: () => _("The program at that address is not a Redis or Valkey server."),
  full: () => _("The server is not accepting new connections."),
  config: () => _("The entry in LOCK_SOURCES is not valid."),
};

/** @param {import("./types.js").Trouble} trouble with the server's own words behind */
export function troubleText({ kind, text }) {
  const what = Object.hasOwn(TROUBLES, kind) ? TROUBLES[kind]() : _("The server cannot be watched.");
  return text ? interpolate(_("%(what)s It says: %(words)s"), { what, words: brief(text) }) : what;
}

/** @param {Record<string, number>} attention how many of each kind */
export function attentionWords(attention) {
  const kinds = Object.entries(attention).filter(([, n]) => n > 0);
  kinds.sort(([a], [b]) => alertRank(a) - alertRank(b));
  return kinds
    .map(([kind, n]) => (Object.hasOwn(ALERTS, kind) ? interpolate(ALERTS[kind].short(n), { n: count(n) }) : kind))
    .join(", ");
}

/** The rank of a kind; an unknown one comes last. @param {string} kind */
export const alertRank = (kind) => (ALERT_KINDS.indexOf(kind) + ALERT_KINDS.length + 1) % (ALERT_KINDS.length + 1);

/** @param {Row[]} rows @returns {Alert | undefined} */
export const worstAlert = (rows) =>
  rows.flatMap(({ alerts }) => alerts).sort((a, b) => alertRank(a.kind) - alertRank(b.kind))[0];

/**
 * The line below the time left: what is wrong, otherwise what is worth knowing.
 * @param {Lane} lane
 * @param {number} now
 * @returns {{text: string, bad?: boolean, inferred?: boolean}}
 */
export function noteOf({ rows, holds }, now) {
  const alert = worstAlert(rows);
  if (alert?.kind === "missed_renewal") {
    return { text: interpolate(_("No renewal for %(time)s"), { time: lasting(now - alert.since) }), bad: true };
  }
  if (alert) return { text: alertWords(alert), bad: true };
  const [row] = rows;
  if (!row) return { text: interpolate(_("Free for %(time)s"), { time: duration(now - (holds.at(-1)?.to ?? now)) }) };
  const overdue = row.ends_at === null ? 0 : now - row.ends_at;
  if (overdue > 1000) return { text: interpolate(_("Was due %(time)s ago"), { time: duration(overdue) }) };
  if (rows.length > 1) {
    return { text: interpolate(ngettext("%(n)s holder", "%(n)s holders", rows.length), { n: count(rows.length) }) };
  }
  const pace = renewsEvery(row);
  if (pace !== null) return { text: interpolate(_("Renews every %(time)s"), { time: lasting(pace) }), inferred: true };
  if (!row.since_seen || row.since === null) return { text: _("Start not seen") };
  if (row.waiters === null) return { text: _("Waiters not seen") };
  return { text: interpolate(_("Held for %(time)s"), { time: duration(now - row.since) }) };
}

/** @param {Row} row @returns {number | null} ms between its renewals, if there were three or more */
export function renewsEvery({ renewed }) {
  if (renewed.length < 3) return null;
  return ((renewed.at(-1) ?? 0) - renewed[0]) / (renewed.length - 1);
}

/**
 * Who is waiting, in a few words.
 * @param {Lane} lane
 * @param {boolean} [short] by the ends of their names
 * @returns {{text: string, unknown?: boolean, inferred?: boolean}}
 */
export function waitersWords({ rows }, short = false) {
  if (rows.length === 0) return { text: _("none"), unknown: true };
  const names = [...new Set(rows.flatMap(({ waiting }) => waiting.map(({ label, id }) => label ?? shortId(id))))];
  const known = rows.filter(({ waiters }) => waiters !== null);
  if (known.length === 0) return { text: _("unknown"), unknown: true };
  const inferred = known.some((row) => row.waiters_inferred);
  const waiters = Math.max(...known.map((row) => row.waiters ?? 0));
  if (waiters === 0) return { text: _("none"), unknown: true };
  if (names.length === waiters && waiters <= 2) {
    const cut = (/** @type {string} */ name) => name.replace(/^(\w)[a-z]*-(?=\d+$)/, "$1-");
    return { text: names.map((name) => (short ? cut(name) : brief(name, 24))).join(", "), inferred };
  }
  return { text: interpolate(_("%(n)s wait"), { n: count(waiters) }), inferred };
}

/**
 * The sentence under the title.
 * @param {Table} table
 * @param {number} free lanes that nobody holds
 */
export function summary({ counts, many, status }, free) {
  if (status?.state !== "watching" && counts.held + free === 0) return "";
  const head = many ? attentionSentence(counts) : heldSentence(counts, free);
  return [head, waitsSentence(counts), hiddenSentence(counts)].filter(Boolean).join(" ");
}

/** @param {Counts} counts */
function attentionSentence({ alerts, held }) {
  const text = ngettext(
    "%(n)s of %(all)s locks needs attention.",
    "%(n)s of %(all)s locks need attention.",
    Math.max(1, alerts),
  );
  return alerts === 0
    ? interpolate(_("%(all)s locks. None needs attention."), { all: count(held) })
    : interpolate(text, { n: count(alerts), all: count(held) });
}

/** @param {Counts} counts @param {number} free */
function heldSentence({ held }, free) {
  if (held + free === 0) return _("No locks are held.");
  const values = { held: count(held), free: count(free) };
  return free === 0
    ? interpolate(_("%(held)s held."), values)
    : interpolate(_("%(held)s held, %(free)s free."), values);
}

/** @param {Counts} counts */
function waitsSentence({ waits, held }) {
  if (waits === 0) return held === 0 ? "" : _("No waiters seen.");
  return interpolate(ngettext("%(n)s waits.", "%(n)s wait.", waits), { n: count(waits) });
}

/** @param {Counts} counts */
function hiddenSentence({ waits_hidden: hidden }) {
  if (hidden === 0) return "";
  const text = ngettext("Waiters of %(n)s lock cannot be seen.", "Waiters of %(n)s locks cannot be seen.", hidden);
  return interpolate(text, { n: count(hidden) });
}

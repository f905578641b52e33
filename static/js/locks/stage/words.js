/** The texts of the stage's panel. Pure. */

import { count, percent } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";

/** @import { EndedRun, Panel, Rung, WorkerNow } from "./types.js" */

/** A client's name on the stage. @param {string} client */
export const clientName = (client) => (client === "ringviz" ? _("our lock") : client);

const STATES = {
  starting: () => _("starting"),
  waiting: () => _("waiting for %(lock)s"),
  inside: () => _("inside %(lock)s"),
  between: () => _("between two locks"),
  paused: () => _("paused"),
  ended: () => _("ended"),
};

/** @param {WorkerNow} worker */
export function workerWords({ state, lock, fencing }) {
  const words = interpolate(STATES[state](), { lock });
  return fencing === null ? words : interpolate(_("%(words)s #%(n)s"), { words, n: fencing });
}

/** @param {Rung["expected"]} expected the prediction, before anything runs */
export function predictedWords({ overlap, stale }) {
  if (!overlap) return stale ? _("One at a time; stale writes accepted") : _("One at a time; no stale write accepted");
  return stale ? _("Two inside; stale writes accepted") : _("Two inside; no stale write accepted");
}

/** @param {number} part @param {number} whole "99.9%" */
export const share = (part, whole) => (whole ? percent(part / whole) : "0%");

/** The sentences that an audience reads first; null until the first and the last rung were judged. @param {Rung[]} rungs */
export function lessonWords(rungs) {
  const [first, last] = [rungs[0]?.result, rungs.at(-1)?.result];
  if (!first || !last) return null;
  const article = interpolate(
    _(
      "SET, the lock from the article that Ringviz grew from, let two in at once in %(share)s of %(entries)s entries; %(stale)s writes wiped out another write.",
    ),
    {
      share: share(first.verdict.overlapping, first.verdict.entries),
      entries: count(first.verdict.entries),
      stale: count(first.verdict.stale),
    },
  );
  const fenced = interpolate(
    last.verdict.stale === 0
      ? _("With a fencing token, entries still overlap (%(share)s), but no stale write is accepted.")
      : _("With a fencing token, %(stale)s stale writes were accepted. That is wrong."),
    { share: share(last.verdict.overlapping, last.verdict.entries), stale: count(last.verdict.stale) },
  );
  return [article, fenced];
}

/** How the last run ended. @param {EndedRun | null} last */
export function lastWords(last) {
  if (!last) return "";
  const what = last.what === "ladder" ? _("Last run of the ladder") : _("Last run of workers");
  const how = {
    done: _("%(what)s: ended, seed %(seed)s."),
    stopped: _("%(what)s: stopped by an operator, seed %(seed)s."),
    failed: _("%(what)s: failed (%(why)s)."),
    cut_off: _("%(what)s: cut off, because its watcher ended."),
  };
  return interpolate(how[last.how] ?? last.how, { what, seed: last.seed, why: last.why });
}

/** Why an operator cannot start anything now; "" if they can. @param {Panel} panel */
export function busyWords({ run, watched }) {
  if (!watched) return _("No watcher is running, so nothing can be started.");
  if (!run) return "";
  return run.what === "ladder" ? _("The ladder is running.") : _("Workers are running.");
}

/** @param {number} elapsedMs @param {number} seconds */
export const elapsedWords = (elapsedMs, seconds) =>
  interpolate(_("%(n)s of %(all)s s"), { n: Math.min(Math.floor(elapsedMs / 1000), seconds), all: seconds });

/** @param {number} n */
export const staleWords = (n) =>
  interpolate(ngettext("%(n)s stale write refused", "%(n)s stale writes refused", n), { n: count(n) });

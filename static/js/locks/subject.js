/** The subject "locks": every kind of event of a source's stream that this page knows. Pure. */

import { count } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { Subject } from "../lib/subject.js";
import { brief } from "./text.js";
import { alertText, troubleText } from "./words.js";

/** @import { EventWords } from "../lib/subject.js" */
/** @import { State } from "./types.js" */

/** @typedef {{fold: (state: State, payload: any) => State, words: (payload: any) => EventWords}} Kind */

const MOST_ALERTS = 200;

/** @type {State} */
export const NOTHING = { source: null, trouble: null, alerts: [], paused: false };

/** @param {string} label @param {string} text @param {Record<string, string | number>} [values] @returns {EventWords} */
const words = (label, text, values = {}) => ({ label, text: interpolate(text, values) });

/** @type {Record<string, Kind>} */
const kinds = {
  lock_broken: {
    fold: (state, { id }) => ({ ...state, alerts: state.alerts.filter((one) => one.id !== id) }),
    words: ({ name, holder, reason, woken, sure }) => {
      const lock = brief(name);
      const values = { lock, holder: holderText(holder), reason: brief(reason, 200) };
      if (!sure)
        return words(
          lock,
          _("%(lock)s: a break was requested (%(reason)s); whether it was carried out is unknown"),
          values,
        );
      const what = interpolate(_("%(lock)s broken, held by %(holder)s: %(reason)s"), values);
      if (!woken) return words(lock, what);
      const text = interpolate(ngettext("%(n)s waiter woken", "%(n)s waiters woken", woken), { n: count(woken) });
      return words(lock, _("%(what)s; %(woken)s"), { what, woken: text });
    },
  },
  alert_raised: {
    fold: (state, { id, lane, key, name, client, kind, holder, since, value }) => {
      const alert = { id, lane, key, name, client, kind, holder, since, value };
      return { ...state, alerts: [...without(state.alerts, alert), alert].slice(-MOST_ALERTS) };
    },
    words: (alert) =>
      words(brief(alert.name), _("%(lock)s: %(what)s"), { lock: brief(alert.name), what: alertText(alert.kind) }),
  },
  alert_cleared: {
    fold: (state, cleared) => ({ ...state, alerts: without(state.alerts, cleared) }),
    words: ({ name, kind }) =>
      words(brief(name), _("%(lock)s: alert cleared (%(what)s)"), { lock: brief(name), what: alertText(kind) }),
  },
  source_lost: {
    fold: (state, { why }) => ({ ...state, trouble: why }),
    words: ({ why }) => words(_("lost"), _("Lost contact with the source. %(why)s"), { why: troubleText(why) }),
  },
  source_back: {
    fold: (state) => ({ ...state, trouble: null }),
    words: () => words(_("back"), _("The source answers again")),
  },
  watch_paused: {
    fold: (state) => ({ ...state, paused: true }),
    words: () => words(_("paused"), _("Watching is paused: the source gets no commands")),
  },
  watch_resumed: {
    fold: (state) => ({ ...state, paused: false }),
    words: () => words(_("resumed"), _("Watching resumed")),
  },
  source_added: {
    fold: (state, { name, slug, breakable }) => ({ ...state, source: { name, slug, breakable } }),
    words: ({ name, breakable }) => {
      const may = _("%(source)s is watched; its locks can be broken");
      return words(brief(name), breakable ? may : _("%(source)s is watched, read-only"), { source: brief(name) });
    },
  },
};

/** @param {import("./types.js").Text | null} holder */
const holderText = (holder) => brief(holder, 40) || _("unknown holder");

/**
 * @param {State["alerts"]} alerts
 * @param {{id: string, kind: string}} one
 */
const without = (alerts, { id, kind }) => alerts.filter((alert) => alert.id !== id || alert.kind !== kind);

/** @type {Subject<State, Kind>} */
export const locks = new Subject("locks", kinds);

/**
 * The subject "balancer": what requests were asked for, and how nodes stood. Pure: the same folds as balancer/core/state.py and
 * the same words as balancer/events.py, held together by the golden files of tests/contract.
 */

import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { Subject } from "../../lib/subject.js";
import { first, labelOf, standWords } from "./policies.js";

/** @import { EventWords } from "../../lib/subject.js" */
/** @import { Stand, State, Traffic } from "./types.js" */

/** @typedef {{fold: (state: State, payload: any) => State, words: (payload: any) => EventWords}} Kind */

/** @returns {State} before the first event */
export const nothing = () => ({ traffic: first(), standings: {} });

/** @type {Record<string, Kind>} */
const kinds = {
  balancer_set: {
    fold: ({ standings }, { traffic }) => ({
      traffic: { ...first(), ...traffic },
      standings: traffic.on ? standings : {},
    }),
    words: trafficWords,
  },
  balancer_stood: {
    fold: (state, { node, stand }) => {
      const { [String(node)]: _before, ...rest } = state.standings;
      return { ...state, standings: stand ? { ...rest, [String(node)]: stand } : rest };
    },
    words: ({ name, stand, why }) => ({
      label: name,
      text: interpolate(_("%(node)s: %(words)s"), { node: name, words: standWords(stand ?? why) }),
    }),
  },
};

/**
 * The most telling difference first, and alone.
 * @param {{traffic: Traffic, before: Traffic}} payload
 * @returns {EventWords}
 */
function trafficWords({ traffic, before }) {
  if (!traffic.on) return { label: _("no requests"), text: _("balancer: requests stopped") };
  const policy = labelOf(traffic.policy);
  if (before.on && traffic.policy !== before.policy) {
    return { label: policy, text: interpolate(_("balancer: %(policy)s"), { policy }) };
  }
  const rate = Math.trunc(traffic.rate);
  const text = ngettext(
    "balancer: %(n)s request a second by %(policy)s",
    "balancer: %(n)s requests a second by %(policy)s",
    rate,
  );
  return { label: _("requests"), text: interpolate(text, { n: count(rate), policy }) };
}

/** @type {Subject<State, Kind>} */
export const balancer = new Subject("balancer", kinds);

/**
 * The event subject "balancer": requested traffic and the nodes' health. Pure. The folds match balancer/core/state.py
 * and the texts match balancer/events.py; the golden files of tests/contract check this.
 */

import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { Subject } from "../../lib/subject.js";
import { first, labelOf, standWords } from "./policies.js";
import { figure, labels } from "./verdicts.js";

/** @import { EventWords } from "../../lib/subject.js" */
/** @import { Stand, State, Traffic } from "./types.js" */

/** @typedef {{fold: (state: State, payload: any) => State, words: (payload: any) => EventWords}} Kind */

/** @returns {State} before the first event */
export const nothing = () => ({ traffic: first(), standings: {}, compared: null });

/** @type {(traffic: Traffic) => Traffic} stored traffic of any version, with missing fields filled in */
const filled = (traffic) => ({ ...first(), ...traffic });

/** @type {(state: State) => State} the same for the whole state */
const whole = (state) => ({ ...nothing(), ...state, traffic: filled(state.traffic) });

/** @type {Record<string, Kind>} */
const kinds = {
  balancer_set: {
    fold: (state, { traffic }) => ({
      ...whole(state),
      traffic: filled(traffic),
      standings: traffic.on ? state.standings : {},
    }),
    words: trafficWords,
  },
  balancer_stood: {
    fold: (state, { node, stand }) => {
      const { [String(node)]: _before, ...rest } = state.standings;
      return { ...whole(state), standings: stand ? { ...rest, [String(node)]: stand } : rest };
    },
    words: ({ name, stand, why }) => ({
      label: name,
      text: interpolate(_("%(node)s: %(words)s"), { node: name, words: standWords(stand ?? why) }),
    }),
  },
  balancer_failed: {
    fold: (state) => ({ ...whole(state), traffic: { ...filled(state.traffic), trial: null } }),
    words: ({ traffic, rounds }) => ({
      label: _("A/B"),
      text: interpolate(
        _("balancer: A/B run of %(a)s and %(b)s failed after %(done)s of %(rounds)s rounds; the driver's log says why"),
        { ...labels(traffic), done: rounds, rounds: traffic.trial.rounds },
      ),
    }),
  },
  balancer_compared: {
    fold: (state, { comparison }) => ({
      ...whole(state),
      traffic: { ...filled(state.traffic), trial: null },
      compared: comparison,
    }),
    words: ({ comparison: { traffic, summary } }) => ({
      label: _("A/B"),
      text: interpolate(_("balancer: %(a)s p99 %(p99_a)s, %(b)s p99 %(p99_b)s, same stream"), {
        ...labels(traffic),
        p99_a: figure(summary.a.p99_ms),
        p99_b: figure(summary.b.p99_ms),
      }),
    }),
  },
};

/**
 * The text for the most important difference.
 * @param {{traffic: Traffic, before: Traffic}} payload
 * @returns {EventWords}
 */
function trafficWords(payload) {
  const now = filled(payload.traffic);
  const before = filled(payload.before);
  if (!now.on) return { label: _("no requests"), text: _("balancer: requests stopped") };
  const trial = trialWords(now, before);
  if (trial) return trial;
  const switched = before.on ? switchedWords(now, before) : null;
  if (switched) return switched;
  const policy = labelOf(now.policy);
  const rate = Math.trunc(now.rate);
  const text = ngettext(
    "balancer: %(n)s request a second by %(policy)s",
    "balancer: %(n)s requests a second by %(policy)s",
    rate,
  );
  return { label: _("requests"), text: interpolate(text, { n: count(rate), policy }) };
}

/**
 * The text for an A/B run that starts, or that ends without another change.
 * @param {Traffic} now
 * @param {Traffic} before
 * @returns {EventWords | null}
 */
function trialWords(now, before) {
  if (now.trial && !alike(now.trial, before.trial)) {
    const text = interpolate(_("balancer: A/B run of %(a)s and %(b)s started"), labels(now));
    return { label: _("A/B"), text };
  }
  const ended = before.trial && alike(now, { ...before, trial: null });
  return ended ? { label: _("A/B"), text: _("balancer: A/B run stopped") } : null;
}

/**
 * @type {(one: unknown, other: unknown) => boolean} compares as JSON; the server always writes fields in the same order
 */
const alike = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * The text for a change other than the rate while requests continue.
 * @param {Traffic} now
 * @param {Traffic} before
 * @returns {EventWords | null}
 */
function switchedWords(now, before) {
  if (now.policy !== before.policy) {
    const policy = labelOf(now.policy);
    return { label: policy, text: interpolate(_("balancer: %(policy)s"), { policy }) };
  }
  if (now.weighed !== before.weighed) {
    const text = now.weighed ? _("balancer: weights follow the nodes' load") : _("balancer: weights are fixed");
    return { label: _("weights"), text };
  }
  if (now.work === before.work) return null;
  if (!now.work) return { label: _("work"), text: _("balancer: each request is a plain ECHO") };
  const text = ngettext(
    "balancer: each request runs a loop of %(n)s step",
    "balancer: each request runs a loop of %(n)s steps",
    now.work,
  );
  return { label: _("work"), text: interpolate(text, { n: count(now.work) }) };
}

/** @type {Subject<State, Kind>} */
export const balancer = new Subject("balancer", kinds);

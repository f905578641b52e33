/** The Balancer page's A/B run: the newest result, the progress of a run, and the form that starts one. */

import { byId } from "../../lib/dom.js";
import { getJson, HttpError } from "../../lib/http.js";
import { _, interpolate } from "../../lib/i18n.js";
import { wireTrialForm } from "./trialform.js";
import { drawFound } from "./trialfound.js";
import { figure, label } from "./verdicts.js";

/** @import { Context } from "./main.js" */
/** @import { Comparison, Trial, Trying } from "./types.js" */

/**
 * @param {Context} context
 * @param {string} search the query when the page was loaded
 */
export function startTrial(context, search) {
  const { store, deeds, mayOperate } = context;
  const section = byId("trial");
  const shown = new Found(context.urls.trial);
  if (mayOperate) {
    wireTrialForm(context, search);
    byId("trial-stop").addEventListener("click", () => void deeds.set({ trial: "" }));
  }
  store.onState((view, past) => {
    const { traffic, compared } = view.balancer;
    void shown.show(compared, past ? view.v : null);
    section.dataset.state = traffic.trial ? "running" : compared ? "found" : "none";
    byId("trial-now").hidden = !traffic.trial;
    byId("trial-none").hidden = Boolean(compared);
    document.getElementById("trial-stop")?.toggleAttribute("disabled", past);
    if (traffic.trial) writeBegun(traffic.trial, past ? null : (store.page.frame?.trial ?? null));
  });
  store.onFrame((frame) => {
    const { trial } = store.page.view.balancer.traffic;
    if (trial && !store.past) writeBegun(trial, frame?.trial ?? null);
  });
}

/** Shows the newest result. Fetches each result once. */
class Found {
  /** @param {string} url */
  constructor(url) {
    this.url = url;
    /** @type {Comparison | null | undefined} */
    this.of = undefined;
  }

  /**
   * @param {Comparison | null} compared
   * @param {number | null} v version; null for now
   */
  async show(compared, v) {
    if (compared === this.of) return;
    this.of = compared;
    const host = byId("trial-found");
    const lost = byId("trial-lost");
    lost.hidden = true;
    if (!compared) {
      host.hidden = true;
      return;
    }
    try {
      const told = await getJson(v === null ? this.url : `${this.url}?v=${v}`);
      if (this.of !== compared) return;
      drawFound(host, told);
      host.hidden = false;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      lost.textContent = error.message;
      lost.hidden = false;
    }
  }
}

/**
 * @param {Trial} trial
 * @param {Trying | null} now null until the driver reports it
 */
function writeBegun(trial, now) {
  const bar = /** @type {HTMLProgressElement} */ (byId("trial-progress"));
  bar.max = 2 * trial.rounds;
  bar.value = now ? stretches(now) : 0;
  const round = now
    ? interpolate(_("Round %(round)s of %(rounds)s"), { round: now.round, rounds: now.rounds })
    : _("Waiting for the driver...");
  write("trial-round", round);
  write("trial-so-far", now ? soFar(now) : "");
}

/** @type {(now: Trying) => number} how many stretches are finished */
const stretches = ({ round, first, side, found, rounds }) =>
  found && round === rounds && side === null ? 2 * rounds - 1 : 2 * (round - 1) + (side && side !== first ? 1 : 0);

/** @param {Trying} now */
function soFar({ a, b, side, found }) {
  const names = { a: label(a), b: label(b) };
  const sending = side ? interpolate(_("Now %(policy)s."), { policy: side === "a" ? names.a : names.b }) : "";
  if (!found) return sending;
  const text = _("p99 so far: %(a)s %(p99_a)s, %(b)s %(p99_b)s.");
  const values = { ...names, p99_a: figure(found.a.p99_ms), p99_b: figure(found.b.p99_ms) };
  return `${sending} ${interpolate(text, values)}`.trim();
}

/**
 * @param {string} id
 * @param {string} text
 */
function write(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text; // so that a screen reader says it only once
}

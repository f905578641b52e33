/** What an address contains: the moment, and settings that fill in the form. Pure except for `wireLink`. */

import { copyLink } from "../../lib/copy.js";
import { byId } from "../../lib/dom.js";
import { drivable } from "./policies.js";

/** @import { Context } from "./main.js" */
/** @import { Page, Traffic } from "./types.js" */

const NUMBERS = /** @type {const} */ (["rate", "skew", "seed"]);

/**
 * @param {string} search
 * @param {Traffic} asked the current traffic; the address overrides it
 * @returns {Traffic}
 */
export function readLink(search, asked) {
  const query = new URLSearchParams(search);
  const policy = query.get("policy") ?? "";
  const wanted = drivable().includes(policy) ? { ...asked, policy, options: {} } : { ...asked };
  for (const name of NUMBERS) {
    const text = query.get(name)?.trim();
    if (text && Number.isFinite(Number(text))) wanted[name] = Number(text);
  }
  return wanted;
}

/**
 * @param {string} search
 * @returns {number | null} the requested version; null for now
 */
export function readMoment(search) {
  const text = new URLSearchParams(search).get("v") ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/**
 * @param {Pick<Page, "view" | "head">} page
 * @param {boolean} settings whether to include policy, rate, skew and seed
 * @param {string} [search] the current query; its other parts (theme) stay
 */
export function writeLink({ view, head }, settings, search = "") {
  const query = new URLSearchParams(search);
  const { traffic } = view.balancer;
  for (const name of ["v", "policy", ...NUMBERS]) query.delete(name);
  if (view !== head) query.set("v", String(view.v));
  else if (settings) {
    query.set("policy", traffic.policy);
    for (const name of NUMBERS) query.set(name, String(traffic[name]));
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

/**
 * Copies the address with the settings. While requests run, the address bar has them too.
 * @param {Context} context
 */
export function wireLink({ store, say }) {
  const share = /** @type {HTMLButtonElement} */ (byId("share"));
  store.onState(({ balancer }, past) => {
    const left = new URLSearchParams(location.search).has("v");
    if (!balancer.traffic.on && !past && !left) return; // keep the values that filled in the form
    const address = location.pathname + writeLink(store.page, balancer.traffic.on, location.search);
    if (address !== location.pathname + location.search) history.replaceState(null, "", address);
  });
  share.addEventListener("click", () => {
    const link = new URL(location.pathname + writeLink(store.page, true, location.search), location.origin).href;
    void copyLink(share, link, say);
  });
}

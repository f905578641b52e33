/** The fields of a request for other settings. Pure. */

import { spelled } from "./strategies.js";

/** @import { Cluster } from "./types.js" */

/** @typedef {{strategy?: string, options?: Record<string, number>, vnodes?: number, copies?: number}} Wanted */

/**
 * The wanted settings, and the current values of all others. Another strategy starts with its defaults.
 * @param {Cluster} now
 * @param {Wanted} wanted
 * @returns {Record<string, string>}
 */
export function settingFields(now, wanted) {
  const { strategy, vnodes, copies } = { ...now, ...wanted };
  const kept = strategy === now.strategy ? now.options : {};
  const options = spelled(wanted.options ?? kept ?? {});
  return {
    action: "configure",
    strategy,
    ...(options ? { options } : {}),
    vnodes: String(vnodes),
    copies: String(copies),
  };
}

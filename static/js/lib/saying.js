/** What the page says when the figures did not come. Pure. */

import { gettext } from "./i18n.js";

/**
 * @param {number} status of the answer, 0 for none
 * @param {string} body
 */
export function refusalWords(status, body) {
  if (status === 0) return gettext("The server did not answer. Try again in a few seconds.");
  try {
    const { error } = JSON.parse(body);
    if (typeof error === "string" && error) return error;
  } catch {
    // A page of some proxy: what it says is not for this place.
  }
  return gettext("The figures could not be computed. Try again in a few seconds.");
}

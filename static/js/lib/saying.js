/** The message to show if the figures could not be loaded. Pure. */

import { gettext } from "./i18n.js";

/**
 * @param {number} status of the answer, 0 if there was none
 * @param {string} body
 */
export function refusalWords(status, body) {
  if (status === 0) return gettext("The server did not answer. Try again in a few seconds.");
  try {
    const { error } = JSON.parse(body);
    if (typeof error === "string" && error) return error;
  } catch {
    // Perhaps a proxy's error page, which is not useful here.
  }
  return gettext("The figures could not be computed. Try again in a few seconds.");
}

/** Numbers and sentences shared by the figures and the panel. */

import { fixed, percent } from "../../lib/format.js";
import { TOKEN_SPACE } from "../../lib/geometry.js";
import { _ } from "../../lib/i18n.js";

/**
 * Three significant digits: 8.32, 0.0123, 412.
 * @param {number} score above 0
 */
export function scoreWords(score) {
  const digits = 2 - Math.floor(Math.log10(score));
  return fixed(score, Math.max(0, Math.min(6, digits)));
}

/**
 * A part of the circle as text, with more digits the smaller it is.
 * @param {number} distance in tokens
 */
export const partOfCircle = (distance) => {
  const part = distance / TOKEN_SPACE;
  return percent(part, part >= 0.001 ? 2 : part >= 0.00001 ? 4 : 7);
};

/** The sentence about a key that is not in the set. */
export const strangerWords = () => _("Bounded loads place the keys of the set together; this key is not one of them.");

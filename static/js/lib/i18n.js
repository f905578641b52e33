/**
 * Words of the page in its language. The server's catalogue (the `jsi18n` script) puts `django` on the window; without it
 * (tests, a failed request) the English of the source stands.
 */

/**
 * @typedef {{
 *   gettext(text: string): string,
 *   ngettext(one: string, many: string, count: number): string,
 * }} Catalogue
 */

/** @returns {Catalogue | undefined} */
const catalogue = () => /** @type {{django?: Catalogue}} */ (globalThis).django;

/** @param {string} text */
export function gettext(text) {
  return catalogue()?.gettext(text) ?? text;
}

/**
 * @param {string} one
 * @param {string} many
 * @param {number} count decides which, and is not put into the text: use `interpolate`
 */
export function ngettext(one, many, count) {
  return catalogue()?.ngettext(one, many, count) ?? (count === 1 ? one : many);
}

/**
 * Fills `%(name)s` places. A place without a value stays visible, so that a mistake is seen.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function interpolate(text, values) {
  return text.replace(/%\((\w+)\)s/g, (place, name) => (Object.hasOwn(values, name) ? String(values[name]) : place));
}

export { gettext as _ };

/**
 * Translations. The server's catalogue (the `jsi18n` script) sets `window.django`; without it (in tests, or after a failed
 * request) the English source text is used.
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
 * @param {number} count selects the form; use `interpolate` to put it into the text
 */
export function ngettext(one, many, count) {
  return catalogue()?.ngettext(one, many, count) ?? (count === 1 ? one : many);
}

/**
 * Fills in `%(name)s` placeholders. One without a value stays in the text, so that the mistake is visible.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function interpolate(text, values) {
  return text.replace(/%\((\w+)\)s/g, (place, name) => (Object.hasOwn(values, name) ? String(values[name]) : place));
}

export { gettext as _ };

/** Creates elements. Text is always a text node, so a key or a name can never become markup. */

/** @typedef {string | number | Node | null | undefined | false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes] `onclick` and the like are listeners, `--x` custom properties; true is an
 *   empty attribute; false, null and undefined add none
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (name.startsWith("--")) element.style.setProperty(name, String(value));
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...children.filter(present).map(String_));
  return element;
}

/** @type {(child: Child) => child is string | number | Node} */
const present = (child) => child !== null && child !== undefined && child !== false;

/** @param {string | number | Node} child */
const String_ = (child) => (child instanceof Node ? child : String(child));

/**
 * The element with an id. It is in the template, so it exists.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no #${id}`);
  return /** @type {T} */ (element);
}

/**
 * A button in the standard style.
 * @param {string} text
 * @param {() => void} action
 * @param {Record<string, unknown>} [attributes]
 */
export const button = (text, action, attributes = {}) =>
  h("button", { type: "button", class: "btn", onclick: action, ...attributes }, text);

/**
 * Text with elements in it, as in "%(node)s is down" with an element for `node`.
 * @param {string} text
 * @param {Record<string, Child>} values
 * @returns {(string | Node)[]}
 */
export function parts(text, values) {
  return text.split(/%\((\w+)\)s/).map((part, i) => {
    const value = i % 2 ? values[part] : part;
    return value instanceof Node ? value : String(value ?? part);
  });
}

/** Whether the screen is narrow or used by touch. There, hints about keys and clicks are left out. */
export const narrow = () => matchMedia("(max-width: 760px), (pointer: coarse)").matches;

/**
 * Rebuilds a part of the page and restores the focus to the control with the same data-key.
 * @param {HTMLElement} root
 * @param {() => void} work
 */
export function keepFocus(root, work) {
  const active = document.activeElement;
  const key = active instanceof HTMLElement && root.contains(active) ? active.dataset.key : null;
  work();
  if (!key) return;
  const again = root.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

/** The name of a new node. Pure. */

/** @import { Node } from "./types.js" */

/**
 * The next name: after "cache-7" and "cache-8" comes "cache-9", with as many digits.
 * @param {Node[]} nodes
 */
export function nextName(nodes) {
  const last = nodes.at(-1)?.name ?? "node-0";
  const digits = /(\d+)(?!.*\d)/.exec(last);
  if (!digits) return "";
  const names = new Set(nodes.map(({ name }) => name));
  const name = (/** @type {number} */ n) =>
    last.slice(0, digits.index) +
    String(n).padStart(digits[1].length, "0") +
    last.slice(digits.index + digits[1].length);
  let n = Number(digits[1]) + 1;
  while (names.has(name(n))) n += 1;
  return name(n);
}

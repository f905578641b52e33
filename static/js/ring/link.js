/** The page's state in its URL: version, selected node, key (and whether it has escapes), plan (with its strategy). Pure except `wireLink`. */

import { copyLink } from "../lib/copy.js";
import { byId } from "./dom.js";

/** @import { Page } from "./types.js" */
/** @import { Store } from "./store.js" */

/**
 * @typedef {{v: number | null, node: number | null, key: string, escapes: boolean, plan: Record<string, string> | null}} Wanted
 */

/** The fields of a plan; `node` is also the selected node. */
const PLAN_FIELDS = [
  "node",
  "name",
  "address",
  "zone",
  "weight",
  "strategy",
  "options",
  "vnodes",
  "copies",
  "keys",
  "for",
  "every",
];

/**
 * @param {string} search
 * @returns {Wanted}
 */
export function readLink(search) {
  const query = new URLSearchParams(search);
  const number = (/** @type {string} */ name) => {
    const value = query.get(name) ?? "";
    return /^\d{1,15}$/.test(value) ? Number(value) : null;
  };
  const action = query.get("plan") ?? (query.has("strategy") ? "configure" : null);
  const fields = PLAN_FIELDS.filter((name) => query.has(name)).map((name) => [name, query.get(name) ?? ""]);
  const plan = action ? { action, ...Object.fromEntries(fields) } : null;
  return { v: number("v"), node: number("node"), key: query.get("key") ?? "", escapes: query.has("escapes"), plan };
}

/**
 * Whether an address asks for the page as it is now, and for nothing in particular.
 * @param {Wanted} wanted
 */
export const asksNothing = ({ v, node, key, plan }) => v === null && node === null && key === "" && plan === null;

/**
 * @param {Readonly<Page>} page
 * @param {boolean} moment whether to include the version, even at the head
 * @param {string} [search] the current query; its other parts (theme) stay
 */
export function writeLink(page, moment, search = "") {
  const query = new URLSearchParams(search);
  for (const name of ["v", "key", "escapes", "plan", ...PLAN_FIELDS]) query.delete(name);
  const { view, head, plan, selected, key, escapes } = page;
  if ((moment && !view.calm && !plan) || view !== head) query.set("v", String(view.v));
  if (selected !== null) query.set("node", String(selected));
  if (plan) {
    const { action, ...fields } = plan.fields;
    query.set("plan", action);
    for (const [name, value] of Object.entries(fields)) if (value !== "") query.set(name, value);
  }
  if (key) query.set("key", key);
  if (key && escapes) query.set("escapes", "1");
  const text = query.toString();
  return text ? `?${text}` : "";
}

/**
 * Keeps the URL up to date, and copies it. A copied link always includes the version.
 * @param {Store} store
 * @param {(text: string) => void} say
 */
export function wireLink(store, say) {
  const share = /** @type {HTMLButtonElement} */ (byId("share"));
  store.on(["view", "plan", "selected", "key", "escapes"], (page) => {
    const address = location.pathname + writeLink(page, false, location.search);
    if (address !== location.pathname + location.search) history.replaceState(null, "", address);
  });
  share.addEventListener("click", () => {
    const link = new URL(location.pathname + writeLink(store.page, true), location.origin).href;
    void copyLink(share, link, say);
  });
}

/** The row of controls above the locks: search, client, attention, order, and table or drawing. */

import { byId, h } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { queryString } from "./link.js";
import { ALERT_KINDS, alertTitle } from "./words.js";

/** @import { Store } from "../lib/store.js" */
/** @import { Page, Query } from "./types.js" */

const TYPING_MS = 120;

/**
 * @param {Store<Page>} store
 * @param {string} csv
 */
export function wireFinder(store, csv) {
  const field = /** @type {HTMLInputElement} */ (byId("q"));
  const client = select("client");
  const alert = select("alert");
  const sort = select("sort");
  const screen = byId("screen");
  const { query } = store.page;
  alert.append(
    option("", _("All locks")),
    option("any", _("Needs attention")),
    ...ALERT_KINDS.map((kind) => option(kind, alertTitle(kind))),
  );
  for (const [value, words] of Object.entries(orders())) sort.append(option(value, words));
  [field.value, alert.value, sort.value] = [query.q, query.alert, query.sort];
  const change = (/** @type {Partial<Query>} */ part) => store.set({ query: { ...store.page.query, ...part } });
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => change({ q: field.value.trim() }), TYPING_MS);
  });
  client.addEventListener("change", () => change({ client: client.value }));
  alert.addEventListener("change", () => change({ alert: alert.value }));
  sort.addEventListener("change", () => change({ sort: sort.value }));
  screen.addEventListener("click", () => {
    store.set({ screen: store.page.screen === "table" ? "board" : "table" });
  });
  store.on(["screen"], (page) => {
    screen.ariaPressed = String(page.screen === "table");
  });
  store.on(["query"], (page) => {
    if (page.query.q === "" && document.activeElement !== field) field.value = "";
    [client.value, alert.value, sort.value] = [page.query.client, page.query.alert, page.query.sort];
    /** @type {HTMLAnchorElement} */ (byId("csv")).href = `${csv}?${queryString(page.query)}`;
  });
  store.on(["table"], ({ table, query: { client: chosen } }) => {
    offer(client, clientsOf(table), chosen);
    const text = ngettext("%(n)s lock", "%(n)s locks", table.counts.held);
    byId("find-count").textContent = interpolate(text, { n: count(table.counts.held) });
    screen.hidden = table.many !== null;
  });
}

/** @param {string} id */
const select = (id) => /** @type {HTMLSelectElement} */ (byId(id));

/** @param {string} value @param {string} words */
const option = (value, words) => h("option", { value }, words);

/** @returns {Record<string, string>} */
const orders = () => ({
  name: _("By name"),
  left: _("Ends first"),
  "-left": _("Ends last"),
  held: _("Held longest"),
  waiters: _("Most waiters"),
  client: _("By client"),
});

/** @param {Page["table"]} table @returns {string[]} */
function clientsOf({ rows, many }) {
  const named = many
    ? [...many.groups, ...(many.small ? [many.small] : [])].flatMap(({ clients }) => clients)
    : [...rows.values()].map(({ client }) => client);
  return [...new Set(named)].sort();
}

/**
 * Lists every client that occurs, and the chosen one. Changed only if they differ, so that an open list stays open.
 * @param {HTMLSelectElement} list
 * @param {string[]} clients
 * @param {string} chosen
 */
function offer(list, clients, chosen) {
  const wanted = ["", ...new Set([...clients, ...(chosen ? [chosen] : [])])];
  if (wanted.length === list.options.length && wanted.every((value, i) => list.options[i].value === value)) return;
  const words = (/** @type {string} */ client) => (client === "ringviz" ? _("ours") : client);
  list.replaceChildren(...wanted.map((client) => option(client, client ? words(client) : _("All clients"))));
  list.value = chosen;
}

/** Above 50 lanes: those that need attention, then expandable groups by name pattern; or the search results. */

import { byId, button, h, keepFocus } from "../lib/dom.js";
import { coalesce } from "../lib/coalesce.js";
import { count } from "../lib/format.js";
import { getJson } from "../lib/http.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { asksForLess } from "./lanes.js";
import { EVERYTHING, queryString } from "./link.js";
import { ago, clientCell, head, headings, leftCell, lockRow, nameButton } from "./lockrow.js";
import { brief } from "./text.js";
import { alertWords, attentionWords, holderName, leftWords, worstAlert } from "./words.js";

/** @import { Store } from "../lib/store.js" */
/** @import { Group, Many, Page, Row, Small } from "./types.js" */

/**
 * @typedef {{total: number, rows: Row[], now: number}} Found
 * @typedef {{offset: number, found: Found | null, error: string, body: HTMLElement, asked: number}} Open
 *   an open group, or the search; asked: its newest request
 */

const PAGE = 50;
const OF_GROUP = 20;
const REFRESH_MS = 1000;
const REWRITE_MS = 250;

export class ManyView {
  /**
   * @param {Store<Page>} store
   * @param {string} find the address of find.json
   * @param {{open: (id: string) => void, now: () => number}} parts
   */
  constructor(store, find, { open, now }) {
    this.store = store;
    this.find = find;
    this.open = open;
    this.now = now;
    this.root = byId("many");
    /** @type {Map<string, Open>} by pattern */
    this.opened = new Map();
    /** @type {Open} */
    this.search = { offset: 0, found: null, error: "", body: h("div"), asked: 0 };
    this.searching = false;
    this.refresh = coalesce(() => this.fetchAgain(), REFRESH_MS);
    this.rewrite = coalesce(() => {
      const { many } = store.page.table;
      if (many && !this.searching) this.write(many);
    }, REWRITE_MS);
    this.attention = section("attention", _("Needs attention"));
    this.groups = section("groups", _("All locks by name"));
    this.results = section("found", _("Found"));
    this.results.body.append(this.search.body);
    this.root.append(this.attention.el, this.groups.el, this.results.el);
    store.on(["query"], () => {
      this.search.offset = 0;
      this.look();
    });
  }

  /** Updates the screen from the table and the query. */
  look() {
    const { table, query } = this.store.page;
    if (!table.many) return;
    this.searching = asksForLess(query) || query.sort !== EVERYTHING.sort;
    this.attention.el.hidden = this.searching || table.many.attention.length === 0;
    this.groups.el.hidden = this.searching;
    this.results.el.hidden = !this.searching;
    if (this.searching) void this.fetch(this.search, query);
    else this.write(table.many);
  }

  /** A frame came. */
  update() {
    if (!this.store.page.table.many) return;
    this.rewrite();
    this.refresh();
  }

  fetchAgain() {
    if (!this.store.page.table.many || document.visibilityState === "hidden") return;
    if (this.searching) void this.fetch(this.search, this.store.page.query);
    else for (const [pattern, open] of this.opened) void this.fetch(open, EVERYTHING, pattern);
  }

  /**
   * @param {Open} open
   * @param {Page["query"]} query
   * @param {string} [pattern]
   * @returns {Promise<void>}
   */
  async fetch(open, query, pattern = "") {
    open.asked += 1;
    const mine = open.asked;
    const limit = pattern ? OF_GROUP : PAGE;
    const sort = pattern ? "left" : query.sort;
    try {
      const found = await getJson(
        `${this.find}?${queryString({ ...query, sort }, { ...(pattern ? { pattern } : {}), offset: open.offset, limit })}`,
      );
      if (open.asked !== mine) return;
      [open.found, open.error] = [found, ""];
      if (open.offset >= found.total && open.offset > 0) {
        open.offset = Math.max(0, Math.floor((found.total - 1) / limit) * limit);
        return this.fetch(open, query, pattern);
      }
    } catch (error) {
      open.error = error instanceof Error ? error.message : String(error);
    }
    this.fill(open, limit, () => void this.fetch(open, query, pattern));
  }

  /**
   * @param {Open} open
   * @param {number} limit
   * @param {() => void} again
   */
  fill(open, limit, again) {
    const { found, error, body } = open;
    if (open === this.search) this.results.note.textContent = found ? foundWords(found.total) : "";
    keepFocus(body, () => {
      body.replaceChildren();
      if (error) body.append(h("p", { class: "err", role: "alert" }, error, " ", button(_("Try again"), again)));
      if (!found) return;
      if (found.total === 0) return body.append(nothingFound(() => this.clear()));
      const now = this.now();
      const rows = found.rows.map((row) => lockRow(row, now, this.open));
      body.append(
        h("table", { class: "tb", "aria-label": _("Locks found") }, head(headings()), h("tbody", {}, ...rows)),
      );
      if (found.total > limit) body.append(this.pager(open, limit, again));
    });
  }

  clear() {
    /** @type {HTMLInputElement} */ (byId("q")).value = "";
    this.store.set({ query: EVERYTHING });
    byId("q").focus();
  }

  /**
   * @param {Open} open
   * @param {number} limit
   * @param {() => void} again
   */
  pager(open, limit, again) {
    const total = open.found?.total ?? 0;
    const last = Math.min(total, open.offset + limit);
    const text = _("%(first)s to %(last)s of %(total)s");
    const go = (/** @type {number} */ by) => () => {
      open.offset = Math.max(0, open.offset + by * limit);
      again();
    };
    return h(
      "div",
      { class: "pager" },
      button(_("Previous"), go(-1), { "data-key": "prev", disabled: open.offset === 0 }),
      h(
        "span",
        { class: "sub" },
        interpolate(text, { first: count(open.offset + 1), last: count(last), total: count(total) }),
      ),
      button(_("Next"), go(1), { "data-key": "next", disabled: last >= total }),
    );
  }

  /** @param {Many} many */
  write({ attention, groups, small }) {
    const now = this.now();
    this.attention.el.hidden = attention.length === 0;
    this.attention.note.textContent = _("worst first");
    keepFocus(this.attention.body, () =>
      this.attention.body.replaceChildren(attentionTable(attention, now, this.open)),
    );
    const many = groups.length + (small?.groups ?? 0);
    const text = ngettext("%(n)s group", "%(n)s groups, those that need attention first", many);
    this.groups.note.textContent = interpolate(text, { n: count(many) });
    for (const pattern of this.opened.keys()) {
      if (!groups.some((group) => group.pattern === pattern)) this.opened.delete(pattern);
    }
    keepFocus(this.groups.body, () => this.groups.body.replaceChildren(this.groupTable(groups, small)));
  }

  /** @param {Group[]} groups @param {Small | null} small */
  groupTable(groups, small) {
    const rows = groups.flatMap((group) => this.groupRows(group));
    if (small) {
      const text = ngettext("%(n)s small group", "%(n)s small groups", small.groups);
      rows.push(
        h("tr", {}, h("td", { class: "nm" }, interpolate(text, { n: count(small.groups) })), ...groupCells(small)),
      );
    }
    return h(
      "table",
      { class: "tb gr", "aria-label": _("Groups") },
      head([
        [_("Name")],
        [_("Client"), "c2"],
        [_("Held"), "num"],
        [_("Waits"), "num"],
        [_("No TTL"), "num"],
        [_("Shortest left"), "num"],
        [_("By time left, 0 to 60 s"), "hi"],
        [_("Attention"), "why"],
      ]),
      h("tbody", {}, ...rows),
    );
  }

  /** @param {Group} group */
  groupRows(group) {
    const { pattern } = group;
    const open = this.opened.get(pattern);
    const caret = h(
      "button",
      {
        type: "button",
        class: "open caret",
        "aria-expanded": String(Boolean(open)),
        "data-key": `group ${pattern}`,
        onclick: () => this.toggle(pattern),
      },
      h("bdi", {}, brief(pattern, 80)),
    );
    const row = h("tr", { class: open ? "on" : null }, h("td", { class: "nm" }, caret), ...groupCells(group));
    return open ? [row, h("tr", { class: "sub-rows" }, h("td", { colspan: 8 }, open.body))] : [row];
  }

  /** @param {string} pattern */
  toggle(pattern) {
    const { many } = this.store.page.table;
    if (!this.opened.delete(pattern)) {
      const body = h("div", {}, h("p", { class: "sub" }, _("Loading")));
      const open = { offset: 0, found: null, error: "", body, asked: 0 };
      this.opened.set(pattern, open);
      void this.fetch(open, EVERYTHING, pattern);
    }
    if (many) this.write(many);
  }
}

/** @param {string} id @param {string} title */
function section(id, title) {
  const note = h("span", { class: "sub" });
  const body = h("div");
  const el = h("section", { class: "sec", id, "aria-labelledby": `${id}-title` });
  el.append(h("h2", { id: `${id}-title` }, title, " ", note), body);
  return { el, note, body };
}

/** @param {number} n */
const foundWords = (n) => interpolate(ngettext("%(n)s lock", "%(n)s locks", n), { n: count(n) });

/** @param {() => void} clear */
const nothingFound = (clear) =>
  h("p", { class: "nope" }, _("No locks match."), " ", button(_("Show all locks"), clear));

/**
 * @param {Row[]} rows
 * @param {number} now
 * @param {(id: string) => void} open
 */
function attentionTable(rows, now, open) {
  const cells = rows.map((row) => {
    const alert = worstAlert([row]);
    return h(
      "tr",
      { class: "al", "data-id": row.id },
      h("td", { class: "nm" }, nameButton(row, open)),
      h("td", { class: "why" }, alert ? alertWords(alert) : ""),
      h("td", { class: "c2" }, alert ? interpolate(_("%(time)s ago"), { time: ago(alert.since, now) }) : ""),
      h("td", { class: "m0" }, h("bdi", {}, holderName(row))),
      h("td", { class: "c2" }, clientCell(row)),
      h("td", { class: "num lf" }, leftCell(row, now)),
    );
  });
  return h(
    "table",
    { class: "tb", "aria-label": _("Needs attention") },
    head([
      [_("Lock")],
      [_("Why"), "why"],
      [_("Since"), "c2"],
      [_("Holder"), "m0"],
      [_("Client"), "c2"],
      [_("Left"), "num"],
    ]),
    h("tbody", {}, ...cells),
  );
}

/** @param {Omit<Group, "pattern">} group */
function groupCells({ clients, held, waits, no_ttl: noTtl, shortest, bins, attention }) {
  const words = attentionWords(attention);
  const named = clients.map((client) => (client === "ringviz" ? _("ours") : client));
  const client =
    named.length > 2
      ? interpolate(_("%(n)s clients"), { n: count(named.length) })
      : named.map((one) => brief(one)).join(", ");
  const d = (/** @type {string} */ text) => h("span", { class: "d" }, text);
  return [
    h("td", { class: "c2" }, client),
    h("td", { class: "num" }, h("b", {}, count(held))),
    h("td", { class: "num m0" }, waits === null ? d(_("unknown")) : count(waits)),
    h("td", { class: "num m0" }, noTtl ? count(noTtl) : d("0")),
    h("td", { class: "num m0" }, shortest === null ? d(_("none")) : leftWords(shortest)),
    h("td", { class: "m0 hi" }, histogram(bins)),
    h("td", { class: words ? "why" : "why m0" }, words || d(_("none"))),
  ];
}

const BIN_S = 7.5;

/** @param {number[]} bins */
function histogram(bins) {
  const most = Math.max(1, ...bins);
  const label = bins
    .map((n, i) => interpolate(_("%(n)s below %(s)s s"), { n: count(n), s: (i + 1) * BIN_S }))
    .join(", ");
  const bars = bins.map((n) => h("i", { "--h": `${n === 0 ? 0 : Math.max(8, (n / most) * 100)}%` }));
  return h("span", { class: "hist", role: "img", "aria-label": label }, ...bars);
}

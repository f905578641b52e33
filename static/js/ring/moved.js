/** The table of moved keys: a hundred per page, for all pairs or one, and all of them as CSV. */

import { count } from "../lib/format.js";
import { getJson, HttpError } from "../lib/http.js";
import { _, interpolate } from "../lib/i18n.js";
import { button, byId, chip, h } from "./dom.js";
import { facesOf } from "./faces.js";
import { hex } from "./find.js";
import { wireDialog } from "../lib/forms.js";

/** @import { Faces } from "./faces.js" */
/** @import { Change, Urls } from "./types.js" */
/** @import { Store } from "./store.js" */

/** @typedef {{key: string, hash: number, from: number, to: number}} Row */

const MOST_PAIRS = 100;

/**
 * @param {Store} store
 * @param {Urls} urls
 * @returns {(change: Change) => void} opens the table of a change
 */
export function wireMoved(store, urls) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("moved-dialog"));
  dialog.classList.add("moved");
  wireDialog(dialog);
  return (change) => {
    const { plan } = store.page;
    const about = plan && change.planned ? planQuery(plan.fields) : { v: String(change.v) };
    const view = new Table(dialog, urls, about, change, facesOf(store.page));
    dialog.showModal();
    void view.turn(1);
  };
}

/** @param {Record<string, string>} fields */
const planQuery = ({ action, ...rest }) => ({ plan: action, ...rest });

class Table {
  /**
   * @param {HTMLDialogElement} dialog
   * @param {Urls} urls
   * @param {Record<string, string>} about the event or the plan
   * @param {Change} change
   * @param {Faces} faces as of the opening, because the table is about that change
   */
  constructor(dialog, urls, about, change, faces) {
    this.urls = urls;
    this.about = about;
    this.faces = faces;
    this.page = 1;
    this.pair = "";
    this.body = h("tbody");
    this.where = h("span", { class: "sub", role: "status" });
    this.back = button("‹", () => void this.turn(this.page - 1), { class: "btn icon", "aria-label": _("Page back") });
    this.forth = button("›", () => void this.turn(this.page + 1), { class: "btn icon", "aria-label": _("Page on") });
    this.csv = h("a", { class: "btn", download: true }, _("CSV"));
    const { loss } = change.payload;
    const moved = change.planned ? _("Keys that would move") : _("Moved keys");
    const owned = change.planned ? _("Keys that would change owner") : _("Keys that changed owner");
    const title = loss ? owned : moved;
    const headings = [_("Key"), _("Hash"), _("From"), _("To")].map((text) => h("th", { scope: "col" }, text));
    const table = h("table", { class: "nodes" }, h("thead", {}, h("tr", {}, ...headings)), this.body);
    dialog.replaceChildren(
      h("h2", { id: "moved-title" }, title),
      h(
        "div",
        { class: "bar-row" },
        this.chooser(change),
        this.csv,
        h("span", { class: "sp" }),
        this.where,
        this.back,
        this.forth,
      ),
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-labelledby": "moved-title" }, table),
      h("div", { class: "selrow" }, h("button", { type: "button", class: "btn", "data-close": true }, _("Close"))),
    );
  }

  /** @param {Change} change */
  chooser({ movement }) {
    const pairs = (movement?.pairs ?? []).slice(0, MOST_PAIRS);
    const option = (/** @type {import("./types.js").Pair} */ [from, to, keys]) =>
      h("option", { value: `${from},${to}` }, `${this.name(from)} → ${this.name(to)} (${count(keys)})`);
    const all = interpolate(_("All pairs (%(n)s)"), { n: count(movement?.moved ?? 0) });
    const select = h(
      "select",
      { "aria-label": _("From and to") },
      h("option", { value: "" }, all),
      ...pairs.map(option),
    );
    select.addEventListener("change", () => {
      this.pair = select.value;
      void this.turn(1);
    });
    return select;
  }

  /** @param {number} number */
  name(number) {
    return number ? this.faces.of(number).name : _("nobody");
  }

  query() {
    const [source, target] = this.pair.split(",");
    return new URLSearchParams({ ...this.about, ...(target ? { source, target } : {}) });
  }

  /** @param {number} page */
  async turn(page) {
    const query = this.query();
    this.csv.href = `${this.urls.moved_csv}?${query}`;
    query.set("page", String(page));
    try {
      this.show(await getJson(`${this.urls.moved}?${query}`));
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      this.where.textContent = error.message;
    }
  }

  /** @param {{total: number, page: number, pages: number, rows: Row[]}} answer */
  show({ total, page, pages, rows }) {
    this.page = page;
    this.back.disabled = page <= 1;
    this.forth.disabled = page >= pages;
    const text = _("%(total)s keys, page %(page)s of %(pages)s");
    const values = { total: count(total), page: count(page), pages: count(Math.max(1, pages)) };
    this.where.textContent = interpolate(text, values);
    this.body.replaceChildren(...rows.map((row) => this.row(row)));
    this.body.closest(".scroll")?.scrollTo(0, 0);
  }

  /** @param {Row} row the key is always shown as inert text */
  row({ key, hash, from, to }) {
    const cell = (/** @type {number} */ number) =>
      h("td", {}, ...(number ? [chip(this.faces.of(number)), " "] : []), this.name(number));
    const keyCell = h("td", { class: "mono keytext", title: key }, key);
    return h("tr", {}, keyCell, h("td", { class: "mono" }, hex(hash)), cell(from), cell(to));
  }
}

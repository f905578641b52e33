/** The panel of one lock: time left, what was seen and what is inferred, what happened, and actions. */

import { coalesce } from "../lib/coalesce.js";
import { byId, button, h, keepFocus, parts } from "../lib/dom.js";
import { clock as timeOfDay } from "../lib/format.js";
import { getJson } from "../lib/http.js";
import { _, interpolate } from "../lib/i18n.js";
import { inferredBox, seenBox } from "./facts.js";
import { idOf, lanesOf } from "./lanes.js";
import { brief } from "./text.js";
import { alertWords, clientWords, lasting, leftParts, length } from "./words.js";

/** @import { Store } from "../lib/store.js" */
/** @import { Detail, Lane, Page, Row, Urls } from "./types.js" */

const REFRESH_MS = 1000;
/** Steps of a story that stand out. */
const BAD = new Set(["broken", "overwritten", "stale_write", "alert"]);

/** @typedef {{open: (id: string) => void, close: () => void, breakLock: (row: Row, detail: Detail) => void,
 *   now: () => number, source: string, mayOperate: boolean, mayBreak: boolean}} Does */

export class DetailView {
  /**
   * @param {Store<Page>} store
   * @param {Urls} urls
   * @param {Does} does
   */
  constructor(store, urls, does) {
    this.store = store;
    this.urls = urls;
    this.does = does;
    this.root = byId("detail");
    this.body = byId("detail-body");
    /** @type {Node[]} the current parts: an unchanged one stays, with any selection in it */
    this.made = [];
    /** @type {string | null} the open lane, which stays open when its holder changes */
    this.lane = null;
    /** @type {Detail | null} */
    this.detail = null;
    this.error = "";
    this.refresh = coalesce(() => void this.fetch(), REFRESH_MS);
    store.on(["selected"], ({ selected }) => this.select(selected));
    store.on(["table", "link"], () => this.update());
  }

  /** @param {string | null} id of a row, or of a hold that ended */
  select(id) {
    this.root.hidden = id === null;
    byId("main").classList.toggle("with", id !== null);
    const { rows, holds } = this.store.page.table;
    const one =
      rows.get(id ?? "") ?? holds.find((hold) => hold.id === id) ?? this.detail?.rows.find((row) => row.id === id);
    const lane = one?.lane ?? null;
    if (lane === null || lane !== this.lane) [this.detail, this.error] = [null, ""];
    this.lane = lane;
    if (id === null) return;
    this.write();
    void this.fetch();
  }

  /** @returns {Lane | undefined} the open lane, if the table has it */
  laneNow() {
    return this.lane === null ? undefined : lanesOf(this.store.page.table, 0).find(({ id }) => id === this.lane);
  }

  /** Its row in the table, otherwise in the server's last answer. @returns {Row | null} */
  row() {
    const { table, selected } = this.store.page;
    const row = table.rows.get(selected ?? "");
    if (row || !table.many) return row ?? null;
    return table.many.attention.find(({ id }) => id === selected) ?? this.detail?.row ?? null;
  }

  /** A frame came: shows the lane's current holder. */
  update() {
    const { selected } = this.store.page;
    if (selected === null) return;
    const lane = this.laneNow();
    const stays = lane?.rows.some(({ id }) => id === selected) ?? true;
    if (lane && !stays && idOf(lane) !== selected) return this.store.set({ selected: idOf(lane) });
    this.write();
    if (this.store.page.table.status) this.refresh(); // without a watcher there is nothing new to ask for
  }

  async fetch() {
    const { selected } = this.store.page;
    if (selected === null || document.visibilityState === "hidden") return;
    try {
      const detail = await getJson(`${this.urls.lock}?id=${selected}`);
      if (this.store.page.selected !== selected) return;
      [this.detail, this.error] = [detail, ""];
      this.lane ??= detail.rows[0]?.lane ?? detail.past.at(-1)?.lane ?? null;
      const [first] = detail.rows;
      if (!detail.row && first) return this.store.set({ selected: first.id });
    } catch (error) {
      if (this.store.page.selected !== selected) return;
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.write();
  }

  /** Replaces the parts that changed. */
  write() {
    const next = this.content();
    const { made, body } = this;
    this.made = next.map((part) => part.cloneNode(true));
    keepFocus(this.root, () => {
      if (made.length !== next.length) return body.replaceChildren(...next);
      for (const [i, part] of next.entries()) {
        if (!part.isEqualNode(made[i])) body.children[i].replaceWith(part);
      }
    });
    this.tick(this.does.now());
  }

  /** @returns {Element[]} */
  content() {
    const row = this.row();
    const { detail, error } = this;
    const name = row?.name ?? detail?.name ?? this.store.page.table.names.get(this.lane ?? "");
    const title = h("h2", { id: "detail-title" }, h("bdi", {}, name == null ? _("Lock") : brief(name)));
    const close = button("", this.does.close, { class: "btn icon", "aria-label": _("Close"), "data-key": "close" });
    close.append(h("span", { "aria-hidden": "true" }, "✕"));
    return [
      h("div", { class: "dh" }, h("div", {}, title, row && this.subtitle(row)), close),
      ...(error && !detail ? [h("p", { class: "err", role: "alert" }, error)] : []),
      ...(row ? this.held(row) : detail ? [h("p", { class: "cd0" }, _("Nobody holds it now."))] : []),
      ...(detail ? [story(detail)] : []),
      ...(row ? [this.actions(row)] : []),
    ];
  }

  /** @param {Row} row */
  subtitle(row) {
    const values = {
      key: h("bdi", { class: "mono" }, brief(row.key)),
      source: this.does.source,
      client: h("span", { class: row.confidence === "certain" ? null : "guess" }, clientWords(row)),
    };
    return h("p", { class: "sub" }, ...parts(_("%(key)s on %(source)s, %(client)s"), values));
  }

  /** @param {Row} row */
  held(row) {
    const { detail } = this;
    const line = row.ends_at === null ? _("It never expires.") : _("until the lease ends");
    const words = h("p", {}, line, h("br"), h("span", { id: "since-renewed" }));
    const others = (this.laneNow()?.rows ?? detail?.rows ?? []).filter(({ id }) => id !== row.id);
    const alerts = row.alerts.map((alert) => h("li", {}, alertWords(alert)));
    return [
      h(
        "div",
        { "data-row": row.id },
        h("div", { class: "cd" }, h("div", { class: "b", id: "big-left" }), words),
        h("div", { class: "bar" }, h("i")),
      ),
      ...(alerts.length ? [h("ul", { class: "bads" }, ...alerts)] : []),
      seenBox(row, others, this.does.open),
      inferredBox(row, detail),
    ];
  }

  /** @param {Row} row */
  actions(row) {
    const { mayOperate, mayBreak, breakLock } = this.does;
    const { link, table } = this.store.page;
    const { detail } = this;
    const place = h("div", { class: "acts", "data-lock": row.id, id: "lock-acts", "data-operate": true });
    if (!mayOperate) return place;
    if (!mayBreak) {
      const text = _(
        "Locks of this source cannot be broken from here. Add ?break=VARIABLE to its entry in LOCK_SOURCES: that variable holds a second URL, with a user of its own.",
      );
      place.append(h("p", { class: "sub" }, text));
      return place;
    }
    const act = button(_("Break…"), () => this.detail && breakLock(row, this.detail), {
      class: "btn bad",
      "data-key": "break",
    });
    act.disabled = link.state !== "live" || table.status?.state !== "watching" || !detail?.may_break;
    place.append(act);
    return place;
  }

  /** Updates what changes by itself. @param {number} now */
  tick(now) {
    const row = this.root.hidden ? null : this.row();
    const big = document.getElementById("big-left");
    if (!row || !big) return;
    const left = row.ends_at === null ? null : row.ends_at - now;
    const [value, unit] = left === null ? ["∞", ""] : leftParts(left);
    if (big.textContent !== value + unit) big.replaceChildren(value, h("small", {}, unit));
    const share = left === null || !row.ttl ? 1 : Math.min(1, Math.max(0, left / row.ttl));
    this.root.style.setProperty("--f", share.toFixed(4));
    const renewed = row.renewed.at(-1);
    const of = row.ttl === null ? "" : interpolate(_("of %(time)s"), { time: length(row.ttl) });
    const again = renewed === undefined ? "" : interpolate(_("renewed %(time)s ago"), { time: lasting(now - renewed) });
    const el = document.getElementById("since-renewed");
    if (el) el.textContent = [of, again].filter(Boolean).join(", ");
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (this.body.querySelectorAll("[data-since]"))) {
      one.textContent = lasting(now - Number(one.dataset.since));
    }
  }
}

/** @param {Detail} detail */
function story({ story: steps }) {
  const lines = steps.map(({ at, what, text, inferred }) =>
    h(
      "li",
      { class: BAD.has(what) ? "no" : inferred ? "g" : null },
      h("time", { datetime: new Date(at).toISOString() }, timeOfDay(at)),
      h("em", { "aria-hidden": "true" }),
      h("span", { class: inferred ? "guess" : null }, text),
    ),
  );
  const none = h("p", { class: "sub" }, _("Nothing seen yet."));
  return h("div", { class: "story" }, h("h3", {}, _("What happened")), lines.length ? h("ol", {}, ...lines) : none);
}

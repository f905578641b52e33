/** The panel "why this node": shows an explained request from the server in the page's colours. */

import { copyLink } from "../../lib/copy.js";
import { button, byId, h, keepFocus } from "../../lib/dom.js";
import { getText } from "../../lib/http.js";
import { _ } from "../../lib/i18n.js";
import { needSheet } from "../../lib/sheets.js";
import { GREY } from "../../ring/looks.js";
import { lookOf } from "./looks.js";
import { askWhy, readWhy, writeWhy } from "./whylink.js";

/** @import { Context } from "./main.js" */
/** @import { Asked } from "./whylink.js" */

/** Elements of a lane with their own click action. */
const CONTROLS = "button, a, input, select, summary, form";

class WhyPanel {
  /** @param {Context} context */
  constructor({ store, say, urls }) {
    this.url = urls.why;
    this.store = store;
    this.say = say;
    this.root = byId("why");
    this.opener = byId("why-open");
    /** @type {HTMLElement | null} gets the focus back when the panel closes */
    this.came = null;
    /** @type {AbortController | null} for the pending response */
    this.waiting = null;
  }

  /** @param {Asked} asked */
  async open(asked) {
    if (this.root.hidden) {
      this.came = document.activeElement instanceof HTMLElement ? document.activeElement : null;
      this.show(true);
    }
    this.waiting?.abort();
    this.waiting = new AbortController();
    const { signal } = this.waiting;
    this.root.setAttribute("aria-busy", "true");
    try {
      const text = getText(`${this.url}${askWhy(asked)}`, signal);
      await Promise.all([text, needSheet(this.root.dataset.sheet ?? "")]);
      this.fill(await text);
    } catch (error) {
      if (signal.aborted) return;
      this.fail(error instanceof Error ? error.message : String(error));
    }
    this.root.removeAttribute("aria-busy");
  }

  close() {
    this.waiting?.abort();
    this.show(false);
    this.root.replaceChildren();
    this.address("");
    const back = this.came?.isConnected ? this.came : this.opener;
    back.focus({ preventScroll: true });
  }

  /** @param {boolean} shown */
  show(shown) {
    this.root.hidden = !shown;
    byId("main").classList.toggle("with", shown);
    this.opener.setAttribute("aria-expanded", String(shown));
  }

  /** @param {string} text HTML from our own template */
  fill(text) {
    const part = document.createElement("template");
    part.innerHTML = text;
    const stays = this.root.contains(document.activeElement);
    keepFocus(this.root, () => this.root.replaceChildren(part.content));
    this.colour();
    const title = byId("why-title");
    if (!stays || !this.root.contains(document.activeElement)) title.focus();
    const told = this.told();
    if (told) this.address(told);
    this.say(`${title.textContent}. ${this.root.querySelector(".ans")?.textContent?.trim() ?? ""}`);
  }

  /** @param {string} text */
  fail(text) {
    const close = button(_("Close"), () => this.close());
    const again = button(_("Try again"), () => void this.open({ request: readWhy(location.search) }));
    const title = h("h2", { id: "why-title", tabindex: "-1" }, _("Why this node"));
    const said = h("p", { class: "ans", role: "alert" }, text);
    const nav = h("div", { class: "why-nav" }, again, close);
    this.root.replaceChildren(h("div", { class: "why-body" }, title, said, nav));
    title.focus();
  }

  /** @returns {string} the id of the request shown, "" for none */
  told() {
    const one = this.root.querySelector("[data-request]");
    return one instanceof HTMLElement && one.dataset.state === "kept" ? (one.dataset.request ?? "") : "";
  }

  /** Colours the numbers of nodes. */
  colour() {
    const { nodes } = this.store.page.view.state;
    for (const one of this.root.querySelectorAll("[data-number]")) {
      const { hue, pattern } = lookOf(nodes, Number(/** @type {HTMLElement} */ (one).dataset.number));
      if (pattern !== GREY.pattern) one.classList.add(`hue-${hue + 1}`, ...(pattern ? [pattern] : []));
    }
  }

  /** @param {string} id */
  address(id) {
    const to = location.pathname + writeWhy(location.search, id);
    if (to !== location.pathname + location.search) history.replaceState(null, "", to);
  }

  /** @param {HTMLButtonElement} control of the panel */
  act(control) {
    const { why, request, pick, node } = control.dataset;
    if (why === "close") this.close();
    else if (why === "go") void this.open({ request });
    else if (why === "pick") void this.open({ pick: pick === "slowest" ? "slowest" : "newest", node });
    else if (why === "copy") {
      const link = new URL(location.pathname + writeWhy("", this.told()), location.origin).href;
      void copyLink(control, link, this.say);
    }
  }
}

/**
 * Wires the panel: its button, clicks on lanes, and `?why=` in the address. Not available in the past.
 * @param {Context} context
 */
export function startWhy(context) {
  const panel = new WhyPanel(context);
  const { root, opener } = panel;
  opener.addEventListener("click", () => (root.hidden ? void panel.open({ pick: "newest" }) : panel.close()));
  root.addEventListener("click", ({ target }) => {
    const control = target instanceof Element ? target.closest("[data-why]") : null;
    if (control instanceof HTMLButtonElement) panel.act(control);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || root.hidden || document.querySelector("dialog[open]"))
      return;
    event.preventDefault();
    panel.close();
  });
  byId("lanes").addEventListener("click", ({ target }) => {
    if (!(target instanceof Element) || target.closest(CONTROLS) || context.store.past) return;
    const lane = target.closest("[data-node]");
    const number = lane instanceof HTMLElement ? Number(lane.dataset.node) : 0;
    const node = context.store.page.view.state.nodes.find((one) => one.number === number);
    if (node) void panel.open({ pick: "newest", node: node.name });
  });
  context.store.onState((_view, past) => {
    opener.hidden = past;
    if (past && !root.hidden) panel.close();
  });
  const wanted = readWhy(location.search);
  if (wanted && !context.store.past) void panel.open({ request: wanted });
}

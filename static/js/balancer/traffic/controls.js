/** A node's actions: kill, freeze, slow, thaw, revive. Immediate in a demo; elsewhere they open the ring's plan. */

import { button, h } from "../../lib/dom.js";
import { _, interpolate } from "../../lib/i18n.js";
import { wirePopover } from "../../lib/popover.js";
import { HALF_SPEED } from "../../ring/pulse.js";

/** @import { Node } from "../../ring/types.js" */
/** @import { Context } from "./main.js" */

/** Freezes shorter than the verdict: milliseconds of each second. */
const FREEZES = [300, 800];
const EVERY_MS = 1000;

/** @typedef {{words: string, fields: Record<string, string | number>, look?: string}} Deed */

/**
 * @param {Pick<Node, "state" | "pulse" | "number">} node
 * @returns {{deeds: Deed[], freezes: Deed[]}} freezes: ways to freeze it; none if it is frozen or not responding
 */
export function deedsFor({ state, pulse, number }) {
  const kill = { words: _("Kill"), fields: { action: "kill", node: number }, look: "bad" };
  const thaw = { words: _("Thaw"), fields: { action: "thaw", node: number }, look: "pri" };
  const revive = { words: _("Revive"), fields: { action: "revive", node: number } };
  if (state === "frozen" || state === "suspected" || pulse) return { deeds: [kill, thaw], freezes: [] };
  if (state === "down") return { deeds: [revive], freezes: [] };
  if (state !== "active") return { deeds: [], freezes: [] };
  const freezes = FREEZES.map((ms) => ({
    words: interpolate(_("%(n)s ms of each second"), { n: ms }),
    fields: { action: "freeze", node: number, for: ms, every: EVERY_MS },
  }));
  const { for_ms: slowFor, every_ms: slowEvery } = HALF_SPEED;
  const slow = { words: _("Slow"), fields: { action: "freeze", node: number, for: slowFor, every: slowEvery } };
  return { deeds: [kill, slow], freezes };
}

/**
 * @param {Context} context
 * @param {Node} node
 */
export function controlsOf({ deeds, urls, mayOperate }, node) {
  const { operate, direct } = deeds.powers;
  if (!mayOperate || !operate) return h("div", { class: "ctl" });
  const found = deedsFor(node);
  const make = (/** @type {Deed} */ { words, fields, look = "" }) => {
    const key = `${fields.action}-${node.number}-${fields.for ?? ""}`;
    const label = `${words}: ${node.name}`;
    const quick = direct || fields.action === "thaw";
    if (quick) {
      const attributes = { class: `btn ${look}`, "data-key": key, "aria-label": label };
      return button(words, () => void deeds.fault(fields), attributes);
    }
    return h(
      "a",
      { class: `btn ${look}`, href: planOf(urls.ring, fields), "data-key": key, "aria-label": label },
      words,
    );
  };
  const menu = found.freezes.length > 0 ? [freezeMenu(node, found.freezes.map(make))] : [];
  const [first, ...rest] = found.deeds.map(make);
  return h("div", { class: "ctl", "data-operate": true }, first, ...menu, ...rest);
}

/**
 * The address of the Ring page that previews the action.
 * @param {string} ring
 * @param {Deed["fields"]} fields
 */
export function planOf(ring, { action, ...fields }) {
  const values = Object.entries(fields).map(([name, value]) => [name, String(value)]);
  return `${ring}?${new URLSearchParams([["plan", String(action)], ...values])}`;
}

/**
 * @param {Node} node
 * @param {HTMLElement[]} items
 */
function freezeMenu(node, items) {
  const summary = h(
    "summary",
    { class: "btn", "data-key": `freeze-${node.number}`, "aria-label": `${_("Freeze")}: ${node.name}` },
    _("Freeze"),
  );
  const menu = h("details", { class: "pop" }, summary, h("div", { class: "menu-box" }, ...items));
  wirePopover(menu);
  return menu;
}

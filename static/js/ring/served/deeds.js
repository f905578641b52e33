/** The actions for a node that is a real server, by its state, and what they cost. */

import { _ } from "../../lib/i18n.js";
import { h } from "../dom.js";
import { isMember } from "../members.js";
import { riskWords } from "../risk.js";
import { measuredFacts } from "./counts.js";

/** @import { Node, Page, State } from "../types.js" */

/** @typedef {{action: string, words: string, look?: string}} Deed */

/**
 * @param {Node} node
 * @returns {Deed[]}
 */
export function deedsOf({ state, pulse }) {
  const all = {
    kill: { action: "kill", words: _("Kill"), look: "bad" },
    freeze: { action: "freeze", words: _("Freeze") },
    thaw: { action: "thaw", words: _("Thaw"), look: "pri" },
    restart: { action: "restart", words: _("Restart") },
    drain: { action: "drain", words: _("Drain") },
    revive: { action: "revive", words: _("Revive"), look: "pri" },
    remove: { action: "remove", words: _("Remove") },
  };
  switch (state) {
    case "active":
      return [...(pulse ? [all.thaw] : []), all.kill, all.freeze, all.restart, all.drain, all.remove];
    case "suspected":
      return [all.kill, all.thaw, all.restart];
    case "frozen":
      return [all.thaw, all.kill, all.restart];
    case "joining":
      return [];
    default:
      return [all.revive, all.remove];
  }
}

/**
 * For operators, a link to the page that shows what its server stores.
 * @param {string} nodes the address of the nodes' pages, "" if keys cannot be browsed
 * @param {Node} node
 */
export const keysLink = (nodes, node) =>
  nodes && isMember(node)
    ? h("a", { class: "btn", "data-operate": true, href: `${nodes}${node.number}/keys/` }, _("Browse keys"))
    : "";

/**
 * What the buttons would cost.
 * @param {State} state
 * @param {Node} node
 */
export function warning(state, node) {
  return h("p", { class: "sub selrow" }, costs(state, node));
}

/**
 * @param {State} state
 * @param {Node} node
 */
function costs(state, node) {
  const risk = isMember(node) ? riskWords(state, node.number) : "";
  if (node.state === "active") return `${risk} ${_("Drain and remove move its keys first.")}`;
  if (risk) return `${risk} ${_("If it is thawed or restarted before the verdict, it loses none.")}`;
  return node.state === "joining"
    ? _("It is starting. You can cancel that above the ring.")
    : _("If revived, it comes back empty, with a new node ID: other nodes own its keys now and have newer values.");
}

/**
 * @param {Readonly<Page>} page
 * @param {Node} node
 */
export const factsOf = (page, node) => measuredFacts(page, node, Date.now());

/** The card of a node: its facts and its actions. Enter on the ring or a click on a name opens it. */

import { count, moment, percent } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { fairKeys } from "./change.js";
import { button, byId, chip, h } from "./dom.js";
import { facesOf } from "./faces.js";
import { wireDialog } from "../lib/forms.js";
import { renumberWords, weightWords } from "./limits.js";
import { isMember, nodeWord, predicted } from "./members.js";
import { tickSince } from "./noderow.js";
import { abilitiesOf } from "./strategies.js";
import { verdictAt, verdictWords } from "./verdict.js";

/** @import { Acting } from "./acting.js" */
/** @import { Node, Page, State } from "./types.js" */
/** @import { Store } from "./store.js" */

/**
 * @param {Store} store
 * @param {Acting} acting
 * @param {typeof import("./served/deeds.js") | null} served the additional facts and actions of managed clusters
 * @param {typeof import("./served/outside.js") | null} outside the facts of external clusters, which replace them
 * @returns {(number: number) => void} opens the card of a node
 */
export function wireCard(store, acting, served, outside) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("node-dialog"));
  wireDialog(dialog);
  setInterval(() => dialog.open && tickSince(dialog, store.page.offset), 1000);
  return (number) => {
    const { state } = store.page.view;
    const node = state.nodes.find((one) => one.number === number);
    if (!node) return;
    const act = (/** @type {string} */ action, /** @type {Record<string, string>} */ more = {}) => {
      dialog.close();
      void acting.intend({ action, node: String(number), ...more });
    };
    const face = facesOf(store.page).of(number);
    const { selected } = store.page;
    store.set({ selected: number });
    dialog.addEventListener("close", () => store.set({ selected }), { once: true });
    dialog.replaceChildren(
      h("h2", { id: "node-title" }, chip(face), " ", node.name),
      listed(outside?.nodeFacts(store.page, node) ?? facts(state, node, served?.factsOf(store.page, node) ?? [])),
      dueWords(store.page, node),
      ...deeds(node, acting, act, served),
      h(
        "div",
        { class: "bar-row selrow" },
        (acting.mayOperate && served?.keysLink(acting.urls.nodes, node)) || "",
        h("button", { type: "button", class: "btn", "data-close": true }, _("Close")),
      ),
    );
    dialog.showModal();
  };
}

/**
 * @param {State} state
 * @param {Node} node
 * @param {[string, string][]} more
 * @returns {[string, string][]}
 */
function facts(state, node, more) {
  const fair = interpolate(_("%(keys)s, fair share %(fair)s"), {
    keys: count(predicted(node)),
    fair: count(isMember(node) ? fairKeys(state, node) : 0),
  });
  /** @type {[string, string]} */
  const tokens = [_("Tokens"), count(node.tokens)];
  return [
    [_("State"), stateWords(node)],
    [more.length > 0 ? _("Predicted keys") : _("Keys"), fair],
    ...more,
    [_("Hash space"), percent(node.ownership, 2)],
    ...(abilitiesOf(state.cluster).tokens ? [tokens] : []),
    [_("Weight"), String(node.weight)],
    [_("Zone"), node.zone || "–"],
    [_("Address"), node.address || "–"],
  ];
}

/**
 * The time left to thaw it.
 * @param {Readonly<Page>} page
 * @param {Node} node
 */
function dueWords({ view, head, offset }, node) {
  const due = view === head ? verdictAt(view.state.cluster, node) : null;
  if (due === null) return "";
  const word = nodeWord(node);
  const left = verdictWords(due, Date.now() + offset);
  return h("p", { class: "due", "data-due": due, "data-word": word }, `${word}, ${left}`);
}

/** @param {Node} node `since` is about its state, not its pulse */
const stateWords = (node) =>
  node.pulse
    ? nodeWord(node)
    : interpolate(_("%(state)s since %(time)s"), { state: nodeWord(node), time: moment(node.since) });

/** @param {[string, string][]} rows */
const listed = (rows) =>
  h("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));

/**
 * The action buttons. They only plan for people who watch, and for everybody outside demos; the text says which.
 * @param {Node} node
 * @param {Acting} acting
 * @param {(action: string, more?: Record<string, string>) => void} act
 * @param {typeof import("./served/deeds.js") | null} served
 */
function deeds(node, acting, act, served) {
  const { click, quick, why } = acting.powers;
  if (!click) return [h("p", { class: "sub" }, why)];
  const note = quick ? "" : _("Each of these shows a plan; nothing happens yet.");
  const active = node.state === "active";
  const one = (/** @type {string} */ action, /** @type {string} */ words, look = "") =>
    button(words, () => act(action), { class: `btn ${look}` });
  const weight = h("input", {
    value: node.weight,
    inputmode: "decimal",
    "aria-label": _("Weight"),
    autocomplete: "off",
  });
  const weigh = h(
    "form",
    {
      class: "bar-row selrow",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        act("reweight", { weight: weight.value.trim() });
      },
    },
    h("div", { class: "field" }, weight),
    h("button", { class: "btn" }, _("Set weight")),
  );
  const { state } = acting.store.page.view;
  return [
    note && h("p", { class: "sub" }, note),
    h(
      "div",
      { class: "bar-row" },
      ...(served
        ? served.deedsOf(node).map(({ action, words, look = "" }) => one(action, words, look))
        : [
            node.state === "down" ? "" : one("kill", _("Kill"), "bad"),
            active ? one("drain", _("Drain")) : one("revive", _("Revive"), "pri"),
            one("remove", _("Remove")),
          ]),
    ),
    served ? served.warning(state, node) : "",
    remark(renumberWords(state, node.number)),
    ...(node.state === "joining" ? [] : [weigh, remark(weightWords(state.cluster))]),
  ];
}

/** @param {string} words */
const remark = (words) => (words ? h("p", { class: "sub selrow" }, words) : "");

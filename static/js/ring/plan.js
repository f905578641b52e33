/** The plan: what would move and to whom, and the two buttons under it. */

import { count } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { foremost, subjectOf } from "./change.js";
import { button, byId, h } from "./dom.js";
import { facesOf } from "./faces.js";
import { comparedLedger, ledger, moduloWords } from "./ledger.js";
import { renumberNote } from "./limits.js";
import { contextOf, row } from "./nodes.js";
import { changeSentence, changeTitle } from "./words.js";

/** @import { Acting } from "./acting.js" */
/** @import { Change, Page } from "./types.js" */
/** @import { Parts } from "./more.js" */
/** @import { Store } from "./store.js" */

const MOST_ROWS = 24;

/**
 * @param {Readonly<Page>} page
 * @param {Change} change
 * @param {Parts} parts
 * @returns {(HTMLElement | string)[]}
 */
export function planPanel(page, change, { acting, open, openMoved }) {
  const { movement } = change;
  const node = subjectOf(change);
  const title = changeTitle(change, node ? facesOf(page).of(node.number).label : "");
  const made = interpolate(_("made on version %(v)s"), { v: count(change.v) });
  const head = h("div", { class: "hrow" }, h("h2", {}, title), h("span", { class: "sub" }, made));
  // What it costs real servers comes with a module of its own (served/estimate.js), into the place that is marked so.
  const cost = page.plan?.estimate ? h("div", { "data-estimate": true }) : "";
  const others = page.plan?.compared ? comparedLedger(page.plan.compared) : "";
  if (!movement) return [head, others, h("p", { class: "txt" }, changeSentence(change)), cost];
  const context = { ...contextOf(page, acting, open), bare: true };
  const first = foremost(change, MOST_ROWS);
  const shown =
    context.rows.length > MOST_ROWS ? context.rows.filter(({ number }) => first.includes(number)) : context.rows;
  const owned = change.payload.loss ? _("All %(n)s keys that would change owner") : _("All %(n)s keys that would move");
  const all = interpolate(owned, { n: count(movement.moved) });
  return [
    head,
    ledger(change, movement),
    text(moduloWords(change, movement)),
    text(renumberNote(change)),
    cost,
    // Where keys are lost nobody has more after it: the room of the survivors says all.
    change.payload.loss || shown.length === 0
      ? ""
      : h(
          "table",
          { class: "nodes" },
          h("thead", {}, h("tr", {}, ...[_("Node"), _("Keys"), _("After"), _("Change")].map(heading))),
          h("tbody", {}, ...shown.map((sides) => row(context, sides))),
        ),
    movement.moved > 0
      ? h(
          "p",
          { class: "more" },
          h("button", { type: "button", "data-key": "moved", onclick: () => openMoved(change) }, all),
        )
      : "",
    h("p", { class: "txt" }, _("If the ring changes before you decide, this is planned again and shown first.")),
  ];
}

/** @param {string} words */
const text = (words) => (words ? h("p", { class: "txt" }, words) : "");

/** @type {(text: string, i: number) => HTMLElement} */
const heading = (text, i) => h("th", { class: i > 1 ? "num" : null, scope: "col" }, text);

/**
 * Discard for all, commit for operators.
 * @param {Store} store
 * @param {Acting} acting
 */
export function wirePlanButtons(store, acting) {
  const bar = byId("plan-acts");
  const discard = button(_("Discard"), () => acting.discard());
  const commit = button(_("Commit"), () => {
    commit.disabled = true;
    void acting.commit().finally(() => {
      commit.disabled = false;
    });
  });
  commit.classList.add("pri");
  bar.append(discard, commit);
  store.on(["plan", "view", "link", "mayOperate"], ({ plan }) => {
    bar.hidden = plan === null;
    commit.hidden = !acting.mayOperate;
    commit.disabled = !acting.powers.operate;
  });
}

/** What the tour says, step by step, and what each step points at. Pure. */

import { _ } from "../../lib/i18n.js";
import { activeNodes, shownChange } from "../change.js";
import { isExternal, isManaged } from "../members.js";
import { powersOf } from "../powers.js";
import { abilitiesOf } from "../strategies.js";

/** @import { Page } from "../types.js" */

/** @typedef {Readonly<Page>} Shown */
/**
 * @typedef {{name: string, tab: string, at: string[], with?: string, round?: boolean, there: (page: Shown) => boolean,
 *   title: (page: Shown, touch: boolean) => string, text: (page: Shown, touch: boolean) => string,
 *   done?: (page: Shown, from: Shown) => boolean, after?: (page: Shown) => string}} Step
 *   tab: its panel, on screens that show one at a time, or ""; at: selectors; the target is every element of the first one
 *   that is visible; with: a related element that stays in view too; round: the target is a circle; there: whether the
 *   cluster has what the step is about; done: whether it was done since `from`; after: what is said then
 */

/** @type {(page: Shown) => boolean} */
const isPast = ({ view, head }) => view !== head;
const past = () => _("You see the past. “Go live” brings you back to now.");

/** @type {Step} */
const find = {
  name: "find",
  tab: "find",
  at: ["#panel-find .field", "#tab-find"],
  with: "#panel-find",
  there: ({ head }) => activeNodes(head.state).length > 0,
  title: () => _("Find a key"),
  text: () => _("Type any key under “Find a key”. You see where it hashes and which node owns it."),
  done: ({ key, lookup }, from) => key !== "" && key !== from.key && lookup !== null && lookup !== from.lookup,
  after: () => _("These are the steps from the key to its owner. The ring shows the same way."),
};

/** @type {Step} */
const click = {
  name: "click",
  tab: "",
  at: ["#ring"],
  round: true,
  there: ({ head: { state } }) =>
    !isExternal(state) && activeNodes(state).length > 0 && abilitiesOf(state.cluster).ranges,
  title: (_page, touch) => (touch ? _("Tap an arc") : _("Click an arc")),
  text: (page, touch) => (isPast(page) ? past() : clickText(page, touch)),
  done: (page, from) => {
    const change = shownChange(page);
    return change !== null && (change.planned || page.view.event !== from.view.event);
  },
  after: ({ plan }) =>
    plan
      ? _("Only the arcs in colour would change owner. The middle says how many keys that is.")
      : _("Only the arcs in colour changed owner. The middle says how many keys that is."),
};

/**
 * @param {Shown} page
 * @param {boolean} touch
 */
function clickText(page, touch) {
  const { direct, operate } = powersOf(page, page.mayOperate);
  if (direct) {
    const kill = touch ? _("Tap any arc to kill that node.") : _("Click any arc to kill that node.");
    const means = isManaged(page.head.state)
      ? _("Its server really stops and its keys are lost. Everyone watching sees it.")
      : _("The next nodes take over its keys. Everyone watching sees it.");
    return `${kill} ${means}`;
  }
  if (operate) {
    const plan = touch ? _("Tap any arc to plan losing that node.") : _("Click any arc to plan losing that node.");
    return `${plan} ${_("Nothing changes until you commit the plan.")}`;
  }
  const look = touch ? _("Tap any arc to preview losing that node.") : _("Click any arc to preview losing that node.");
  return `${look} ${_("Nothing happens to the ring.")}`;
}

const withPlan = () => _("Discard the plan to see the node list again.");

/** @type {Step} */
const compare = {
  name: "compare",
  tab: "nodes",
  at: ["#nodes .served :is(thead tr, [data-node]) > :is(:nth-child(3), :nth-child(4))", "#plan-acts", "#tab-nodes"],
  there: ({ head: { state } }) => isManaged(state) && hasLoad(state),
  title: () => _("Predicted beside stored"),
  text: ({ plan }) =>
    plan
      ? withPlan()
      : _("“Predicted” is what the ring gives each node. “Stored” is what its server counts. At rest they are equal."),
};

/** @type {Step} */
const balance = {
  name: "balance",
  tab: "nodes",
  at: ["#nodes :is(thead tr, [data-node]) > :nth-child(2)", "#plan-acts", "#tab-nodes"],
  there: ({ head: { state } }) => !isManaged(state) && !isExternal(state) && hasLoad(state),
  title: () => _("Load against fair share"),
  text: ({ plan }) =>
    plan
      ? withPlan()
      : _("Each bar is the keys of a node. The line across it is the node's fair share, which follows its weight."),
};

/** @type {(state: import("../types.js").State) => boolean} */
const hasLoad = (state) => state.keys.count > 0 && activeNodes(state).length > 0;

/** @type {Step} */
const back = {
  name: "back",
  tab: "",
  at: ["#back"],
  there: ({ head, floor }) => head.v > floor,
  title: () => _("Step back"),
  text: () => _("Every change is kept. Step back with this button, and the whole page shows that moment."),
  done: isPast,
  after: past,
};

/**
 * The steps that apply to this cluster.
 * @param {Shown} page
 */
export const stepsFor = (page) => [find, click, compare, balance, back].filter(({ there }) => there(page));

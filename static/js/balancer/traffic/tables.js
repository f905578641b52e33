/** The figures as tables: nodes, policies, and the last 40 seconds in steps of two. Filled only while open. */

import { byId, h } from "../../lib/dom.js";
import { clock, count, fixed, percent } from "../../lib/format.js";
import { _ } from "../../lib/i18n.js";
import { fairShares } from "./geometry.js";
import { labelOf, spelled, titleOf } from "./policies.js";
import { causeWords, serves, standingOf } from "./standing.js";
import { errorsOf } from "./sums.js";

/** @import { History } from "./history.js" */
/** @import { Moment, OnFrame } from "./types.js" */

const STEP_MS = 2000;
const UNKNOWN = "–";

/** @typedef {{head: string[], rows: string[][]}} Sheet the first column names the row */

/**
 * @param {Moment} view
 * @param {OnFrame | null} frame
 * @returns {Sheet}
 */
export function nodeSheet(view, frame) {
  const fair = fairShares(view.state.nodes.filter(serves));
  const rows = view.state.nodes.map((node) => {
    const key = String(node.number);
    const { state, reason } = standingOf(node, view.balancer.standings[key]);
    const seen = frame?.nodes[key];
    const run = frame?.run.nodes[key];
    const numbers = seen
      ? [count(seen.in_flight), cap(frame, key), share(seen.share), share(fair.get(key) ?? null)]
      : [UNKNOWN, UNKNOWN, UNKNOWN, share(fair.get(key) ?? null)];
    const times = [seen?.p50_ms, seen?.p95_ms, seen?.p99_ms].map(ms);
    const counts = run
      ? [run.sent, run.answered, run.refused, errorsOf(run)].map(count)
      : [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN];
    return [node.name, state, `${reason}, ${causeWords(node, view.causes)}`, ...numbers, ...times, ...counts];
  });
  const head = [
    _("Node"),
    _("Health"),
    _("Reason"),
    _("In flight"),
    _("Cap"),
    _("Share"),
    _("Fair share"),
    "p50 ms",
    "p95 ms",
    "p99 ms",
  ];
  return { head: [...head, _("Sent"), _("Answered"), _("Refused"), _("Errors")], rows };
}

/**
 * @param {OnFrame | null} frame
 * @returns {Sheet}
 */
export function policySheet(frame) {
  const rows = (frame?.policies ?? [])
    .toReversed()
    .map((one) => [
      titleOf(one.policy),
      spelled(one.options),
      ms(one.p99_ms),
      fixed(one.seconds, 1),
      clock(one.at),
      one.same ? _("same as now") : _("different"),
    ]);
  return { head: [_("Policy"), _("Options"), "p99 ms", _("Over, s"), _("Until"), _("Nodes")], rows };
}

/**
 * The column "in flight" is the maximum of each step.
 * @param {History} history
 * @param {{number: number, name: string}[]} nodes
 * @returns {Sheet}
 */
export function courseSheet({ at: now, points, spans, steps }, nodes) {
  const rows = [];
  for (let from = now - STEP_MS; from >= (points[0]?.at ?? now); from -= STEP_MS) {
    const within = (/** @type {{at: number}} */ { at }) => at > from && at <= from + STEP_MS;
    const last = points.findLast(within);
    if (!last) continue;
    const span = spans.findLast((one) => one.from <= last.at && one.to >= last.at);
    const most = nodes.map(({ number }) =>
      Math.max(0, ...(steps.get(String(number)) ?? []).filter(within).map(({ n }) => n)),
    );
    rows.push([
      clock(last.at),
      span ? labelOf(span.policy) : UNKNOWN,
      ms(last.p50),
      ms(last.p95),
      ms(last.p99),
      ms(last.lag),
      ...most.map(count),
    ]);
  }
  return {
    head: [
      _("Until"),
      _("Policy"),
      "p50 ms",
      "p95 ms",
      "p99 ms",
      _("Driver lag, ms"),
      ...nodes.map(({ name }) => name),
    ],
    rows,
  };
}

/** @param {number | null | undefined} value */
const ms = (value) => (value == null ? UNKNOWN : fixed(value, value < 10 ? 2 : 1));

/** @param {number | null} ratio */
const share = (ratio) => (ratio === null ? UNKNOWN : percent(ratio));

/** @param {OnFrame | null} frame @param {string} key */
const cap = (frame, key) => (frame?.caps?.[key] === undefined ? UNKNOWN : count(frame.caps[key]));

/**
 * @param {string} id
 * @param {string} caption
 * @param {Sheet} sheet
 */
function tableOf(id, caption, { head, rows }) {
  return h(
    "div",
    { class: "sheet", tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      { id },
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, ...head.map((words) => h("th", { scope: "col" }, words)))),
      h(
        "tbody",
        {},
        ...rows.map(([name, ...cells]) =>
          h("tr", {}, h("th", { scope: "row" }, name), ...cells.map((cell) => h("td", {}, cell))),
        ),
      ),
    ),
  );
}

/**
 * @param {Moment} view
 * @param {OnFrame | null} frame
 * @param {History} history
 */
export function writeTables(view, frame, history) {
  const host = byId("tables");
  const at = [...host.children].map(({ scrollLeft }) => scrollLeft);
  host.replaceChildren(
    tableOf(
      "nodes-table",
      _("Nodes: real figures of the last seconds; counts since the driver started"),
      nodeSheet(view, frame),
    ),
    tableOf("policies-table", _("What each policy reached on this stream (real)"), policySheet(frame)),
    tableOf(
      "course-table",
      _("The last 40 seconds (real); in flight is the maximum of each step"),
      courseSheet(history, view.state.nodes),
    ),
  );
  for (const [i, one] of [...host.children].entries()) one.scrollLeft = at[i] ?? 0;
}

/** The totals of requests (sent = answered + refused + failed + in flight), and what policies reached, as bars. */

import { byId, h } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { logWidth } from "./geometry.js";
import { msWords } from "./headline.js";
import { titleOf } from "./policies.js";

/** @import { Counts, OnFrame, Reached } from "./types.js" */

const MOST_BARS = 3;

/**
 * The totals over all nodes since the driver started. `sent` is the sum of the others.
 * @param {OnFrame["run"]} run
 */
export function sumOf(run) {
  const sum = { sent: 0, answered: 0, refused: 0, errors: 0, in_flight: 0 };
  for (const one of Object.values(run.nodes)) {
    sum.sent += one.sent;
    sum.answered += one.answered;
    sum.refused += one.refused;
    sum.errors += errorsOf(one);
    sum.in_flight += one.in_flight;
  }
  return sum;
}

/** @param {Pick<Counts, "errors">} counts */
export const errorsOf = ({ errors }) => Object.values(errors).reduce((all, one) => all + one, 0);

/**
 * The requests that the driver could not send.
 * @param {OnFrame["run"]} run
 */
export function unsentWords({ homeless, late }) {
  const words = [];
  if (homeless > 0) {
    const text = ngettext("%(n)s request found no ready node.", "%(n)s requests found no ready node.", homeless);
    words.push(interpolate(text, { n: count(homeless) }));
  }
  if (late > 0) {
    const text = ngettext(
      "The driver fell behind and skipped %(n)s request.",
      "The driver fell behind and skipped %(n)s requests.",
      late,
    );
    words.push(interpolate(text, { n: count(late) }));
  }
  return words.join(" ");
}

/** The share of the p99 from which the driver's own delay is mentioned. */
const MUCH = 0.5;

/**
 * A warning if the driver was so late that the figures reflect this machine more than the policy.
 * @param {Pick<OnFrame, "lag_p99_ms"> & {total: {p99_ms: number | null}}} frame
 */
export function lagWords({ lag_p99_ms: lag, total: { p99_ms: p99 } }) {
  if (lag === null || p99 === null || lag < MUCH * p99) return "";
  const text = _(
    "This machine is busy: the driver itself is up to %(lag)s ms late (p99), which makes latencies look worse.",
  );
  return interpolate(text, { lag: msWords(lag) });
}

/**
 * The policies whose p99 can be compared: the current one, then the newest with the same nodes.
 * @param {OnFrame} frame
 * @returns {Reached[]}
 */
export function comparable(frame) {
  const known = frame.policies.filter(({ p99_ms: ms, same }) => ms !== null && same);
  return known.toReversed().slice(0, MOST_BARS);
}

/** @param {OnFrame | null} frame */
export function writeSums(frame) {
  byId("sum").hidden = byId("unsent").hidden = byId("reached").hidden = frame === null;
  if (!frame) return;
  const { sent, answered, refused, errors, in_flight: inFlight } = sumOf(frame.run);
  const part = (/** @type {number} */ n, /** @type {string} */ words, /** @type {string} */ sign) => [
    ...(sign ? [h("span", { class: "o" }, sign)] : []),
    h("span", {}, h("b", {}, count(n)), words),
  ];
  byId("sum").replaceChildren(
    ...part(sent, _("sent"), ""),
    ...part(answered, _("answered"), "="),
    ...part(refused, _("refused"), "+"),
    ...part(errors, _("errors"), "+"),
    ...part(inFlight, _("in flight"), "+"),
  );
  const words = `${unsentWords(frame.run)} ${lagWords(frame)}`.trim();
  byId("unsent").textContent = words;
  byId("unsent").hidden = words === "";
  writeReached(comparable(frame));
}

/** @param {Reached[]} shown */
function writeReached(shown) {
  const host = byId("reached");
  const most = Math.max(...shown.map(({ p99_ms: ms }) => Number(ms)));
  host.hidden = shown.length < 2;
  host.replaceChildren(
    h("h2", {}, _("p99, same stream"), " ", h("span", { class: "tag real" }, _("Real"))),
    ...shown.map(({ policy, p99_ms: ms }, i) =>
      h(
        "div",
        { class: "cb" },
        h("span", {}, titleOf(policy)),
        h("i", { class: i > 0 ? "o" : null, "--w": `${100 * logWidth(Number(ms), most)}%` }),
        h("b", {}, interpolate(_("%(n)s ms"), { n: msWords(Number(ms)) })),
      ),
    ),
  );
}

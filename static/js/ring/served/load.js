/** The workload: clients that use the cluster, their measurements, and their controls. */

import { clock, count, fixed, percent } from "../../lib/format.js";
import { _, interpolate } from "../../lib/i18n.js";
import { onTheme } from "../../lib/theme.js";
import { isDrawn } from "../subject.js";
import { button, byId, h } from "../dom.js";
import { drawChart } from "./chart.js";
import { write } from "./counts.js";
import { fresh } from "./fresh.js";
import { Series } from "./series.js";

/** @import { Acting } from "../acting.js" */
/** @import { Page, TrafficFrame, Workload } from "../types.js" */
/** @import { Store } from "../store.js" */

const STEPS = [1, 10, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];
const READS = [0, 0.5, 0.8, 0.9, 0.95, 0.99, 1];
/** @type {Workload} */
const FIRST = { on: false, rate: 500, distribution: "uniform", reads: 0.9 };

/**
 * @param {Store} store
 * @param {Acting} acting
 */
export function wireLoad(store, acting) {
  const series = new Series();
  const canvas = h("canvas", { class: "plot", role: "img" });
  const figures = h("p", { class: "txt" });
  const state = h("span", { class: "sub" });
  const send = (/** @type {Partial<Workload>} */ more) => {
    const next = { ...(store.page.head.state.workload ?? FIRST), ...more };
    const { on, rate, distribution, reads } = next;
    const fields = { action: "workload", on: on ? "1" : "", rate: String(rate), distribution, reads: String(reads) };
    return acting.reported(acting.act(fields), fields).then(show);
  };
  // One after the other: typing a rate and then clicking Start does both, the second on the result of the first.
  let sent = Promise.resolve();
  const set = (/** @type {Partial<Workload>} */ more) => {
    sent = sent.then(() => send(more));
  };
  const controls = makeControls(set, () => store.page.head.state.workload ?? FIRST);
  byId("panel-load").append(
    h(
      "div",
      { class: "hrow" },
      h("h2", { id: "load-title" }, _("Workload")),
      state,
      acting.mayOperate && controls.toggle,
    ),
    canvas,
    figures,
    ...(acting.mayOperate ? [controls.folded] : []),
  );

  const show = () => {
    const { page } = store;
    const now = Date.now();
    const frame = fresh(page, "traffic", now);
    write(state, stateWords(page, now));
    write(figures, frame ? figureWords(series, frame) : _("Hit rate, operations and latency: unknown."));
    canvas.setAttribute(
      "aria-label",
      `${_("Hit rate (line) and operations a second (dashed), last minute.")} ${figures.textContent}`,
    );
    canvas.classList.toggle("old", !frame);
    const { workload } = page.head.state;
    const newest = Math.max(series.newest, Math.floor((now + page.offset) / 1000) - 1);
    const marks = page.rows.filter(({ kind }) => isDrawn(kind)).map(({ at }) => Math.floor(Date.parse(at) / 1000));
    drawChart(canvas, series.points(), { newest, marks: marks.slice(-20), rate: workload?.rate ?? 0 });
    controls.show(workload ?? FIRST, acting.powers);
  };
  let taken = 0;
  store.on(["frames"], ({ frames: { traffic } }) => {
    if (!traffic || traffic.at === taken) return;
    taken = traffic.at;
    series.take(traffic);
  });
  store.on(["view", "link", "mayOperate", "plan"], show);
  new ResizeObserver(show).observe(canvas);
  onTheme(show);
  setInterval(show, 500);
}

/**
 * @param {Readonly<Page>} page
 * @param {number} now
 */
export function stateWords(page, now) {
  const { view, head, frames } = page;
  const { workload } = view.state;
  if (!workload?.on) return _("off");
  const wanted = interpolate(_("target %(n)s ops/s"), { n: count(workload.rate) });
  if (view !== head) return `${wanted}; ${_("measured now only")}`;
  if (fresh(page, "traffic", now)) return wanted;
  return frames.traffic
    ? interpolate(_("on, not measured since %(time)s"), { time: clock(frames.traffic.heard) })
    : _("on, no client has reported yet");
}

/**
 * @param {Series} series
 * @param {TrafficFrame} frame
 */
export function figureWords(series, { p50_ms: p50, p99_ms: p99 }) {
  // The newest complete second: a window of a fifth of a second says little.
  const points = series.points();
  const point = points.at(-2) ?? points.at(-1);
  const errors = points.slice(-10).reduce((sum, one) => sum + one.errors, 0);
  const ms = (/** @type {number | null} */ value) =>
    value === null || value === undefined
      ? _("unknown")
      : interpolate(_("%(n)s ms"), { n: fixed(value, value < 10 ? 2 : 0) });
  const values = {
    hit: point?.hit == null ? _("unknown") : percent(point.hit),
    ops: count(point?.ops ?? 0),
    p50: ms(p50),
    p99: ms(p99),
    errors: count(errors),
  };
  return interpolate(_("Hits %(hit)s · %(ops)s ops/s · p50 %(p50)s · p99 %(p99)s · %(errors)s errors in 10 s"), values);
}

/**
 * @param {(more: Partial<Workload>) => void} set
 * @param {() => Workload} now
 */
function makeControls(set, now) {
  const toggle = button("", () => set({ on: !now().on }), { class: "x k on", "data-operate": true });
  const rate = h("input", { inputmode: "numeric", "aria-label": _("Operations a second"), autocomplete: "off" });
  rate.addEventListener("change", () => {
    const wanted = Number(rate.value.replace(/\D/g, ""));
    if (wanted !== now().rate) set({ rate: wanted });
  });
  const step = (/** @type {number} */ by, /** @type {string} */ words) =>
    button(by < 0 ? "−" : "+", () => set({ rate: nextStep(now().rate, by) }), {
      class: "btn icon",
      "aria-label": words,
    });
  const fewer = step(-1, _("Fewer operations"));
  const more = step(1, _("More operations"));
  const distribution = select(
    _("Which keys"),
    [
      ["zipf", _("Zipf: few keys are popular")],
      ["uniform", _("Uniform: all alike")],
    ],
    (value) => set({ distribution: value === "zipf" ? "zipf" : "uniform" }),
  );
  const reads = select(
    _("Share of reads"),
    READS.map((share) => [String(share), readWords(share)]),
    (value) => set({ reads: Number(value) }),
  );
  const root = h(
    "div",
    { class: "bar-row inset" },
    h("div", { class: "field" }, fewer, rate, more),
    distribution,
    reads,
  );
  const show = (/** @type {Workload} */ workload, /** @type {{operate: boolean, why: string}} */ { operate, why }) => {
    toggle.textContent = workload.on ? _("Stop") : _("Start");
    if (document.activeElement !== rate) rate.value = count(workload.rate);
    if (![...reads.options].some(({ value }) => value === String(workload.reads))) {
      reads.add(new Option(readWords(workload.reads), String(workload.reads)));
    }
    distribution.value = workload.distribution;
    reads.value = String(workload.reads);
    for (const control of [toggle, rate, distribution, reads, fewer, more]) {
      control.disabled = !operate;
      control.title = why;
    }
    fewer.disabled ||= workload.rate <= STEPS[0];
    more.disabled ||= workload.rate >= /** @type {number} */ (STEPS.at(-1));
  };
  const folded = h("details", { class: "txt", "data-operate": true }, h("summary", {}, _("Rate, keys, reads")), root);
  return { toggle, folded, show };
}

/** @param {number} share */
const readWords = (share) => interpolate(_("%(share)s reads"), { share: percent(share, 0) });

/**
 * The next step up or down from a rate, which need not be a step itself.
 * @param {number} rate
 * @param {number} by 1 or -1
 */
export const nextStep = (rate, by) =>
  (by > 0 ? STEPS.find((step) => step > rate) : STEPS.findLast((step) => step < rate)) ?? rate;

/**
 * @param {string} label
 * @param {[string, string][]} options
 * @param {(value: string) => void} choose
 */
function select(label, options, choose) {
  const made = h("select", { "aria-label": label }, ...options.map(([value, words]) => h("option", { value }, words)));
  made.addEventListener("change", () => choose(made.value));
  return made;
}

/** A lane per node: name and health, requests in flight over time and now, share, latency, and actions. */

import { prepare } from "../../lib/canvas.js";
import { byId, h } from "../../lib/dom.js";
import { count, percent } from "../../lib/format.js";
import { _, interpolate } from "../../lib/i18n.js";
import { onTheme } from "../../lib/theme.js";
import { readInk } from "../ink.js";
import { controlsOf } from "./controls.js";
import { fairShares, laneTop } from "./geometry.js";
import { msWords } from "./headline.js";
import { mostOf } from "./history.js";
import { drawAxis, drawLane, drawSquares } from "./lanedraw.js";
import { chipOf, colourOf } from "./looks.js";
import { causeOf, causeWords, serves, standingOf } from "./standing.js";

/** @import { Node } from "../../ring/types.js" */
/** @import { History } from "./history.js" */
/** @import { Context } from "./main.js" */
/** @import { Moment, OnFrame, Share } from "./types.js" */

/** The most nodes with a lane; the table has them all. */
export const MOST_LANES = 24;
/** With more nodes than this, lanes are lower, so that the curves stay on the screen. */
const FEW = 6;

export class Lanes {
  /**
   * @param {Context} context
   * @param {History} history
   */
  constructor(context, history) {
    this.context = context;
    this.history = history;
    this.host = byId("lanes");
    this.axis = /** @type {HTMLCanvasElement} */ (byId("axis"));
    this.ink = readInk();
    this.made = "";
    /** @type {Map<string, HTMLElement>} by number */
    this.rows = new Map();
    onTheme(() => this.restyle());
    new ResizeObserver(() => this.draw()).observe(this.host);
  }

  /** The colours or the text size changed. */
  restyle() {
    this.ink = readInk();
    this.tint();
    this.draw();
  }

  /** Gives each row its node's colour. */
  tint() {
    const { nodes } = this.context.store.page.view.state;
    for (const [number, row] of this.rows) row.style.setProperty("--hue", colourOf(nodes, Number(number)));
  }

  /** Redraws everything for a new moment or frame. */
  write() {
    const { view, head, frame } = this.context.store.page;
    if (!view.balancer.traffic.on) return;
    const past = view !== head;
    this.build(view, past);
    const live = past ? null : frame;
    const fair = fairShares(view.state.nodes.filter(serves));
    byId("share-head").textContent = live
      ? interpolate(_("Share, last %(n)s s"), { n: Math.round(live.seconds) })
      : _("Share");
    for (const node of view.state.nodes) this.fill(node, live?.nodes[String(node.number)] ?? null, fair);
    this.draw();
  }

  /**
   * Rebuilds the rows if the nodes or their actions changed.
   * @param {Moment} view
   * @param {boolean} past
   */
  build(view, past) {
    const { nodes } = view.state;
    const key = JSON.stringify([
      nodes.map(({ number, name, state, pulse }) => [number, name, state, pulse, view.causes[String(number)]?.v]),
      view.balancer.standings,
      past,
      this.context.deeds.powers,
    ]);
    if (key === this.made) return;
    this.made = key;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.key ?? "";
    const shown = nodes.slice(0, MOST_LANES);
    this.rows = new Map(shown.map((node) => [String(node.number), this.row(view, node)]));
    const left = nodes.length - shown.length;
    const rest =
      left > 0
        ? [h("p", { class: "sub" }, interpolate(_("%(n)s more nodes are in the table."), { n: count(left) }))]
        : [];
    this.host.replaceChildren(...this.rows.values(), ...rest);
    byId("board").classList.toggle("dense", shown.length > FEW);
    this.tint();
    if (focused) /** @type {HTMLElement | null} */ (this.host.querySelector(`[data-key="${focused}"]`))?.focus();
  }

  /**
   * @param {Moment} view
   * @param {Node} node
   */
  row(view, node) {
    const { state, reason, odd } = standingOf(node, view.balancer.standings[String(node.number)]);
    const cause = causeOf(node.number, view.causes);
    const who = h(
      "div",
      { class: "nd" },
      h(
        "div",
        { class: "n1" },
        chipOf(view.state.nodes, node.number),
        h("b", {}, h("bdi", {}, node.name)),
        h("em", {}, state),
      ),
      h("div", { class: "why", title: reason }, reason),
      h("div", { title: cause?.text ?? null }, causeWords(node, view.causes)),
    );
    const share = h("div", { class: "shr" }, h("span"), h("i", { class: "bar" }, h("u"), h("s")));
    const latency = h("div", { class: "lat" }, h("span"), h("span"), h("b"));
    return h(
      "div",
      { class: odd ? "g row odd" : "g row", role: "listitem", "data-node": node.number, "data-standing": state },
      who,
      h("div", { class: "plot" }, h("canvas", { class: "course", "aria-hidden": "true" })),
      h("div", { class: "now" }, h("span", {}, h("canvas", { class: "squares", "aria-hidden": "true" })), h("b")),
      share,
      latency,
      controlsOf(this.context, node),
    );
  }

  /**
   ** Fills in a row's figures.
   * @param {Node} node
   * @param {Share | null} figures
   * @param {Map<string, number>} fair
   */
  fill(node, figures, fair) {
    const key = String(node.number);
    const row = this.rows.get(key);
    if (!row) return;
    const own = fair.get(key) ?? 0;
    const most = Math.max(2 * Math.max(...fair.values(), 0), figures?.share ?? 0) || 1;
    const put = (/** @type {string} */ where, /** @type {string} */ words) => {
      const element = row.querySelector(where);
      if (element && element.textContent !== words) element.textContent = words;
    };
    const width = (/** @type {string} */ where, /** @type {string} */ name, /** @type {number} */ ratio) =>
      /** @type {HTMLElement} */ (row.querySelector(where)).style.setProperty(name, `${(100 * ratio).toFixed(2)}%`);
    put(".now b", figures ? count(figures.in_flight) : "");
    put(".shr span", figures && figures.share !== null ? percent(figures.share) : _("unknown"));
    width(".bar u", "width", Math.min(1, (figures?.share ?? 0) / most));
    width(".bar s", "left", own / most);
    const [p50, p95, p99] = [figures?.p50_ms, figures?.p95_ms, figures?.p99_ms].map((ms) =>
      ms == null ? "–" : msWords(ms),
    );
    put(".lat span", p50);
    put(".lat span + span", p95);
    put(".lat b", p99);
  }

  /** Draws the canvases. */
  draw() {
    const { view, head, frame } = this.context.store.page;
    const { history, ink } = this;
    const live = view === head && frame !== null;
    const now = live ? history.at : 0;
    const most = laneTop(history.most);
    paint(this.axis, ink.scale, (ctx, size) => drawAxis(ctx, size, ink, { now, spans: live ? history.spans : [] }));
    for (const [number, row] of this.rows) {
      const colour = row.style.getPropertyValue("--hue") || ink.ink2;
      const steps = live ? (history.steps.get(number) ?? []) : [];
      const cap = (live && frame?.caps?.[number]) || null;
      const outs = live ? history.outs.filter(({ node }) => node === number) : [];
      const marks = live ? history.marks.filter(({ kind, node }) => kind !== "health" || node === number) : [];
      const lane = { steps, colour, now, most, cap, outs, marks };
      paint(canvasOf(row, ".course"), ink.scale, (ctx, size) => drawLane(ctx, size, ink, lane));
      const counts = { n: steps.at(-1)?.n ?? 0, peak: mostOf(steps), colour };
      paint(canvasOf(row, ".squares"), ink.scale, (ctx, size) => drawSquares(ctx, size, ink, counts));
    }
  }
}

/** @type {(row: HTMLElement, where: string) => HTMLCanvasElement} */
const canvasOf = (row, where) => /** @type {HTMLCanvasElement} */ (row.querySelector(where));

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} scale
 * @param {(ctx: CanvasRenderingContext2D, size: {width: number, height: number}) => void} draw
 */
function paint(canvas, scale, draw) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width > 0 && height > 0) draw(prepare(canvas, width, height, scale), { width, height });
}

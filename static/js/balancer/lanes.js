/** The canvases of a race: a lane per policy, and the lines below. Draws a moment, and follows size and theme. */

import { prepare } from "../lib/canvas.js";
import { count } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { onTheme } from "../lib/theme.js";
import { drawLane } from "./draw.js";
import { readInk } from "./ink.js";
import { layoutOf } from "./layout.js";
import { drawLines } from "./lines.js";
import { courseOf, fullest, inFlight, isFrozen, longestQueue, queuesAt } from "./state.js";

/** @import { Queues } from "./state.js" */
/** @import { Trace } from "./trace.js" */

const MOST_SAID = 40; // most nodes whose queues a label lists

export class Lanes {
  /**
   * @param {HTMLElement} host
   * @param {Trace} trace
   */
  constructor(host, trace) {
    this.trace = trace;
    this.canvases = [.../** @type {NodeListOf<HTMLCanvasElement>} */ (host.querySelectorAll("canvas[data-lane]"))];
    this.below = /** @type {HTMLCanvasElement} */ (host.querySelector("canvas:not([data-lane])"));
    this.labels = [...host.querySelectorAll("article h2")].map((one) => one.textContent ?? "");
    this.longest = Math.max(...trace.runs.map((run) => longestQueue(trace, run)));
    this.lines = trace.runs.map((run, i) => ({ label: this.labels[i], course: courseOf(trace, run) }));
    this.most = Math.max(...this.lines.map(({ course }) => fullest(course)));
    this.ink = readInk();
    this.at = 0;
    const restyle = () => {
      this.ink = readInk();
      this.draw(this.at);
    };
    new ResizeObserver(restyle).observe(host);
    onTheme(restyle);
    document.fonts?.ready.then(restyle);
  }

  /** @param {number} at the moment to draw */
  draw(at) {
    this.at = at;
    const { trace, ink } = this;
    for (const [i, canvas] of this.canvases.entries()) {
      const size = sizeOf(canvas);
      const room = { ...size, nodes: trace.nodes, longest: this.longest, zoom: ink.zoom };
      const layout = layoutOf(room);
      canvas.dataset.detail = layout.detail;
      const frozen = trace.freeze && isFrozen(trace.freeze, at) ? trace.freeze.place : null;
      const ctx = prepare(canvas, size.width, size.height, ink.scale);
      drawLane(ctx, size, layout, ink, queuesAt(trace, trace.runs[i], at), frozen);
    }
    const size = sizeOf(this.below);
    const ctx = prepare(this.below, size.width, size.height, ink.scale);
    drawLines(ctx, size, ink, this.lines, at, this.most);
  }

  /** @returns {number[][]} how many requests each node has at the moment drawn, for each policy */
  counts() {
    return this.trace.runs.map((run) => inFlight(queuesAt(this.trace, run, this.at)));
  }

  /** Describes the queues for screen readers once the picture stands still. */
  describe() {
    if (this.trace.nodes > MOST_SAID) return;
    for (const [i, queues] of this.counts().entries()) {
      const values = { name: this.labels[i], queues: queues.map(count).join(", ") };
      this.canvases[i].ariaLabel = interpolate(_("Queues under %(name)s: %(queues)s"), values);
    }
  }
}

/** @param {HTMLCanvasElement} canvas */
const sizeOf = ({ clientWidth: width, clientHeight: height }) => ({ width, height });

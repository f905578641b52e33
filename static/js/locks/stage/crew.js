/**
 * The workers of a run, above the board: what each one does and, for operators, its buttons. Frames come four times a
 * second, so elements are changed in place: a button that is being pressed stays.
 */

import { byId, button, h, keepFocus } from "../../lib/dom.js";
import { _, interpolate } from "../../lib/i18n.js";
import { clientName, elapsedWords, staleWords, workerWords } from "./words.js";

/** @import { OpenRun, Stage, StageFrame, WorkerNow } from "./types.js" */
/** @typedef {(what: string, fields?: Record<string, string | number>) => void} Ask */

export class Crew {
  /** @param {Ask | null} ask null for people who only watch */
  constructor(ask) {
    this.ask = ask;
    this.place = byId("stage-place");
    this.run = "";
    this.title = h("b");
    this.elapsed = h("span");
    this.trouble = h("span", { class: "err" });
    this.stale = h("p", { class: "stale" });
    this.list = h("ul");
    /** @type {Map<string, Chip>} */
    this.chips = new Map();
  }

  /** @param {Stage} stage */
  show({ panel, frame }) {
    const run = panel?.run?.what === "workers" ? panel.run : null;
    this.place.hidden = !run;
    if (run?.id !== this.run) this.begin(run);
    if (!run) return;
    const live = frame?.id === run.id && frame.workers.length > 0 ? frame : null;
    this.elapsed.textContent = live ? elapsedWords(live.elapsed_ms ?? 0, live.seconds ?? run.seconds) : _("starting");
    this.trouble.textContent = live?.trouble ? interpolate(_("Redis: %(why)s"), { why: live.trouble }) : "";
    for (const worker of live?.workers ?? known(run)) this.chips.get(worker.worker)?.show(worker);
    this.writeStale(live);
  }

  /** @param {OpenRun | null} run */
  begin(run) {
    this.run = run?.id ?? "";
    this.chips = new Map((run ? known(run) : []).map(({ worker }) => [worker, new Chip(worker, this.ask)]));
    this.list.replaceChildren(...[...this.chips.values()].map(({ item }) => item));
    if (!run) return this.place.replaceChildren();
    const values = { n: run.workers, client: clientName(run.client) };
    this.title.textContent = interpolate(_("%(n)s workers using %(client)s"), values);
    const stop =
      this.ask && button(_("Stop workers"), () => this.ask?.("stop"), { id: "crew-stop", "data-operate": true });
    const head = [this.title, this.elapsed, this.trouble, h("span", { class: "sp" }), stop];
    this.place.replaceChildren(
      h("div", { class: "crew", id: "crew" }, h("div", { class: "crew-head" }, ...head), this.list, this.stale),
    );
  }

  /** @param {StageFrame | null} live */
  writeStale(live) {
    const refused = Array.isArray(live?.refused) ? live.refused : [];
    const newest = refused.at(-1);
    this.stale.hidden = !newest;
    if (!newest) return;
    const late = _("%(worker)s wrote too late to %(lock)s, with fencing token %(n)s");
    const said = interpolate(late, { worker: newest.worker, lock: newest.lock, n: newest.fencing });
    this.stale.textContent = `✕ ${staleWords(refused.length)}: ${said}`;
  }
}

/** One worker. */
class Chip {
  /** @param {string} worker @param {Ask | null} ask */
  constructor(worker, ask) {
    this.worker = worker;
    this.ask = ask;
    this.can = "";
    this.does = h("span", { class: "does" });
    this.acts = h("span", { class: "acts" });
    this.item = h("li", { "data-worker": worker }, h("b", {}, worker), this.does, ask && this.acts);
  }

  /** @param {WorkerNow} now */
  show(now) {
    const words = workerWords(now);
    this.item.dataset.state = now.state;
    if (this.does.textContent !== words) this.does.textContent = words;
    const can = now.state === "ended" ? "start" : now.state === "paused" ? "resume kill" : "pause kill";
    if (!this.ask || can === this.can) return;
    this.can = can;
    keepFocus(this.item, () => this.acts.replaceChildren(...can.split(" ").map((what) => this.act(what))));
  }

  /** @param {string} what */
  act(what) {
    const text = { start: _("Start"), resume: _("Resume"), pause: _("Pause"), kill: _("Kill") }[what] ?? what;
    return button(text, () => this.ask?.(what, { worker: this.worker.replace(/^.*-/, "") }), {
      "data-operate": true,
      "data-key": what === "resume" ? "pause" : what,
      "aria-label": `${text} ${this.worker}`,
    });
  }
}

/** The workers as events describe them, until a frame comes. @param {OpenRun} run @returns {WorkerNow[]} */
const known = (run) =>
  Array.from({ length: run.workers }, (_unused, i) => {
    const worker = `worker-${i + 1}`;
    const state = run.ended.includes(worker) ? "ended" : run.paused.includes(worker) ? "paused" : "starting";
    return { worker, state, lock: "", fencing: null, for_ms: 0 };
  });

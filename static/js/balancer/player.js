/** The bar under the lanes: play, pause, step, scrub, restart. */

import { byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { advanced, cameBy, endOf, faster, sought, stepped, toggled } from "./play.js";

/** @import { Play } from "./play.js" */

const START_SPEED = 4;
const STILL = "(prefers-reduced-motion: reduce)";

export class Player {
  /**
   * @param {HTMLElement} host gets `data-state`, playing or still, and `data-at`, the number of arrived requests
   * @param {Float32Array} arrivals
   * @param {(at: number, still: boolean) => void} show draws a moment; still: playback is paused
   */
  constructor(host, arrivals, show) {
    this.host = host;
    this.arrivals = arrivals;
    this.show = show;
    const motion = !matchMedia(STILL).matches;
    /** @type {Play} */
    this.play = { at: motion ? 0 : endOf(arrivals), playing: motion, speed: START_SPEED };
    this.last = 0;
    this.frame = 0;
    this.slider = /** @type {HTMLInputElement} */ (byId("at"));
    this.button = byId("play");
    this.speed = byId("speed");
    this.button.hidden = this.speed.hidden = !motion;
    this.motion = motion;
    this.wire();
    this.set(this.play);
  }

  wire() {
    for (const one of [this.button, this.speed, this.slider, byId("restart")]) one.removeAttribute("disabled");
    this.button.addEventListener("click", () => this.toggle());
    this.speed.addEventListener("click", () => this.set(faster(this.play)));
    this.slider.addEventListener("input", () => this.set(sought(this.play, this.arrivals, this.slider.valueAsNumber)));
    byId("restart").addEventListener("click", () => this.set({ ...this.play, at: 0, playing: this.motion }));
  }

  /** Plays or pauses. With reduced motion, only steps work. */
  toggle() {
    if (this.motion) this.set(toggled(this.play, this.arrivals));
  }

  /** @param {number} by requests */
  step(by) {
    this.set(stepped(this.play, this.arrivals, by));
  }

  /** @param {Play} play */
  set(play) {
    this.play = play;
    this.tell();
    if (play.playing && !this.frame) {
      this.last = performance.now();
      this.frame = requestAnimationFrame((now) => this.tick(now));
    }
  }

  /** @param {number} now milliseconds */
  tick(now) {
    this.frame = 0;
    const ms = Math.min(100, Math.max(0, now - this.last)); // after the browser paused, continue from here
    this.last = now;
    this.play = advanced(this.play, this.arrivals, ms);
    this.tell();
    if (this.play.playing) this.frame = requestAnimationFrame((next) => this.tick(next));
  }

  /** Shows the moment in every part. */
  tell() {
    const { play, arrivals } = this;
    const came = cameBy(play, arrivals);
    const words = interpolate(_("%(n)s of %(all)s"), { n: count(came), all: count(arrivals.length) });
    Object.assign(this.host.dataset, { state: play.playing ? "playing" : "still", at: String(came) });
    this.slider.value = String(came);
    this.slider.style.setProperty("--done", `${(100 * came) / Math.max(1, arrivals.length)}%`);
    this.slider.setAttribute("aria-valuetext", words);
    byId("count").textContent = words;
    this.button.classList.toggle("playing", play.playing);
    this.button.ariaLabel = play.playing ? _("Pause") : _("Play");
    /** @type {Element} */ (this.speed.lastElementChild).textContent = `${play.speed}×`;
    this.show(play.at, !play.playing);
  }
}

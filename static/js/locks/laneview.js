/** One line of the board: its words next to its drawing. */

import { h } from "../lib/dom.js";
import { _, interpolate } from "../lib/i18n.js";
import { fitCanvas } from "./draw.js";
import { idOf } from "./lanes.js";
import { marksOf } from "./marks.js";
import { brief } from "./text.js";
import { clientWords, holderName, leftParts, noteOf, waitersWords } from "./words.js";

/** @import { Pen, Shape, Size } from "./draw.js" */
/** @import { Faces } from "./faces.js" */
/** @import { Lane } from "./types.js" */

const LOW_MS = 2000;

export class LaneView {
  /**
   * @param {Lane} lane
   * @param {Faces} faces
   * @param {(id: string) => void} open
   */
  constructor(lane, faces, open) {
    this.lane = lane;
    this.faces = faces;
    this.chosen = false;
    this.measured = false;
    this.size = { width: 0, height: 0 };
    this.canvas = h("canvas", { class: "lane", "aria-hidden": "true" });
    this.name = h("bdi");
    this.button = h(
      "button",
      { type: "button", class: "open", "data-lane": lane.id, onclick: () => open(idOf(this.lane)) },
      this.name,
    );
    this.swatch = h("i", { class: "sw" });
    this.holder = h("bdi");
    this.client = h("span", { class: "cl" });
    this.value = document.createTextNode("");
    this.unit = h("small");
    this.left = h("div", { class: "left" }, this.value, this.unit);
    this.waiting = h("div", { class: "q" });
    this.note = h("div", { class: "n" });
    this.element = h(
      "li",
      { class: "row", "data-lane": lane.id },
      h("div", { class: "who" }, this.button, h("div", {}, this.swatch, this.holder, this.client)),
      this.canvas,
      h("div", { class: "st" }, this.left, this.waiting, this.note),
    );
  }

  /** Writes what stays until the next frame. @param {boolean} chosen */
  fill(chosen) {
    const { lane } = this;
    const [row] = lane.rows;
    this.chosen = chosen;
    this.element.classList.toggle("sel", chosen);
    this.button.ariaExpanded = String(chosen);
    this.element.dataset.id = idOf(lane);
    write(this.name, brief(lane.name));
    this.button.title = this.name.textContent ?? "";
    this.swatch.className = row ? `sw h${this.faces.of(row.label)}` : "sw none";
    const more = lane.rows.length - 1;
    const others = more > 0 ? interpolate(_(" and %(n)s more"), { n: more }) : "";
    write(this.holder, row ? (row.label ? holderName(row) : _("holder unknown")) + others : _("nobody"));
    this.holder.classList.toggle("d", !row);
    write(this.client, row && row.client !== "ringviz" ? clientWords(row) : "");
    this.client.classList.toggle("guess", row !== undefined && row.confidence !== "certain");
    this.element.dataset.end = row?.ends_at == null ? "" : String(row.ends_at);
  }

  /**
   * Updates what changes by itself.
   * @param {number} now
   * @param {boolean} short
   */
  digits(now, short) {
    const { rows } = this.lane;
    const ends = rows.map(({ ends_at }) => ends_at ?? Number.POSITIVE_INFINITY);
    const left = Math.min(...ends) - now;
    const [value, unit] =
      rows.length === 0 ? ["", _("free")] : Number.isFinite(left) ? leftParts(left) : ["", _("no TTL")];
    const spaced = value && `${value} `;
    if (this.value.data !== spaced) this.value.data = spaced;
    write(this.unit, unit);
    const note = noteOf(this.lane, now);
    const low = rows.length > 0 && (left < LOW_MS || note.bad === true);
    this.left.classList.toggle("low", low && rows.length > 0 && left < LOW_MS);
    write(this.note, note.text);
    this.note.classList.toggle("low", note.bad === true);
    this.note.classList.toggle("guess", note.inferred === true);
    const waiting = waitersWords(this.lane, short);
    write(this.waiting, waiting.text);
    this.waiting.classList.toggle("un", waiting.unknown === true);
    this.waiting.classList.toggle("guess", waiting.inferred === true);
  }

  /**
   * @param {Pen} pen
   * @param {Shape} shape
   * @param {Pick<Size, "past" | "ahead" | "ratio">} window
   * @param {number} now
   */
  draw(pen, shape, window, now) {
    if (!this.measured) {
      this.size = fitCanvas(this.canvas, window.ratio);
      this.measured = true;
    }
    const ctx = this.canvas.getContext("2d");
    if (ctx) pen.lane(ctx, { ...this.size, ...window }, shape, marksOf(this.lane, now), now, this.chosen);
  }
}

/** @param {Element} el @param {string} text */
function write(el, text) {
  if (el.textContent !== text) el.textContent = text;
}

/** What a plan would cost on real servers: the bytes that move or are lost, and the room left on every survivor. */

import { count, fixed } from "../../lib/format.js";
import { _, interpolate } from "../../lib/i18n.js";
import { chip, h } from "../dom.js";
import { facesOf } from "../faces.js";
import { size } from "./counts.js";

/** @import { Estimate, Page } from "../types.js" */

/**
 * Fills in the part that the plan's panel leaves empty for this.
 * @param {Readonly<Page>} page
 */
export function fillEstimate(page) {
  const place = document.querySelector("[data-estimate]");
  const estimate = page.plan?.estimate;
  if (!place || !estimate || place.childElementCount > 0) return;
  place.append(...costs(estimate), survivors(page, estimate));
}

/** @param {Estimate} estimate */
function costs({ keys, bytes, lost_keys, lost_bytes, measured, notes }) {
  const lines = [];
  if (lost_keys > 0) lines.push(say(_("Lost: %(keys)s keys, %(bytes)s."), lost_keys, lost_bytes));
  if (keys > 0) lines.push(say(_("Moved: %(keys)s keys, %(bytes)s."), keys, bytes));
  if (keys + lost_keys === 0) lines.push(_("No keys move and none are lost."));
  lines.push(...notes);
  if (!measured) lines.push(_("Not every server reported its data: bytes are estimated from the others."));
  return [h("p", { class: "txt" }, lines.join(" "))];
}

/** @type {(text: string, keys: number, bytes: number) => string} */
const say = (text, keys, bytes) => interpolate(text, { keys: count(keys), bytes: size(bytes) });

/**
 * @param {Readonly<Page>} page
 * @param {Estimate} estimate
 */
function survivors(page, estimate) {
  const faces = facesOf(page);
  const headings = [_("Survivor"), _("Memory"), _("After"), _("Limit"), _("Misses/s")];
  const rows = estimate.survivors.map(({ node, bytes, limit, after_bytes: after, misses_per_s: misses }) => {
    const full = limit > 0 && after > limit;
    const face = faces.of(node);
    return h(
      "tr",
      {},
      h("td", {}, chip(face), " ", face.label),
      h("td", { class: "num" }, size(bytes)),
      h("td", { class: full ? "num wn" : "num" }, size(after)),
      h("td", { class: "num" }, size(limit)),
      h("td", { class: "num" }, misses > 0 ? `+${fixed(misses, misses < 10 ? 1 : 0)}` : "0"),
    );
  });
  return h(
    "table",
    { class: "nodes", "aria-label": _("Room on the survivors") },
    h(
      "thead",
      {},
      h("tr", {}, ...headings.map((text, i) => h("th", { scope: "col", class: i > 0 ? "num" : null }, text))),
    ),
    h("tbody", {}, ...rows),
  );
}

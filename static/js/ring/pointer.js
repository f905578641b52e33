/** Mouse and touch on the ring: hover, pick a node, drag the lens. */

import { TAU } from "../lib/geometry.js";
import { byId } from "./dom.js";
import { facesOf } from "./faces.js";
import { riskWords } from "./risk.js";

/** @import { Stage } from "./stage.js" */
/** @import { Store } from "./store.js" */

const NEAR = 14;

/**
 * @param {Store} store
 * @param {Stage} stage
 * @param {(number: number) => void} pick a node was clicked
 */
export function wirePointer(store, stage, pick) {
  const host = byId("ring");
  let dragging = false;
  const moveLens = (/** @type {PointerEvent} */ event) => store.set({ lens: roundAt(stage, event) });

  host.addEventListener("pointerdown", (event) => {
    if (!onBand(stage, event)) return;
    dragging = true;
    host.setPointerCapture(event.pointerId);
    moveLens(event);
  });
  host.addEventListener("pointermove", (event) => {
    if (dragging) return moveLens(event);
    const found = event.pointerType === "touch" ? null : stage.at(event);
    host.classList.toggle("hot", found !== null);
    host.title = found ? facesOf(store.page).of(found.number).name : "";
    showRisk(store, found?.number);
    stage.point(found);
  });
  host.addEventListener("pointerleave", () => {
    showRisk(store);
    stage.point(null);
  });
  store.on(["selected"], ({ selected }) => showRisk(store, selected ?? undefined));
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    host.addEventListener(end, () => {
      // The click that follows a drag must still know of it.
      setTimeout(() => {
        dragging = false;
      });
    });
  }
  host.addEventListener("click", (event) => {
    if (dragging) return;
    const found = stage.at(event);
    if (found) pick(found.number);
  });
}

/**
 * What a click would cost on a managed cluster, in the middle of the ring.
 * @param {Store} store
 * @param {number} [number] of the node under the pointer
 */
function showRisk({ page }, number = page.selected ?? undefined) {
  const line = document.getElementById("risk");
  if (!line) return;
  const words = riskWords(page.view.state, number);
  if (line.textContent !== words) line.textContent = words;
}

/**
 * Whether the lens is taken hold of: on a band, where single arcs are too thin to be meant.
 * @param {Stage} stage
 * @param {PointerEvent} event
 */
function onBand({ layout, picture, host }, event) {
  if (!layout || !picture?.lens || layout.lod !== "band") return false;
  const box = host.getBoundingClientRect();
  const distance = Math.hypot(event.clientX - box.left - layout.cx, event.clientY - box.top - layout.cy);
  return distance > layout.r0 - NEAR && distance < layout.r1 + NEAR;
}

/**
 * Where on the ring the pointer is, 0..1 from twelve o'clock.
 * @param {Stage} stage
 * @param {PointerEvent} event
 */
function roundAt({ layout, host }, event) {
  const box = host.getBoundingClientRect();
  const dx = event.clientX - box.left - (layout?.cx ?? 0);
  const dy = event.clientY - box.top - (layout?.cy ?? 0);
  return (Math.atan2(dy, dx) / TAU + 1.25) % 1;
}

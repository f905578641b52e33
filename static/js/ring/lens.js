/** The lens of a crowded ring: buttons that move it, and on a narrow screen a strip of its own. */

import { lensFactor } from "../lib/geometry.js";
import { count, percent } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { byId } from "./dom.js";
import { binned } from "./draw/layout.js";
import { drawLensCanvas, prepare } from "./draw/ring.js";

/** @import { Stage } from "./stage.js" */
/** @import { Store } from "./store.js" */

const HEIGHT = 46;

/**
 * @param {Store} store
 * @param {Stage} stage
 */
export function wireLens(store, stage) {
  const box = byId("lens");
  const canvas = /** @type {HTMLCanvasElement} */ (byId("lens-strip"));
  const factor = () => lensFactor(stage.picture?.tokens.length || (stage.picture ? binned(stage.picture) : 0));
  const move = (/** @type {number} */ by) => store.set({ lens: (store.page.lens + by / factor() + 1) % 1 });
  for (const button of document.querySelectorAll("[data-lens]")) {
    button.addEventListener("click", () => move(Number(/** @type {HTMLElement} */ (button).dataset.lens)));
  }

  const draw = () => {
    const { picture, layout, theme } = stage;
    const { screen, plan, view } = store.page;
    box.hidden = !picture?.lens || layout?.lod !== "band";
    byId("lens-tools").hidden = box.hidden || screen === "table" || plan !== null || !view.calm;
    const width = canvas.clientWidth;
    const values = { n: count(factor()), share: percent(store.page.lens) };
    byId("lens-text").textContent = interpolate(_("%(n)s times larger, at %(share)s of the way round"), values);
    if (box.hidden || width === 0 || !picture || !layout) return;
    drawLensCanvas(prepare(canvas, width, HEIGHT, theme.scale), layout, picture, theme, width, HEIGHT);
  };
  store.on(["view", "plan", "pins", "colour", "lens", "drawn", "screen"], draw);
  new ResizeObserver(draw).observe(box);
}

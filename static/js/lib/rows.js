/** Long tables: only the rows in view are in the page; two empty rows take the height of the others. */

import { h, keepFocus } from "./dom.js";

const BEYOND = 12;

/**
 * @template Item
 * @param {HTMLElement} scroller the scrolling element around the table
 * @param {HTMLTableSectionElement} body
 * @param {(item: Item, index: number) => HTMLTableRowElement} make makes a row; all must have the same height
 */
export function windowed(scroller, body, make) {
  /** @type {Item[]} */
  let items = [];
  let height = 0;
  let first = -1;
  let last = -1;

  const draw = (force = false) => {
    const from = height ? Math.max(0, Math.floor(scroller.scrollTop / height) - BEYOND) : 0;
    const seen = height ? Math.ceil(scroller.clientHeight / height) + 2 * BEYOND : 2 * BEYOND;
    const to = Math.min(items.length, from + seen);
    if (!force && from === first && to === last) return;
    [first, last] = [from, to];
    keepFocus(body, () => {
      const rows = items.slice(from, to).map((item, i) => make(item, from + i));
      for (const [i, row] of rows.entries()) row.setAttribute("aria-rowindex", String(from + i + 2));
      body.replaceChildren(pad(from * height), ...rows, pad((items.length - to) * height));
    });
    const measured = body.rows[1]?.offsetHeight ?? 0;
    if (items.length > 0 && measured > 0 && measured !== height) {
      height = measured;
      draw(true);
    }
  };
  scroller.addEventListener("scroll", () => draw(), { passive: true });
  new ResizeObserver(() => draw()).observe(scroller);

  return (/** @type {Item[]} */ next) => {
    items = next;
    scroller.querySelector("table")?.setAttribute("aria-rowcount", String(items.length + 1));
    draw(true);
  };
}

/** @param {number} height px */
function pad(height) {
  const cell = h("td", { colspan: 20 });
  cell.style.height = `${height}px`;
  return h("tr", { class: "pad", "aria-hidden": "true" }, cell);
}

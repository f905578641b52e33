/** The board as a table: the same lanes in the same order, with every figure in words. */

import { byId, h, keepFocus } from "../lib/dom.js";
import { _, interpolate } from "../lib/i18n.js";
import { duration } from "../lib/format.js";
import { idOf } from "./lanes.js";
import { head, headings, lockRow, nameButton } from "./lockrow.js";

/** @import { Lane } from "./types.js" */

/**
 * @param {(id: string) => void} open
 * @returns {(lanes: Lane[], now: number) => void}
 */
export function makeMirror(open) {
  const root = byId("mirror");
  const body = h("tbody");
  root.append(h("table", { class: "tb", "aria-label": _("Locks") }, head(headings()), body));
  return (lanes, now) =>
    keepFocus(body, () =>
      body.replaceChildren(
        ...lanes.flatMap((lane) =>
          lane.rows.length ? lane.rows.map((row) => lockRow(row, now, open)) : [freeRow(lane, now, open)],
        ),
      ),
    );
}

/** @param {Lane} lane @param {number} now @param {(id: string) => void} open */
function freeRow(lane, now, open) {
  const { name, holds } = lane;
  const text = interpolate(_("Free for %(time)s"), { time: duration(now - (holds.at(-1)?.to ?? now)) });
  const rest = headings().length - 1;
  return h(
    "tr",
    {},
    h("td", { class: "nm" }, nameButton({ id: idOf(lane), name }, open)),
    h("td", { class: "d", colspan: rest }, text),
  );
}

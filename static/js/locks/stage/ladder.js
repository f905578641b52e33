/** The ladder as a table: the prediction for each rung, what was measured, and a picture of one pause. */

import { byId, h } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { _, interpolate } from "../../lib/i18n.js";
import { drawn } from "./picture.js";
import { elapsedWords, lastWords, lessonWords, predictedWords, share } from "./words.js";

/** @import { Rung, Stage, StageFrame } from "./types.js" */

/** The row of each rung, and what it shows. @type {Map<string, {key: string, row: HTMLElement}>} */
const rows = new Map();

/** @param {Stage} stage */
export function showLadder({ panel, frame }) {
  if (!panel) return;
  const running = panel.run?.what === "ladder" ? panel.run : null;
  byId("ladder").dataset.state = running ? "running" : "idle";
  const live = running && frame?.id === running.id ? frame : null;
  for (const rung of panel.rungs) showRung(rung, live?.rung === rung.name ? live : null);
  byId("ladder-last").textContent = running ? "" : lastWords(panel.last);
  const lesson = lessonWords(panel.rungs);
  const says = byId("ladder-says");
  if (lesson && says.textContent !== lesson.join(" "))
    says.replaceChildren(h("b", {}, lesson[0] ?? ""), " ", lesson[1] ?? "");
}

/** Rebuilds a rung's row only if it changed. @param {Rung} rung @param {StageFrame | null} live */
function showRung(rung, live) {
  const { result } = rung;
  const judged = result ? `${result.seed} ${result.took_ms} ${result.verdict.entries}` : "none";
  const key = live ? `live ${live.elapsed_ms}` : judged;
  const known = rows.get(rung.name);
  if (known?.key === key) return;
  const row = rowOf(rung, live);
  if (known) known.row.replaceWith(row);
  else byId("rungs").append(row);
  rows.set(rung.name, { key, row });
}

/** @param {Rung} rung @param {StageFrame | null} live */
function rowOf(rung, live) {
  const head = h("th", { scope: "row" }, rung.title, h("code", {}, rung.sketch));
  const predicted = h("span", {}, predictedWords(rung.expected));
  if (live) {
    const refused = typeof live.refused === "number" ? live.refused : 0;
    return h(
      "tr",
      { class: "now", "data-rung": rung.name, "data-state": "running" },
      head,
      h("td", { class: "pic" }, elapsedWords(live.elapsed_ms ?? 0, live.seconds ?? 0)),
      overlapCell(live.overlapping ?? 0, live.entries ?? 0),
      staleCell(live.stale ?? 0, refused),
      h("td", {}, predicted),
    );
  }
  const { result } = rung;
  if (!result) {
    const none = () => h("td", {}, h("span", { class: "of" }, _("not run yet")));
    return h(
      "tr",
      { "data-rung": rung.name, "data-state": "none" },
      head,
      h("td", { class: "pic" }),
      none(),
      none(),
      h("td", {}, predicted),
    );
  }
  const { verdict } = result;
  return h(
    "tr",
    { "data-rung": rung.name, "data-state": "judged" },
    head,
    h("td", { class: "pic" }, drawn(result.excerpt)),
    overlapCell(verdict.overlapping, verdict.entries),
    staleCell(verdict.stale, verdict.refused),
    h(
      "td",
      {},
      predicted,
      h("br"),
      result.as_expected
        ? h("span", { class: "ok" }, `✓ ${_("as predicted")}`)
        : h("span", { class: "no" }, `✕ ${_("not as predicted")}`),
      h(
        "span",
        { class: "of" },
        interpolate(_("%(n)s pauses, seed %(seed)s"), { n: verdict.pauses, seed: result.seed }),
      ),
    ),
  );
}

/** @param {number} overlapping @param {number} entries */
const overlapCell = (overlapping, entries) =>
  h(
    "td",
    {},
    h("span", { class: overlapping ? "big bad" : "big" }, share(overlapping, entries)),
    h(
      "span",
      { class: "of" },
      interpolate(_("%(met)s of %(n)s entries"), { met: count(overlapping), n: count(entries) }),
    ),
  );

/** @param {number} stale @param {number} refused */
const staleCell = (stale, refused) =>
  h(
    "td",
    {},
    h("span", { class: stale ? "big bad" : "big" }, count(stale)),
    h("span", { class: "of" }, interpolate(_("accepted; %(n)s refused"), { n: count(refused) })),
  );

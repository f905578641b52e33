/** The Balancer page: waits for the figures, fetches the race's trace, and plays it. */

import { byId, button } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { wireDialog } from "../lib/forms.js";
import { getBinary, HttpError } from "../lib/http.js";
import { _ } from "../lib/i18n.js";
import { wireKeys } from "../lib/keys.js";
import { wirePresent } from "../lib/present.js";
import { wireWaiting } from "../lib/waiting.js";
import { Lanes } from "./lanes.js";
import { Player } from "./player.js";
import { decodeTrace } from "./trace.js";

const help = /** @type {HTMLDialogElement | null} */ (document.getElementById("help-dialog"));
if (help) {
  wireDialog(help);
  byId("help-button").addEventListener("click", () => help.showModal());
}
wireWaiting("#race");
document.body.addEventListener("htmx:afterSettle", () => {
  const host = document.getElementById("race");
  if (host?.dataset.trace && host.dataset.state === "loading") void begin(host);
});

/** @param {HTMLElement} host with the figures */
async function begin(host) {
  host.dataset.state = "fetching";
  const trouble = byId("trouble");
  try {
    const trace = decodeTrace(await getBinary(host.dataset.trace ?? ""));
    trouble.hidden = true;
    wire(host, trace);
  } catch (error) {
    host.dataset.state = "lost";
    const said = error instanceof HttpError ? error.message : _("The race could not be loaded. Reload the page.");
    trouble.replaceChildren(
      said,
      " ",
      button(_("Try again"), () => void begin(host)),
    );
    trouble.hidden = false;
  }
}

/**
 * @param {HTMLElement} host
 * @param {import("./trace.js").Trace} trace
 */
function wire(host, trace) {
  const lanes = new Lanes(host, trace);
  const tables = byId("tables");
  const screen = byId("screen");
  const writeCounts = () => {
    if (!tables.hidden) writeInFlight(lanes.counts());
  };
  const player = new Player(host, trace.arrivals, (at, still) => {
    lanes.draw(at);
    if (still) lanes.describe();
    writeCounts();
  });
  const toggleTables = () => {
    tables.hidden = !tables.hidden;
    screen.ariaExpanded = String(!tables.hidden);
    writeCounts();
    if (!tables.hidden) tables.scrollIntoView({ block: "nearest" });
  };
  screen.addEventListener("click", toggleTables);
  const present = wirePresent(() => lanes.draw(lanes.at));
  wireKeys({
    " ": () => player.toggle(),
    ArrowLeft: () => player.step(-1),
    ArrowRight: () => player.step(1),
    t: toggleTables,
    p: present.toggle,
    "?": () => help?.showModal(),
    Escape: () => void present.leave(),
  });
}

/** @param {number[][]} counts for each policy, of each node */
function writeInFlight(counts) {
  const rows = /** @type {NodeListOf<HTMLTableRowElement>} */ (document.querySelectorAll("#nodes-table tbody tr"));
  for (const [node, row] of rows.entries()) {
    for (const [i, cell] of row.querySelectorAll(".now").entries()) cell.textContent = count(counts[i][node]);
  }
}

/** The Compare page: if the figures could not be loaded, says why and can try again; says if the cluster has changed since. */

import { connect } from "../lib/live.js";
import { showLost, showStatus } from "../lib/status.js";
import { wireWaiting } from "../lib/waiting.js";

const main = /** @type {HTMLElement} */ (document.querySelector("#main"));
const live = /** @type {HTMLElement} */ (document.querySelector("#live"));
const lost = /** @type {HTMLElement} */ (document.querySelector("#lost"));
const changed = /** @type {HTMLElement} */ (document.querySelector("#changed"));
const have = { v: Number(main.dataset.version), epoch: main.dataset.epoch ?? "" };
let watching = /** @type {number | null} */ (null);
let state = /** @type {{state: import("../lib/status.js").State, since: number | null}} */ ({
  state: "connecting",
  since: null,
});

function show() {
  showStatus(live, { state: state.state, watching, at: state.since });
  showLost(lost, state.state, state.since);
}

wireWaiting("#figures");
document.body.addEventListener("htmx:afterSwap", showChanged);

/** The figures are of a version of their own: they are computed after the frame was made. */
function showChanged() {
  const figures = /** @type {HTMLElement | null} */ (document.querySelector("#figures[data-version]"));
  changed.hidden = have.epoch === main.dataset.epoch && have.v <= Number((figures ?? main).dataset.version);
}

/** @param {number} v */
function follow(v) {
  have.v = v;
  showChanged();
}

connect({
  url: main.dataset.socket ?? "",
  have: () => have,
  onSnapshot: (message) => {
    have.epoch = message.epoch;
    follow(message.v);
  },
  onEvent: (event) => follow(event.v),
  onFrame: (topic, data) => {
    if (topic === "watchers") {
      watching = data.count ?? null;
      show();
    }
  },
  onState: (next) => {
    state = next;
    show();
  },
});
show();

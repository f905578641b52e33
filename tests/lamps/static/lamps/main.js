/** The page of a lamp: follows its stream by the product's own parts. */

import { connect } from "../js/lib/live.js";
import { Subject } from "../js/lib/subject.js";

const lamp = new Subject("lamp", {
  lamp_lit: { fold: (_state, { colour }) => ({ colour }), words: ({ colour }) => ({ label: colour, text: colour }) },
  lamp_put_out: { fold: () => ({ colour: "" }), words: () => ({ label: "out", text: "out" }) },
});
const main = /** @type {HTMLElement} */ (document.querySelector("#main"));
const shown = /** @type {HTMLElement} */ (document.querySelector("#colour"));
const have = { v: Number(main.dataset.version), epoch: main.dataset.epoch ?? "" };
let state = { colour: shown.textContent ?? "" };

function show() {
  shown.textContent = state.colour;
  main.dataset.version = String(have.v);
}

connect({
  url: main.dataset.socket ?? "",
  have: () => have,
  onSnapshot: ({ v, epoch, parts }) => {
    Object.assign(have, { v, epoch });
    state = parts.lamp;
    show();
  },
  onEvent: ({ v, kind, payload }) => {
    have.v = v;
    state = lamp.apply(state, kind, payload);
    show();
  },
  onFrame: () => {},
  onState: () => {},
});

/** The top bar and the strips under it: live or not, why there are no live figures, help, and presentation mode. */

import { button, byId, h } from "../../lib/dom.js";
import { clock } from "../../lib/format.js";
import { wireDialog } from "../../lib/forms.js";
import { _, interpolate } from "../../lib/i18n.js";
import { BLAME_AFTER_MS } from "../../lib/live-core.js";
import { showLost, showStatus } from "../../lib/status.js";

/** @import { Context } from "./main.js" */
/** @import { Page } from "./types.js" */

const UNSUPERVISED_MS = 6000;
const EVERY_MS = 1000;

/**
 * Why there are no figures; "" if there are some.
 * @param {Pick<Page, "head" | "heard" | "supervised" | "link">} page
 * @param {number} now ms of this machine
 * @param {number} loaded when the page was loaded, by the same clock
 */
export function troubleWords({ head, heard, supervised, link }, now, loaded) {
  if (link.state !== "live") return "";
  if (now - Math.max(supervised, loaded) > UNSUPERVISED_MS) {
    return _(
      "The supervisor is not responding, so no requests are sent and no fault takes effect. Start it with: manage.py supervise",
    );
  }
  if (!head.balancer.traffic.on || now - Math.max(heard, Date.parse(head.at) || 0, loaded) <= BLAME_AFTER_MS) return "";
  if (!heard) return _("Waiting for the driver. It starts within a few seconds.");
  return interpolate(_("No word from the driver since %(time)s. The supervisor restarts it."), {
    time: clock(heard),
  });
}

/**
 * @param {Context} context
 * @param {() => void} retry
 */
export function wireBar({ store }, retry) {
  const loaded = Date.now();
  const trouble = byId("trouble");
  const again = button(_("Try now"), retry);
  const write = () => {
    const { link, view, head, watching } = store.page;
    const state = view === head ? link.state : "viewing"; // that nothing is heard stands in the strip below
    const at = state === "viewing" ? view.at : state === "lost" || state === "silent" ? link.since : null;
    showStatus(byId("live"), { state, at, watching });
    const lost = byId("lost");
    showLost(lost, link.state, link.since);
    if (!lost.hidden && link.state === "lost") lost.append(h("span", { class: "sp" }), again);
    document.body.classList.toggle("lost", link.state === "lost" || link.state === "gone");
    const words = view === head ? troubleWords(store.page, Date.now(), loaded) : "";
    if (trouble.textContent !== words) trouble.textContent = words;
    trouble.hidden = words === "";
  };
  store.on(["link", "view", "head", "watching"], write);
  setInterval(write, EVERY_MS);
  const help = /** @type {HTMLDialogElement} */ (byId("help-dialog"));
  wireDialog(help);
  const show = () => help.showModal();
  byId("help-button").addEventListener("click", show);
  return { help: show };
}

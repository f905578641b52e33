/** The stage of a source: asks for its state when an event says that it changed, shows frames, requests runs. */

import { coalesce } from "../../lib/coalesce.js";
import { byId, button, h } from "../../lib/dom.js";
import { clearErrors, showError } from "../../lib/forms.js";
import { getJson, HttpError, newKey, postForm } from "../../lib/http.js";
import { _ } from "../../lib/i18n.js";
import { Store } from "../../lib/store.js";
import { Crew } from "./crew.js";
import { showLadder } from "./ladder.js";
import { busyWords, clientName } from "./words.js";

/** @import { Stage } from "./types.js" */

const AGAIN_MS = 200;

/**
 * @param {{stage: string, ask: string, mayOperate: boolean}} where the addresses
 * @param {(text: string) => void} notice shows a refusal
 * @returns {{onEvent: (kind: string) => void, onFrame: (frame: any) => void}} onEvent: with the kind of an event, ""
 *   after a gap
 */
export function stagePanel({ stage: stageUrl, ask: askUrl, mayOperate }, notice) {
  /** @type {Store<Stage>} */
  const store = new Store(/** @type {Stage} */ ({ panel: null, frame: null, error: "" }));
  const read = coalesce(async () => {
    try {
      const panel = await getJson(stageUrl);
      if (panel.v >= (store.page.panel?.v ?? 0)) store.set({ panel });
    } catch {
      // The connection's own line reports it; the next event or snapshot asks again.
    }
  }, AGAIN_MS);
  const ask = async (/** @type {string} */ what, /** @type {Record<string, string | number>} */ fields = {}) => {
    const key = newKey();
    await postForm(askUrl, { what, key, ...fields });
    read();
  };
  const asked = (/** @type {string} */ what, /** @type {Record<string, string | number>} */ fields = {}) =>
    ask(what, fields).catch((error) => notice(error instanceof HttpError ? error.message : String(error)));

  if (mayOperate) wireOperator(store, ask, asked);
  const crew = new Crew(mayOperate ? asked : null);
  store.on(["panel", "frame"], (stage) => {
    showLadder(stage);
    crew.show(stage);
  });
  read();
  return {
    onEvent: (kind) => {
      if (kind === "" || kind.startsWith("stage_")) read();
    },
    onFrame: (frame) => store.set({ frame }),
  };
}

/**
 * The form of the ladder, and the button that starts workers.
 * @param {Store<Stage>} store
 * @param {(what: string, fields?: Record<string, string | number>) => Promise<void>} ask
 * @param {(what: string, fields?: Record<string, string | number>) => Promise<void>} asked the same, but shows a refusal
 */
function wireOperator(store, ask, asked) {
  const seed = /** @type {HTMLInputElement} */ (byId("ladder-seed"));
  const form = /** @type {HTMLFormElement} */ (byId("ladder-form"));
  const client = h("select", { id: "crew-client", "data-operate": true, "aria-label": _("Client of the workers") });
  const start = button(_("Start workers"), () => asked("workers", { client: client.value }), {
    id: "crew-start",
    "data-operate": true,
  });
  byId("stage-tools").append(client, " ", start);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearErrors(form);
    try {
      await ask("ladder", { seed: seed.value.trim() });
    } catch (error) {
      const refused = error instanceof HttpError ? error : new HttpError(0, String(error));
      showError(form, refused.message, refused.data.field);
    }
  });
  byId("ladder-stop").addEventListener("click", () => asked("stop"));
  store.on(["panel"], ({ panel }) => {
    const busy = panel ? busyWords(panel) : "";
    const laddered = panel?.run?.what === "ladder";
    for (const one of [/** @type {HTMLButtonElement} */ (byId("ladder-run")), start]) {
      one.disabled = !panel || busy !== "";
      one.title = busy;
    }
    byId("ladder-run").hidden = laddered;
    byId("ladder-stop").hidden = !laddered;
    byId("stage-tools").hidden = panel?.run?.what === "workers";
    if (panel && client.options.length === 0)
      client.append(...panel.clients.map((name) => h("option", { value: name }, clientName(name))));
  });
}

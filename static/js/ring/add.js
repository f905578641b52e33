/** Adding a node: a form with the server's errors at their fields. It plans the change, or in a demo applies it. */

import { HttpError } from "../lib/http.js";
import { refusalWords } from "./acting.js";
import { TakenBack } from "../lib/asking.js";
import { byId } from "./dom.js";
import { clearErrors, showError, wireDialog } from "../lib/forms.js";
import { weightWords } from "./limits.js";
import { nextName } from "./naming.js";

/** @import { Acting } from "./acting.js" */
/** @import { Store } from "./store.js" */

/**
 * @param {Store} store
 * @param {Acting} acting
 * @returns {() => void} opens the form
 */
export function wireAdd(store, acting) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("add-dialog"));
  const form = /** @type {HTMLFormElement} */ (byId("add-form"));
  const name = /** @type {HTMLInputElement} */ (byId("add-name"));
  const act = /** @type {HTMLButtonElement | null} */ (document.getElementById("add-act"));
  const note = byId("add-weight-note");
  wireDialog(dialog);

  const open = () => {
    if (!acting.powers.ask || dialog.open) return;
    clearErrors(form);
    const { nodes, cluster } = store.page.head.state;
    name.value = nextName(nodes);
    note.textContent = weightWords(cluster);
    note.hidden = note.textContent === "";
    if (act) act.hidden = !acting.powers.direct;
    document.getElementById("add-plan")?.classList.toggle("pri", !act);
    dialog.showModal();
    name.select();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pressed = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "plan";
    void submit(pressed === "act" ? "act" : "plan");
  });
  const submit = async (/** @type {"act" | "plan"} */ how) => {
    clearErrors(form);
    const fields = { action: "add", ...valuesOf(form) };
    try {
      // A waiting request has a line under the top bar, where it can be taken back.
      await (how === "act" ? acting.act(fields, () => dialog.close()) : acting.plan(fields));
      dialog.close();
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (error instanceof TakenBack) return;
      if (!dialog.open) dialog.showModal();
      // If somebody was faster, the input stays, and the same button adds the node to the current ring.
      showError(form, refusalWords(error), error.data.field);
    }
  };
  return open;
}

/**
 * @param {HTMLFormElement} form
 * @returns {Record<string, string>}
 */
const valuesOf = (form) =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));

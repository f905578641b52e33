/** Giving the cluster keys: a pattern or a file; and the progress of it, which everybody sees. */

import { HttpError, postForm } from "../lib/http.js";
import { count, percent } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { byId } from "./dom.js";
import { clearErrors, showError, wireDialog } from "../lib/forms.js";

/** @import { Acting } from "./acting.js" */
/** @import { Urls } from "./types.js" */
/** @import { Store } from "./store.js" */

/**
 * @param {Store} store
 * @param {Acting} acting
 * @param {Urls} urls
 */
export function wireKeyset(store, acting, urls) {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("keys-form"));
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("keys-dialog"));
  if (!form || !dialog) return;
  const opener = /** @type {HTMLButtonElement} */ (byId("keys-open"));
  const pattern = /** @type {HTMLInputElement} */ (byId("keys-pattern"));
  const number = /** @type {HTMLInputElement} */ (byId("keys-number"));
  const file = /** @type {HTMLInputElement} */ (byId("keys-file"));
  const binary = /** @type {HTMLInputElement} */ (byId("keys-binary"));
  wireDialog(dialog);
  opener.addEventListener("click", () => {
    if (form.parentElement === dialog) dialog.showModal();
    else {
      store.set({ tab: "more" });
      pattern.focus();
    }
  });
  const sample = () => {
    const n = Number(number.value.replace(/\D/g, "")) || 0;
    const name = (/** @type {number} */ i) => pattern.value.replace("{n}", String(i));
    const values = { first: name(0), last: name(Math.max(0, n - 1)) }; // as the server counts
    byId("keys-sample").textContent = interpolate(_("%(first)s to %(last)s. Up to 10 million."), values);
  };
  form.addEventListener("input", sample);
  sample();

  const send = async (/** @type {FormData} */ data) => {
    clearErrors(form);
    try {
      await postForm(urls.keys, data);
      dialog.close();
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      showError(form, error.message, error.data.field);
    }
    file.value = "";
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData();
    data.set("pattern", pattern.value);
    data.set("count", number.value.replace(/[\s,._]/g, ""));
    void send(data);
  });
  file.addEventListener("change", () => {
    const one = file.files?.[0];
    if (!one) return;
    const data = new FormData();
    data.set("file", one);
    if (binary.checked) data.set("binary", "1");
    void send(data);
  });
  store.on(["view", "link", "plan"], () => {
    const off = !acting.powers.operate;
    opener.disabled = off;
    opener.title = acting.powers.why;
    for (const control of form.querySelectorAll("button[type=submit], input[type=file]")) {
      /** @type {HTMLButtonElement} */ (control).disabled = off;
    }
  });
}

/** @typedef {{done: number, total: number, state: string, error?: string, converted?: string}} Progress */

const SHOWN_MS = 6000;
let timer = 0;

/**
 * A frame of the topic "import".
 * @param {Progress} progress
 */
export function showProgress({ done, total, state, error, converted }) {
  const box = byId("keys-progress");
  const bar = /** @type {HTMLProgressElement} */ (box.querySelector("progress"));
  const words = /** @type {HTMLElement} */ (box.querySelector("p"));
  const over = error || state === "done" || state === "failed";
  box.hidden = false;
  bar.hidden = Boolean(over);
  if (total > 0) bar.value = done / total;
  else bar.removeAttribute("value");
  const share = total > 0 ? ` (${percent(done / total, 0)})` : "";
  words.textContent = error || interpolate(_("Importing keys: %(n)s%(share)s"), { n: count(done), share });
  if (!error && over) {
    const text = converted ? _("%(n)s keys imported: %(converted)s") : _("%(n)s keys imported");
    words.textContent = interpolate(text, { n: count(done), converted: converted ?? "" });
  }
  clearTimeout(timer);
  if (over && !error) {
    timer = setTimeout(() => {
      box.hidden = true;
    }, SHOWN_MS);
  }
}

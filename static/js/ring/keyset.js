/** Replaces the cluster's keys: reads a pattern or a file, then plans it. Everybody sees the progress. */

import { getJson, HttpError, postForm } from "../lib/http.js";
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
 * @returns {() => void} opens it
 */
export function wireKeyset(store, acting, urls) {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("keys-form"));
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("keys-dialog"));
  if (!form || !dialog) return () => {};
  const pattern = /** @type {HTMLInputElement} */ (byId("keys-pattern"));
  const number = /** @type {HTMLInputElement} */ (byId("keys-number"));
  const file = /** @type {HTMLInputElement} */ (byId("keys-file"));
  const binary = /** @type {HTMLInputElement} */ (byId("keys-binary"));
  wireDialog(dialog);
  const sample = () => {
    const n = Number(number.value.replace(/\D/g, "")) || 0;
    const name = (/** @type {number} */ i) => pattern.value.replace("{n}", String(i));
    const values = { first: name(0), last: name(Math.max(0, n - 1)) }; // as the server counts
    byId("keys-sample").textContent = interpolate(_("%(first)s to %(last)s. Up to 10 million."), values);
  };
  form.addEventListener("input", sample);
  sample();

  let asked = 0; // counts requests and closings of the dialog; answers to earlier ones are ignored
  dialog.addEventListener("close", () => {
    asked += 1;
  });
  /**
   * Reads the keys, then shows the plan instead of the form. Errors appear next to the pattern or the file.
   * @param {FormData} data
   * @param {(error: HttpError) => void} tell
   */
  const send = async (data, tell) => {
    clearErrors(form);
    asked += 1;
    const mine = asked;
    data.set("plan", "1");
    try {
      const { import: id } = await postForm(urls.keys, data);
      const { error, keys } = await ended(urls, id);
      if (mine !== asked) return;
      if (error) return tell(new HttpError(0, error));
      await acting.plan({ action: "keys", keys: String(keys) });
      dialog.close();
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (mine === asked) tell(error);
    } finally {
      file.value = ""; // so that the same file can be chosen again after a correction
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData();
    data.set("pattern", pattern.value);
    data.set("count", number.value.replace(/[\s,._]/g, ""));
    void send(data, ({ message, data: { field } }) => showError(form, message, field === "count" ? field : "pattern"));
  });
  file.addEventListener("change", () => {
    const one = file.files?.[0];
    if (!one) return;
    const data = new FormData();
    data.set("file", one);
    if (binary.checked) data.set("binary", "1");
    void send(data, ({ message }) => showError(form, fileTrouble(one.name, message), "file"));
  });
  store.on(["view", "link", "mayOperate", "plan"], () => {
    const off = !acting.powers.operate;
    for (const control of form.querySelectorAll("button[type=submit], input[type=file]")) {
      /** @type {HTMLButtonElement} */ (control).disabled = off;
    }
  });
  return () => {
    if (form.parentElement === dialog) dialog.showModal();
    else {
      store.set({ tab: "more" });
      pattern.focus();
    }
  };
}

/** @type {(name: string, message: string) => string} */
const fileTrouble = (name, message) =>
  interpolate(_("%(file)s: %(error)s Nothing was changed."), { file: name, error: message });

/**
 * @typedef {{id: number, done: number, total: number, state: string, error?: string, converted?: string, keys?: number}} Progress
 *   keys: the new key set, once it is read
 */

const SHOWN_MS = 6000;
/** Frames can be missed while the connection is lost, so the page asks the server too. */
const LOOK_EVERY_MS = 2000;
let timer = 0;
/** @type {Set<(progress: Progress) => void>} callbacks that wait for the end of an import */
const waiting = new Set();

/** @param {Progress} progress */
const isOver = ({ error, state }) => Boolean(error) || state === "done" || state === "failed";

/**
 * Waits for the end of an import.
 * @param {Urls} urls
 * @param {number} id
 * @returns {Promise<Progress>}
 */
function ended(urls, id) {
  return new Promise((resolve) => {
    const take = (/** @type {Progress | null} */ progress) => {
      if (progress?.id !== id || !isOver(progress)) return;
      clearInterval(look);
      waiting.delete(take);
      resolve(progress);
    };
    waiting.add(take);
    const ask = () =>
      void getJson(urls.keys).then(
        ({ import: newest }) => take(newest),
        () => {},
      );
    const look = setInterval(ask, LOOK_EVERY_MS);
    ask();
  });
}

/**
 * Shows a frame of the topic "import" in the settings, and in the dialog while it waits for one.
 * @param {Progress} progress
 */
export function showProgress(progress) {
  for (const take of waiting) take(progress);
  const { done, total, error, converted } = progress;
  const box = byId("keys-progress");
  const bar = /** @type {HTMLProgressElement} */ (box.querySelector("progress"));
  const words = /** @type {HTMLElement} */ (box.querySelector("p"));
  const over = isOver(progress);
  box.hidden = false;
  bar.hidden = over;
  if (total > 0) bar.value = done / total;
  else bar.removeAttribute("value");
  const share = total > 0 ? ` (${percent(done / total, 0)})` : "";
  words.textContent = error || interpolate(_("Reading keys: %(n)s%(share)s"), { n: count(done), share });
  if (!error && over) {
    const text = converted ? _("%(n)s keys read: %(converted)s") : _("%(n)s keys read");
    words.textContent = interpolate(text, { n: count(done), converted: converted ?? "" });
  }
  const wait = document.getElementById("keys-wait");
  if (wait) wait.textContent = over ? "" : words.textContent;
  clearTimeout(timer);
  if (over && !error) {
    timer = setTimeout(() => {
      box.hidden = true;
    }, SHOWN_MS);
  }
}

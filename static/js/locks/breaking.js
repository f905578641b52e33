/** The dialog that breaks a lock: first the proof, then a reason. The focus is on "Keep lock", to prevent breaks by habit. */

import { byId, h, parts } from "../lib/dom.js";
import { wireDialog } from "../lib/forms.js";
import { HttpError, newKey, postForm } from "../lib/http.js";
import { _, interpolate } from "../lib/i18n.js";
import { brief } from "./text.js";
import { holderName, lasting, leftWords, renewsEvery } from "./words.js";

/** @import { Child } from "../lib/dom.js" */
/** @import { Consequence, Detail, Row, There } from "./types.js" */

/** A break that takes longer than this shows that it is waiting. */
const WAITS_AFTER_MS = 1_000;

/** @typedef {{url: string, now: () => number, broken: (row: Row) => void, changed: () => void}} Parts */

/**
 * @param {Parts} given
 * @returns {{open: (row: Row, detail: Detail) => void, tick: (now: number) => void}}
 */
export function wireBreaking({ url, now, broken, changed }) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("break-dialog"));
  const form = /** @type {HTMLFormElement} */ (byId("break-form"));
  const reason = /** @type {HTMLInputElement} */ (byId("break-reason"));
  const act = /** @type {HTMLButtonElement} */ (byId("break-act"));
  const error = byId("break-error");
  const list = byId("break-facts");
  wireDialog(dialog);
  /** @type {{row: Row, key: string} | null} */
  let asked = null;

  const refuse = (/** @type {string} */ text) => {
    error.textContent = text;
    error.hidden = text === "";
    reason.ariaInvalid = String(text !== "");
  };
  const open = (/** @type {Row} */ row, /** @type {Detail} */ detail) => {
    // A request that is sent twice is one break: the key identifies it.
    asked = { row, key: newKey() };
    refuse("");
    act.disabled = false;
    const lock = h("bdi", { class: "mono" }, brief(row.name, 60));
    byId("break-title").replaceChildren(...parts(_("Break %(lock)s?"), { lock }));
    list.replaceChildren(...facts(row, detail.consequences, now()));
    dialog.showModal();
    byId("break-keep").focus();
  };
  const send = async (/** @type {{row: Row, key: string}} */ { row, key }) => {
    act.disabled = true;
    // Closing the dialog gives it up; the server refuses it if it arrives too late.
    const taken = new AbortController();
    dialog.addEventListener("close", () => taken.abort(), { once: true });
    const timer = setTimeout(() => {
      error.textContent = _("Waiting for the server. Close this dialog to give it up.");
      error.hidden = false;
    }, WAITS_AFTER_MS);
    try {
      await postForm(url, { ...shown(row), reason: reason.value.trim(), key }, { signal: taken.signal });
      dialog.close();
      reason.value = "";
      broken(row);
    } catch (problem) {
      if (taken.signal.aborted) return;
      if (!(problem instanceof HttpError)) throw problem;
      refuse(problem.message);
      const there = /** @type {There[] | undefined} */ (problem.data.rows);
      act.disabled = there !== undefined;
      if (there)
        list.replaceChildren(...fact(_("Held now by"), there.length ? there.map(thereNow) : [_("Nobody holds it.")]));
      changed();
    } finally {
      clearTimeout(timer);
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (asked && reason.value.trim()) return void send(asked);
    refuse(_("Give a reason, so that others understand it later."));
    reason.focus();
  });
  const tick = (/** @type {number} */ at) => {
    const el = dialog.open ? document.getElementById("break-left") : null;
    const ends = asked?.row.ends_at ?? null;
    if (el && ends !== null) el.textContent = leftWords(ends - at);
  };
  return { open, tick };
}

/** What the dialog showed: exactly this is broken. @param {Row} row */
const shown = (row) => ({
  id: row.id,
  proof: row.proof,
  lock: JSON.stringify(row.key),
  since: String(row.since ?? ""),
  ends_at: String(row.ends_at ?? ""),
  renews: renewsEvery(row) === null ? "" : "1",
});

/** Who holds it now, if not the holder that was shown. @param {There} one */
function thereNow({ holder, client, ttl_ms: ttl }) {
  const left = ttl === null ? _("no TTL") : interpolate(_("%(time)s left"), { time: leftWords(ttl) });
  return h(
    "span",
    { class: "ln" },
    h("bdi", { class: "mono" }, brief(holder, 46) || _("unknown")),
    `, ${brief(client)}, ${left}`,
  );
}

/**
 * @param {Row} row
 * @param {Consequence[]} consequences
 * @param {number} now
 */
function facts(row, consequences, now) {
  const about = (/** @type {string} */ what) =>
    consequences
      .filter((one) => one.about === what)
      .map(({ text }, i) => h("span", { class: i ? "sub ln" : null }, text));
  const unsure = about("unsure");
  const recorded = h("span", { class: "sub ln" }, _("This is recorded with your name and reason."));
  const left = h("b", { id: "break-left" }, row.ends_at === null ? "" : leftWords(row.ends_at - now));
  const wait = _("If left alone, the lease ends in %(time)s unless it is renewed.");
  return [
    ...(unsure.length ? fact(_("Unsure"), unsure) : []),
    ...fact(_("Deleted"), about("deleted")),
    ...fact(_("Held by"), heldBy(row, now)),
    ...fact(_("Risk"), about("risk")),
    ...fact(_("Then"), [...about("then"), recorded]),
    ...fact(_("Or wait"), row.ends_at === null ? about("wait") : parts(wait, { time: left })),
  ];
}

/** @param {Row} row @param {number} now @returns {Child[]} */
function heldBy(row, now) {
  const { fencing, renewed } = row;
  const holder = h("bdi", {}, holderName(row));
  const token = fencing === null ? [] : parts(_(" with fencing token %(n)s"), { n: fencing });
  const last = renewed.at(-1);
  const again = last === undefined ? "." : interpolate(_(". Renewed %(time)s ago."), { time: lasting(now - last) });
  if (renewsEvery(row) === null) return [holder, ...token, again];
  const work = h("span", { class: "guess" }, _("It renews on time, so it is working."));
  const seen = h("span", { class: "sub ln" }, _("Seen: the renewals. Inferred: that it is working."));
  return [holder, ...token, again, " ", work, seen];
}

/** @param {string} name @param {Child[]} value */
const fact = (name, value) => [h("dt", {}, name), h("dd", {}, ...value)];

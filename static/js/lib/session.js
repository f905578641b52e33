/**
 * Whether the reader is still signed in. Who signs out in one tab has other tabs open, with buttons that would be refused: they
 * ask when they are told of it, when they come back into view, and when something was refused. base.html names the address, on
 * the pages of operators only.
 */

import { getJson } from "./http.js";
import { _ } from "./i18n.js";

/** Told to the document when it is found out that the reader may not operate any more. */
export const SIGNED_OUT = "ringviz:signed-out";
/** Asks again now: for whoever was refused. */
export const ASK = "ringviz:ask-session";
const CHANNEL = "ringviz-session";

/** Has the other pages of this browser ask. */
export function tellOthers() {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("changed");
  channel.close();
}

/** @param {HTMLMetaElement} told has the address of the answer, and where to sign in */
export function watchSession(told) {
  let signedOut = false;
  const ask = async () => {
    const answer = await getJson(told.content).catch(() => null); // the page says by itself that nobody answers
    if (!answer || answer.may_operate === !signedOut) return;
    signedOut = !signedOut;
    showSession(signedOut, told.dataset.signIn ?? "");
    if (signedOut) document.dispatchEvent(new CustomEvent(SIGNED_OUT));
  };
  new BroadcastChannel(CHANNEL).addEventListener("message", ask);
  document.addEventListener(ASK, ask);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void ask());
  addEventListener("focus", ask);
}

/**
 * The strip under the top bar. Who is signed in again gets the buttons back with a new page: this one's form token is of before.
 * @param {boolean} signedOut
 * @param {string} signIn
 */
function showSession(signedOut, signIn) {
  const strip = document.getElementById("signed-out");
  if (!strip) return;
  if (signedOut) document.body.classList.add("signed-out"); // and so it stays: see above
  const space = document.createElement("span");
  space.className = "sp";
  const link = document.createElement("a");
  link.className = "btn";
  const here = location.pathname + location.search;
  link.href = signedOut ? `${signIn}?${new URLSearchParams({ next: here })}` : "";
  link.textContent = signedOut ? _("Sign in") : _("Reload");
  const words = signedOut
    ? _("You are signed out. You can watch, but not change anything.")
    : _("You are signed in again. Reload the page to act.");
  strip.replaceChildren(words, space, link);
  strip.hidden = false;
}

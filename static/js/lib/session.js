/**
 * Checks whether the reader is still signed in. After signing out in one tab, the buttons in other tabs no longer work. So
 * each page checks when another page tells it to, when it comes back into view, and when a request was refused. Only pages
 * for operators have the URL, in base.html.
 */

import { _ } from "./i18n.js";

/** Dispatched on the document when the reader may no longer operate. */
export const SIGNED_OUT = "ringviz:signed-out";
/** Dispatch this after a refusal to check the session now. */
export const ASK = "ringviz:ask-session";
const CHANNEL = "ringviz-session";

/** Makes the other pages of this browser check. */
export function tellOthers() {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("changed");
  channel.close();
}

/** Does not use lib/http.js, because every page loads this. @param {string} url @returns {Promise<{may_operate: boolean}>} */
async function answered(url) {
  const response = await fetch(url, { credentials: "same-origin", headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

/** @param {HTMLMetaElement} told has the URL of the check, and of the sign-in page */
export function watchSession(told) {
  let signedOut = false;
  const ask = async () => {
    const answer = await answered(told.content).catch(() => null); // the page already shows that the connection is lost
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
 * The strip under the top bar. After signing in again, a reload brings the buttons back, because this page's CSRF token is old.
 * @param {boolean} signedOut
 * @param {string} signIn
 */
function showSession(signedOut, signIn) {
  const strip = document.getElementById("signed-out");
  if (!strip) return;
  if (signedOut) document.body.classList.add("signed-out"); // stays until a reload: see above
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

/** Copies a link; the button and the screen reader confirm it. */

import { gettext as _ } from "./i18n.js";

const COPIED_MS = 2000;

/**
 * Without a clipboard (browsers have one only on secure origins), puts the link into the address bar.
 * @param {HTMLButtonElement} button
 * @param {string} link
 * @param {(text: string) => void} say
 */
export async function copyLink(button, link, say) {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    history.replaceState(null, "", link);
    say(_("The link is in the address bar."));
    return;
  }
  button.textContent = _("Copied");
  say(_("The link was copied."));
  setTimeout(() => {
    button.textContent = words;
  }, COPIED_MS);
}

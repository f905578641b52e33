/** Copying a link: the button says that it is done, and so does the screen reader. */

import { gettext as _ } from "./i18n.js";

const COPIED_MS = 2000;

/**
 * Without a clipboard, which a browser has on a secure origin only, the address line gets the link.
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
    say(_("The link is in the address line."));
    return;
  }
  button.textContent = _("Copied");
  say(_("The link was copied."));
  setTimeout(() => {
    button.textContent = words;
  }, COPIED_MS);
}

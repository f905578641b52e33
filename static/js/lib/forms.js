/** Shared by all dialogs: close buttons, and the server's errors next to their fields. */

/**
 * Closes a dialog by its close buttons and by a click outside it.
 * @param {HTMLDialogElement} dialog
 */
export function wireDialog(dialog) {
  dialog.addEventListener("click", (event) => {
    const { target } = event;
    if (target === dialog || (target instanceof Element && target.closest("[data-close]"))) dialog.close();
  });
}

/**
 * Removes all errors of a form.
 * @param {HTMLFormElement} form
 */
export function clearErrors(form) {
  for (const line of form.querySelectorAll(".err")) /** @type {HTMLElement} */ (line).hidden = true;
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
}

/**
 * Shows an error at its field, or on the form's own line if it has no field. The input stays.
 * @param {HTMLFormElement} form
 * @param {string} text
 * @param {unknown} field
 */
export function showError(form, text, field) {
  const input = typeof field === "string" ? form.elements.namedItem(field) : null;
  const lines = [...form.querySelectorAll(".err")].map((line) => /** @type {HTMLElement} */ (line));
  const line = lines.find((one) => one.dataset.for === field) ?? lines.find((one) => !one.dataset.for);
  if (line) {
    line.textContent = text;
    line.hidden = false;
  }
  if (input instanceof HTMLInputElement) {
    input.setAttribute("aria-invalid", "true");
    if (line?.id) input.setAttribute("aria-describedby", line.id);
    input.focus();
  }
}

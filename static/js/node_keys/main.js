/** The page of a node's keys: after the next keys came, the focus is at their beginning; if they do not come, the link is followed. */

document.body.addEventListener("htmx:afterSettle", () => {
  /** @type {HTMLElement | null} */ (document.querySelector("#browsed"))?.focus({ preventScroll: true });
});
for (const name of ["htmx:responseError", "htmx:sendError"])
  document.body.addEventListener(name, (event) => {
    const { elt } = /** @type {CustomEvent<{elt: Element}>} */ (event).detail;
    if (elt instanceof HTMLAnchorElement) location.assign(elt.href);
  });

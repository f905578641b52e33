/** Entries of the browser's history, for Back. Each page's link.js keeps the URL up to date. */

/**
 * Begins a history entry at the current URL, so that Back undoes later changes of the URL. Call it before showing a step.
 */
export const newEntry = () => history.pushState(null, "", location.href);

/**
 * After Back or Forward, calls back with the entry's query. The page is not reloaded.
 * @param {(search: string) => void} show
 */
export const onEntry = (show) => addEventListener("popstate", () => show(location.search));

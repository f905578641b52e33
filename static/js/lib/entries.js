/** Entries of the browser's history: what Back leaves. The address itself is kept true by each page's link.js. */

/**
 * Begins an entry, at the address as it is: what is written into the address from now on is left by Back. Call it before a
 * step is shown.
 */
export const newEntry = () => history.pushState(null, "", location.href);

/**
 * Calls back with the query of the entry that Back or Forward leads to, without a reload.
 * @param {(search: string) => void} show
 */
export const onEntry = (show) => addEventListener("popstate", () => show(location.search));

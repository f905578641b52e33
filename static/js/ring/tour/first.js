/** Whether this is the first visit to the Ring page in this browser. */

import { keep, kept } from "../../lib/kept.js";
import { asksNothing } from "../link.js";

/** @import { Wanted } from "../link.js" */

const NAME = "tour";

/**
 * Whether the tour starts by itself: nobody has seen it here, and the address asks for nothing in particular.
 * @param {Wanted} wanted
 */
export const isFirstVisit = (wanted) => asksNothing(wanted) && kept(NAME) === null;

/** Remembers that it was shown. False if the browser cannot: the tour would start on every visit. */
export const noteShown = () => keep(NAME, "shown");

/** Whether somebody sees the Ring page for the first time in this browser. */

import { keep, kept } from "../../lib/kept.js";
import { asksNothing } from "../link.js";

/** @import { Wanted } from "../link.js" */

const NAME = "tour";

/**
 * Whether the tour comes by itself: nobody has seen it here, and the address leads to nothing in particular.
 * @param {Wanted} wanted
 */
export const isFirstVisit = (wanted) => asksNothing(wanted) && kept(NAME) === null;

/** Notes that it was shown. False where that cannot be kept: it would come at every visit. */
export const noteShown = () => keep(NAME, "shown");

/** How the ring's kinds of events are declared. Pure. */

/** @import { EventWords } from "../../lib/subject.js" */
/** @import { Range } from "../draw/types.js" */
/** @import { Glyph } from "./glyphs.js" */
/** @import { Fold } from "../state.js" */
/** @import { Movement, Payload, State } from "../types.js" */

/**
 * @typedef {{
 *   fold: Fold,
 *   words: (payload: Payload) => EventWords,
 *   shows: "change" | "follows" | "beside" | "nothing",
 *   glyph?: Glyph,
 *   happened?: (payload: Payload) => string,
 *   planned?: () => string,
 *   sentence?: (planned: boolean) => string,
 *   arcs?: (planned: boolean, tokens: number) => string,
 *   moves?: (before: State, after: State) => {movement: Movement, ranges: Range[]} | null,
 *   ofNode?: boolean,
 *   alone?: boolean,
 *   kills?: boolean,
 *   resets?: boolean,
 *   bySlots?: boolean,
 * }} Kind
 *   shows: "change" is the picture until the next change; "follows" (from a change) and "beside" (unrelated) keep it;
 *     "nothing" shows a calm picture.
 *   glyph: its sign on the timeline strip.
 *   happened, planned: titles, with placeholders for node, weight and what; by default, the words of the event.
 *   sentence: what it means if every key keeps its owner.
 *   arcs: what happens to the arcs at its node's tokens; by default they go to the next token.
 *   moves: what moved, if the event itself does not say.
 *   ofNode: it is about one node of a ring, so it can be compared with modulo. alone: nothing else in the ring changes.
 *   kills: the node dies. resets: every node may get other tokens. bySlots: movement is counted in slots.
 */

/** @param {string} text @returns {EventWords} the text as its own label */
export const same = (text) => ({ label: text, text });

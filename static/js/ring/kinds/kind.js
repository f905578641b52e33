/** The form in which the ring's kinds of events are declared. Pure. */

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
 *   shows: a change is the picture until the next one; what follows from it, and what is beside it, leave it there; nothing
 *     is a calm picture.
 *   glyph: its sign on the timeline strip.
 *   happened, planned: titles, with places for node, weight and what; without one the words of the event stand there.
 *   sentence: what it means where every key keeps its owner.
 *   arcs: what it does to the arcs at the tokens of its node; without it they go to the next token.
 *   moves: what moved, where the event itself does not say.
 *   ofNode: it is about one node of a ring, so that modulo can be set beside it. alone: nothing else of the ring changes.
 *   kills: the node dies. resets: every node may get other tokens. bySlots: what moved is counted in slots.
 */

/** @param {string} text @returns {EventWords} the text as its own label */
export const same = (text) => ({ label: text, text });

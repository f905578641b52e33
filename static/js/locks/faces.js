/** Which shade or pattern represents which holder. Never a colour: colour means a node. Pure. */

/** How many looks there are; `ink.js` and the swatches in locks.css draw them. The seventh holder gets the first again. */
export const LOOKS = 6;
/** The look of a holder whose name is unknown. */
export const UNKNOWN = LOOKS;

const MOST_REMEMBERED = 1000;

/** Gives looks in the order of first appearance; a holder keeps its look while it is remembered. */
export class Faces {
  constructor() {
    /** @type {Map<string, number>} */
    this.given = new Map();
    this.next = 0;
  }

  /** @param {string | null | undefined} label @returns {number} */
  of(label) {
    if (!label) return UNKNOWN;
    const known = this.given.get(label);
    if (known !== undefined) return known;
    const look = this.next;
    this.next = (this.next + 1) % LOOKS;
    const [oldest] = this.given.keys();
    if (this.given.size >= MOST_REMEMBERED) this.given.delete(oldest);
    this.given.set(label, look);
    return look;
  }
}

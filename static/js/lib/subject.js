/**
 * The kinds of event of one subject that a page knows. Each is declared once: its fold, its words, what it shows. The server
 * declares the same kinds (live/subjects.py). Pure.
 */

/** @typedef {{label: string, text: string}} EventWords the label is a few letters; the text is a line of a list */

/** The subject does not declare this kind of event: the server is newer than the page, or the kind is another subject's. */
export class UnknownKind extends Error {}

/**
 * @template S the state that the subject's events add up to
 * @template {{fold: (state: S, payload: any) => S, words: (payload: any) => EventWords}} K
 */
export class Subject {
  /**
   * @param {string} name its part of a snapshot
   * @param {Record<string, K>} kinds
   */
  constructor(name, kinds) {
    this.name = name;
    this.kinds = kinds;
  }

  /** @param {string} kind */
  knows(kind) {
    return Object.hasOwn(this.kinds, kind);
  }

  /**
   * @param {string} kind
   * @returns {K}
   * @throws {UnknownKind}
   */
  kind(kind) {
    if (!this.knows(kind)) throw new UnknownKind(kind);
    return this.kinds[kind];
  }

  /**
   * The state after an event. Never changes its arguments; parts that did not change are shared with `state`.
   * @param {S} state
   * @param {string} kind
   * @param {any} payload
   * @returns {S}
   * @throws {UnknownKind}
   */
  apply(state, kind, payload) {
    return this.kind(kind).fold(state, payload);
  }
}

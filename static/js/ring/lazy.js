/** Parts that are loaded when they are first needed. */

/** @import { Listener, Store } from "./store.js" */
/** @import { Page } from "./types.js" */

/**
 * A function that loads its part when it is first called.
 * @template {unknown[]} Arguments
 * @param {() => Promise<(...given: Arguments) => unknown>} load
 * @returns {(...given: Arguments) => void}
 */
export function lazily(load) {
  /** @type {ReturnType<typeof load> | null} */
  let made = null;
  return (...given) => {
    made ??= load();
    made.then(
      (work) => work(...given),
      (error) => {
        made = null;
        throw error;
      },
    );
  };
}

/**
 * Loads a part as soon as the page needs it.
 * @param {Store} store
 * @param {(keyof Page)[]} keys
 * @param {(page: Readonly<Page>) => boolean} needed
 * @param {() => Promise<void>} load
 */
export function once(store, keys, needed, load) {
  let asked = false;
  /** @type {Listener} */
  const look = (page) => {
    if (asked || !needed(page)) return;
    asked = true;
    void load();
  };
  store.on(keys, look);
}

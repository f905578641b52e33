/** The single source of truth of a page: what is known and what is shown. Panels listen to it and keep no copies. */

/**
 * @template {object} Page the page's state
 */
export class Store {
  /** @param {Page} page */
  constructor(page) {
    /** @type {Readonly<Page>} */
    this.page = page;
    /** @type {{keys: (keyof Page)[], listener: (page: Readonly<Page>) => void}[]} */
    this.listeners = [];
    /** @type {Set<keyof Page> | null} keys that changed while listeners are being called */
    this.waiting = null;
  }

  /**
   * Calls back at once, and after every change of one of the keys. Listeners are called in the order of registration.
   * @param {(keyof Page)[]} keys
   * @param {(page: Readonly<Page>) => void} listener
   */
  on(keys, listener) {
    this.listeners.push({ keys, listener });
    listener(this.page);
  }

  /**
   * Changes the page and calls the listeners before it returns. A listener may call `set` too; its change is reported after.
   * @param {Partial<Page>} patch
   */
  set(patch) {
    const names = /** @type {(keyof Page)[]} */ (Object.keys(patch));
    const changed = names.filter((name) => patch[name] !== this.page[name]);
    if (changed.length === 0) return;
    this.page = { ...this.page, ...patch };
    if (this.waiting) {
      for (const name of changed) this.waiting.add(name);
      return;
    }
    this.tell(new Set(changed));
  }

  /** @param {Set<keyof Page>} changed */
  tell(changed) {
    let now = changed;
    while (now.size > 0) {
      this.waiting = new Set();
      for (const { keys, listener } of this.listeners) {
        if (keys.some((key) => now.has(key))) guarded(listener, this.page);
      }
      now = this.waiting;
    }
    this.waiting = null;
  }
}

/**
 * Calls a listener and reports its error as uncaught, so that one broken panel does not stop the others.
 * @template Page
 * @param {(page: Readonly<Page>) => void} listener
 * @param {Readonly<Page>} page
 */
function guarded(listener, page) {
  try {
    listener(page);
  } catch (error) {
    reportError(error);
  }
}

/** The one truth of the page: what is known and what is shown. Panels listen; nobody else keeps a copy. */

/**
 * @template {object} Page what the page is made of
 */
export class Store {
  /** @param {Page} page */
  constructor(page) {
    /** @type {Readonly<Page>} */
    this.page = page;
    /** @type {{keys: (keyof Page)[], listener: (page: Readonly<Page>) => void}[]} */
    this.listeners = [];
    /** @type {Set<keyof Page> | null} what waits while listeners are being called */
    this.waiting = null;
  }

  /**
   * Calls back at once, and after every change of one of the keys. Listeners are called in the order they came.
   * @param {(keyof Page)[]} keys
   * @param {(page: Readonly<Page>) => void} listener
   */
  on(keys, listener) {
    this.listeners.push({ keys, listener });
    listener(this.page);
  }

  /**
   * Changes the page and tells those concerned, before it returns. A listener may set, too: that is told afterwards.
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
 * One broken panel must not stop the others: its error is reported as an uncaught one.
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

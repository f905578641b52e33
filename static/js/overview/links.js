/** The overview's sockets: one for each cluster in view, none for the others. */

import { connect } from "../lib/live.js";

/**
 * @typedef {{state: string, since: number | null}} LinkState
 * @typedef {{
 *   changed(slug: string): void,
 *   watching(slug: string, people: number | null): void,
 *   state(states: LinkState[]): void,
 *   gone(slug: string): void,
 * }} Listener
 * @typedef {{slug: string, url: string, v: number, epoch: string}} Place
 */

/**
 * Opens and closes sockets as clusters come into view.
 * @param {Listener} listener
 */
export function linkClusters(listener) {
  /** @type {Map<string, {close(): void, state: LinkState}>} */
  const open = new Map();
  const tell = () => listener.state([...open.values()].map(({ state }) => state));

  return {
    /**
     * Follows a cluster from the version that the page shows.
     * @param {Place} place
     */
    follow({ slug, url, v, epoch }) {
      if (open.has(slug)) {
        return;
      }
      const have = { v, epoch };
      const link = { close: () => {}, state: { state: "connecting", since: /** @type {number | null} */ (null) } };
      open.set(slug, link);
      link.close = connect({
        url,
        have: () => have,
        onSnapshot: (message) => {
          Object.assign(have, { v: message.v, epoch: message.epoch });
          listener.changed(slug);
        },
        onEvent: (event) => {
          have.v = event.v;
          listener.changed(slug);
        },
        onFrame: (topic, data) => {
          if (topic === "watchers") {
            listener.watching(slug, data.count ?? null);
          }
        },
        onState: (state) => {
          link.state = state;
          tell();
          if (state.state === "gone") {
            listener.gone(slug);
          }
        },
      }).close;
      tell();
    },
    /** @param {string} slug */
    leave(slug) {
      open.get(slug)?.close();
      open.delete(slug);
      tell();
    },
  };
}

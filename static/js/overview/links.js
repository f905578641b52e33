/** The overview's sockets: one for each place in view, none for the others. */

import { connect } from "../lib/live.js";

/** @import { LinkState } from "../lib/live.js" */

/**
 * @typedef {{
 *   changed(key: string): void,
 *   watching(key: string, people: number | null): void,
 *   state(states: LinkState[]): void,
 *   gone(key: string): void,
 * }} Listener
 * @typedef {{key: string, url: string, v: number, epoch: string}} Place key: "clusters/demo"
 */

/**
 * Opens and closes sockets as places come into view.
 * @param {Listener} listener
 */
export function linkPlaces(listener) {
  /** @type {Map<string, {close(): void, state: LinkState}>} */
  const open = new Map();
  const tell = () => listener.state([...open.values()].map(({ state }) => state));

  return {
    /**
     * Follows a place from the version that the page shows.
     * @param {Place} place
     */
    follow({ key, url, v, epoch }) {
      if (open.has(key)) {
        return;
      }
      const have = { v, epoch };
      const link = { close: () => {}, state: /** @type {LinkState} */ ({ state: "connecting", since: null }) };
      open.set(key, link);
      link.close = connect({
        url,
        have: () => have,
        onSnapshot: (message) => {
          Object.assign(have, { v: message.v, epoch: message.epoch });
          listener.changed(key);
        },
        onEvent: (event) => {
          have.v = event.v;
          listener.changed(key);
        },
        onFrame: (topic, data) => {
          if (topic === "watchers") {
            listener.watching(key, data.count ?? null);
          }
        },
        onState: (state) => {
          link.state = state;
          tell();
          if (state.state === "gone") {
            listener.gone(key);
          }
        },
      }).close;
      tell();
    },
    /** @param {string} key */
    leave(key) {
      open.get(key)?.close();
      open.delete(key);
      tell();
    },
  };
}

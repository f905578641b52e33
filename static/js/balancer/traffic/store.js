/** The Balancer page's store. Parts of the page listen to it for the driver's frames and for moments. */

import { Store } from "../../lib/store.js";

/** @import { Boot, Moment, OnFrame, Page } from "./types.js" */

/** @extends {Store<Page>} */
export class TrafficStore extends Store {
  /** @param {Boot} boot */
  constructor(boot) {
    const moment = {
      v: boot.v,
      at: boot.at ?? "",
      state: boot.ring,
      balancer: boot.balancer,
      causes: boot.causes,
    };
    super({
      head: boot.v === boot.head ? moment : { ...moment, v: boot.head },
      view: moment,
      epoch: boot.epoch,
      floor: boot.floor,
      link: { state: "connecting", since: Date.now() },
      watching: null,
      offset: boot.now - Date.now(),
      frame: null,
      heard: 0,
      supervised: 0,
      screen: "board",
      more: false,
    });
  }

  /** Whether the page shows the past. */
  get past() {
    return this.page.view !== this.page.head;
  }

  /**
   * Calls back with every frame while requests run, about five a second, and with null once they stop.
   * @param {(frame: OnFrame | null) => void} listener
   */
  onFrame(listener) {
    this.on(["frame"], ({ frame }) => listener(frame));
  }

  /**
   * Calls back at once and whenever the moment changes, by an event or by the reader.
   * @param {(view: Moment, past: boolean) => void} listener
   */
  onState(listener) {
    this.on(["view", "head"], ({ view, head }) => listener(view, view !== head));
  }
}

/** What an operator does: other requests, and faults of nodes by the ring's own address. Each is refused in words. */

import { HttpError, postForm } from "../../lib/http.js";
import { _, interpolate } from "../../lib/i18n.js";
import { powersOf } from "../../ring/powers.js";
import { wordsOf } from "./follow.js";

/** @import { Boot, LiveEvent } from "./types.js" */
/** @import { TrafficStore } from "./store.js" */

/** @typedef {(error: HttpError) => boolean} Told whether it was said where it belongs, at a field */

export class Deeds {
  /**
   * @param {TrafficStore} store
   * @param {Boot} boot
   * @param {{notice: (text: string) => void, receive: (event: LiveEvent) => void}} parts
   */
  constructor(store, boot, { notice, receive }) {
    this.store = store;
    this.boot = boot;
    this.notice = notice;
    this.receive = receive;
  }

  /** Whether the person may change anything at the moment that is shown, and whether without a plan first. */
  get powers() {
    return powersOf(/** @type {any} */ (this.store.page), this.boot.may_operate);
  }

  /**
   * Other requests: only what is given changes.
   * @param {Record<string, string | number>} fields
   * @param {Told} [told]
   */
  set(fields, told) {
    return this.post(this.boot.urls.act, fields, told);
  }

  /**
   * Something done to a node, as the Ring page does it.
   * @param {Record<string, string | number>} fields `action` and `node`
   */
  fault(fields) {
    return this.post(this.boot.urls.node_act, fields);
  }

  /**
   * @param {string} url
   * @param {Record<string, string | number>} fields
   * @param {Told} [told]
   * @returns {Promise<boolean>} whether it was done
   */
  async post(url, fields, told) {
    try {
      const { event } = await postForm(url, { ...fields, version: this.store.page.head.v });
      if (event) this.receive(event);
      this.notice("");
      return true;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      this.notice(told?.(error) ? "" : refusalWords(error));
      return false;
    }
  }
}

/**
 * What the server said; when somebody was faster, what they did.
 * @param {HttpError} error
 */
export function refusalWords({ status, message, data }) {
  if (status !== 409) return message;
  const events = /** @type {LiveEvent[]} */ (data.events ?? []);
  const what = events.map((event) => wordsOf(event).text).join(", ");
  const text = _("The cluster changed first: %(what)s. Nothing was done. Look, then decide again.");
  return what ? interpolate(text, { what }) : message;
}

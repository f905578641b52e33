/**
 * An operator's actions: changes of the requests, and node faults through the Ring page's endpoint. Refusals are
 * explained.
 */

import { ANSWER_WITHIN_MS, TakenBack } from "../../lib/asking.js";
import { HttpError, newKey, postForm } from "../../lib/http.js";
import { _, interpolate } from "../../lib/i18n.js";
import { deedWords } from "../../ring/deedwords.js";
import { powersOf } from "../../ring/powers.js";
import { wordsOf } from "./follow.js";

/** @import { Asking } from "../../lib/asking.js" */
/** @import { Boot, LiveEvent } from "./types.js" */
/** @import { TrafficStore } from "./store.js" */

/** @typedef {(error: HttpError) => boolean} Told returns whether the message was shown at a field */

export class Deeds {
  /**
   * @param {TrafficStore} store
   * @param {Boot} boot
   * @param {{asking: Asking, notice: (text: string) => void, receive: (event: LiveEvent) => void}} parts
   */
  constructor(store, boot, { asking, notice, receive }) {
    this.store = store;
    this.boot = boot;
    this.asking = asking;
    this.notice = notice;
    this.receive = receive;
  }

  /** Whether the person may change anything at this moment, and whether without a plan. */
  get powers() {
    return powersOf(/** @type {any} */ (this.store.page), this.boot.may_operate);
  }

  /**
   * Changes the requests. Only the given fields change.
   * @param {Record<string, string | number>} fields
   * @param {Told} [told]
   */
  set(fields, told) {
    return this.post(_("The new setting"), this.boot.urls.act, fields, told);
  }

  /**
   * Performs a node action, as the Ring page does.
   * @param {Record<string, string | number>} fields `action` and `node`
   */
  fault(fields) {
    const asked = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
    return this.post(deedWords(asked, this.store.page.head.state), this.boot.urls.node_act, fields);
  }

  /**
   * It waits where it gets no answer, and can be taken back.
   * @param {string} what the subject of a sentence
   * @param {string} url
   * @param {Record<string, string | number>} fields
   * @param {Told} [told]
   * @returns {Promise<boolean>} whether it was done
   */
  async post(what, url, fields, told) {
    const key = newKey();
    const values = { ...fields, version: this.store.page.head.v, key };
    const send = (/** @type {AbortSignal} */ signal) => postForm(url, values, { signal, withinMs: ANSWER_WITHIN_MS });
    try {
      const { event } = await this.asking.ask({ what, key, send }).answer;
      if (event) this.receive(event);
      this.notice("");
      return true;
    } catch (error) {
      if (error instanceof TakenBack) return false;
      if (!(error instanceof HttpError)) throw error;
      this.notice(told?.(error) ? "" : refusalWords(error));
      return false;
    }
  }
}

/**
 * Shows the server's message. If somebody else was faster, shows what they did.
 * @param {HttpError} error
 */
export function refusalWords({ status, message, data }) {
  if (status !== 409) return message;
  const events = /** @type {LiveEvent[]} */ (data.events ?? []);
  const what = events.map((event) => wordsOf(event).text).join(", ");
  const text = _("Nothing was done, because the cluster changed first: %(what)s. Check and try again.");
  return what ? interpolate(text, { what }) : message;
}

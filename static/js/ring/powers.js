/** Who may do what now. This only enables and disables buttons; the server decides. */

import { _ } from "../lib/i18n.js";
import { isExternal } from "./members.js";

/** @import { Page } from "./types.js" */

/**
 * @typedef {{ask: boolean, operate: boolean, direct: boolean, click: boolean, quick: boolean, why: string}} Powers
 *   ask: plans can be asked for; operate: changes can be made; direct: one click makes them, without a plan first;
 *   click, quick: like ask and direct, for requests that may wait until the connection is back; why: what prevents it
 */

/**
 * @param {Readonly<Page>} page
 * @param {boolean} mayOperate the server lets this person operate
 * @returns {Powers}
 */
export function powersOf({ view, head, link }, mayOperate) {
  const past = view !== head;
  const lost = link.state === "lost" || link.state === "gone";
  const foreign = isExternal(head.state);
  const click = !past && link.state !== "gone" && !foreign;
  const ask = click && !lost;
  const { demo } = head.state.cluster;
  const why = past
    ? _("Go live to change the ring")
    : lost
      ? _("Nothing is heard from the server")
      : foreign
        ? _("Read-only: somebody else runs this cluster")
        : "";
  const operate = ask && mayOperate;
  return { ask, operate, direct: operate && demo, click, quick: click && mayOperate && demo, why };
}

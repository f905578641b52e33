/** Everything that the page shows about real servers. Loaded only if there are some. */

import { isManaged } from "../members.js";
import { served } from "../noderow.js";
import { fillCount, fillCounts, fillReplica } from "./counts.js";
import { fillEstimate } from "./estimate.js";
import { wireLoad } from "./load.js";
import { wireWork } from "./work.js";

/** @import { Acting } from "../acting.js" */
/** @import { Store } from "../store.js" */

const EVERY_MS = 1000;

/**
 * @param {Store} store
 * @param {Acting} acting
 */
export function wireServed(store, acting) {
  served.fill = fillCount;
  served.fillReplica = fillReplica;
  // The tables are wired first, so the notes that they rebuild are filled in the same turn.
  store.on(
    ["view", "plan", "pins", "colour", "link", "mayOperate", "selected", "screen", "drawn", "frames"],
    fillCounts,
  );
  // Counts expire by themselves.
  setInterval(() => fillCounts(store.page), EVERY_MS);
  if (!isManaged(store.page.head.state)) {
    void import("./outside.js").then(({ wireOutside }) => wireOutside(store));
    return;
  }
  store.on(["view", "plan", "pins", "colour", "link", "mayOperate"], fillEstimate);
  wireWork(store, acting);
  wireLoad(store, acting);
}

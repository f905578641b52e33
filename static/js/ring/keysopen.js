/** The button "Change keys": what stands behind it comes when it is pressed, or with a cluster that has no keys yet. */

import { lazily, once } from "./lazy.js";

/** @import { Acting } from "./acting.js" */
/** @import { Store } from "./store.js" */
/** @import { Urls } from "./types.js" */

/** @param {Store} store @param {Acting} acting @param {Urls} urls */
export function wireKeysOpener(store, acting, urls) {
  const opener = /** @type {HTMLButtonElement | null} */ (document.getElementById("keys-open"));
  if (!opener) return;
  /** @type {Promise<() => void> | null} */
  let made = null;
  const wired = () => {
    made ??= import("./keyset.js").then(({ wireKeyset }) => wireKeyset(store, acting, urls));
    made.catch(() => {
      made = null;
    });
    return made;
  };
  const open = lazily(wired);
  opener.addEventListener("click", () => open());
  once(
    store,
    ["view"],
    ({ view }) => view.state.keys.count === 0,
    async () => void (await wired()),
  );
  store.on(["view", "link", "mayOperate", "plan"], () => {
    opener.disabled = !acting.powers.operate;
    opener.title = acting.powers.why;
  });
}

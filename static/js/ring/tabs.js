/** Tabs, on narrow screens, that show one panel at a time. Wide screens show all panels and no tabs. */

import { byId } from "./dom.js";

/** @import { Store } from "./store.js" */

/** @param {Store} store */
export function wireTabs(store) {
  const main = byId("main");
  const tabs = /** @type {HTMLElement[]} */ ([...byId("tabs").querySelectorAll("[role=tab]")]);
  for (const tab of tabs) tab.addEventListener("click", () => store.set({ tab: tab.dataset.tab ?? "nodes" }));
  byId("tabs").addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.dataset.tab === store.page.tab);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    store.set({ tab: next.dataset.tab ?? "nodes" });
    next.focus();
  });
  store.on(["tab"], (page) => {
    main.dataset.tab = page.tab;
    for (const tab of tabs) {
      const chosen = tab.dataset.tab === page.tab;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
  });
}

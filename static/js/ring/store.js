/** The store of the Ring page. */

import { Store as AnyStore } from "../lib/store.js";

/** @import { Page } from "./types.js" */

/** @typedef {(page: Readonly<Page>) => void} Listener */

/** @extends {AnyStore<Page>} */
export class Store extends AnyStore {}

/** Events about keys. Declared once more on the server: ringviz/events/keys.py. */

import { count } from "../../lib/format.js";
import { interpolate, ngettext } from "../../lib/i18n.js";
import { settled, withKeys } from "../state.js";
import { DIAMOND } from "./glyphs.js";
import { same } from "./kind.js";

/** @import { Kind } from "./kind.js" */

/** @param {string} text @param {number} n */
const counted = (text, n) => same(interpolate(text, { n: count(n) }));

/** @type {Record<string, Kind>} */
export const keyKinds = {
  keys_imported: {
    fold: withKeys,
    words: ({ keys }) => counted(ngettext("%(n)s key", "%(n)s keys", keys.count), keys.count),
    shows: "nothing",
    glyph: DIAMOND,
  },
  keys_refilled: {
    fold: settled,
    words: ({ keys }) => counted(ngettext("%(n)s key stored", "%(n)s keys stored", keys), keys),
    shows: "follows",
  },
  keys_lost: {
    fold: settled,
    words: ({ keys }) => counted(ngettext("%(n)s key lost", "%(n)s keys lost", keys), keys),
    shows: "follows",
  },
};

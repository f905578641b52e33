/** Events about keys. The server declares them too: ringviz/events/keys.py. */

import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
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
    shows: "change",
    glyph: DIAMOND,
    happened: ({ keys }) =>
      interpolate(ngettext("Now: %(n)s key", "Now: %(n)s keys", keys.count), { n: count(keys.count) }),
    planned: () => _("Plan: change the keys"),
    sentence: (planned) =>
      planned
        ? _("Each node would own the new keys that hash to it.")
        : _("No keys moved: these are new keys. Each node owns those that hash to it."),
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

/** What the drawing is given: the picture of the page as it stands. Pure; parts that did not change keep their identity. */

import { _, interpolate } from "../lib/i18n.js";
import { TOKEN_SPACE } from "../lib/geometry.js";
import { rangesOf } from "./change.js";
import { facesOf } from "./faces.js";
import { isManaged } from "./members.js";
import { abilitiesOf, copiesOf } from "./strategies.js";
import { drawnChange } from "./underway.js";

/** @import { Hit, Picture, Walk } from "./draw/types.js" */
/** @import { Faces } from "./faces.js" */
/** @import { Lookup, Page, State } from "./types.js" */
/** @import { TokenBook } from "./tokens.js" */

/**
 * @typedef {{book: TokenBook, density: Uint32Array | null, bins: Uint32Array | null,
 *   lens: {tokens: Uint32Array, owners: Uint32Array} | null}} Data
 *   what came as binary; bins and lens only where there are too many tokens to send
 */

/**
 * The state whose tokens are drawn: after a change, before a plan.
 * @param {Readonly<Page>} page
 * @returns {State}
 */
export const drawnState = (page) => page.view.state;

/**
 * @param {Readonly<Page>} page
 * @param {Data} data
 * @param {Hit | null} hover
 * @returns {Picture}
 */
export function pictureOf(page, data, hover) {
  const change = drawnChange(page);
  const state = drawnState(page);
  const faces = facesOf(page);
  const ranges = change ? rangesOf(change.movement) : null;
  const moved = Boolean(ranges?.length) || Boolean(change?.movement?.moved);
  const scattered = !abilitiesOf(state.cluster).ranges;
  return {
    scattered,
    ...(data.bins || scattered ? { tokens: NONE, owners: NONE } : data.book.ring(state)),
    tokenBins: scattered ? null : data.bins,
    density: state.keys.count > 0 ? data.density : null,
    keys: state.keys.count,
    mode: change && moved ? (change.planned ? "plan" : "changed") : "calm",
    ranges,
    view: page.side,
    nodes: faces.faces,
    pins: faces.crowded ? page.pins : [],
    zones: scattered ? [] : faces.zones.map(({ look }) => look),
    walk: page.lookup ? walkOf(page.lookup, faces, copiesOf(state.cluster), isManaged(state)) : null,
    selected: page.selected,
    lens: faces.crowded && !scattered ? { at: page.lens, ...data.lens } : null,
    hover,
    pinTokens: data.bins && !scattered ? pinTokens(page, data.book, state) : null,
  };
}

const NONE = new Uint32Array();

/**
 * @param {Readonly<Page>} page
 * @param {TokenBook} book
 * @param {State} state
 */
const pinTokens = ({ pins }, book, { cluster, nodes }) =>
  new Map(nodes.filter(({ number }) => pins.includes(number)).map((node) => [node.number, book.of(cluster, node)]));

/**
 * The walk of the key that is looked up, with the lines of its label.
 * @param {Lookup} lookup
 * @param {Faces} faces
 * @param {number} asked copies
 * @param {boolean} [managed] no copy is kept: it is what a replicated ring would choose
 * @returns {Walk}
 */
function walkOf({ key, position, owner, token, copies }, faces, asked, managed = false) {
  const lines = [key];
  if (owner) lines.push(interpolate(_("owner %(node)s"), { node: faces.of(owner).label }));
  if (copies.length > 0) {
    const nodes = copies.map(({ number }) => faces.of(number).label).join(", ");
    lines.push(interpolate(managed ? _("if replicated: %(nodes)s") : _("copies %(nodes)s"), { nodes }));
  }
  if (owner && copies.length + 1 < asked && !managed) lines.push(_("no node for another copy"));
  const stops = owner ? [{ number: owner, token: token?.value ?? null }, ...copies] : [];
  return { hash: Math.round(position * TOKEN_SPACE), stops, lines };
}

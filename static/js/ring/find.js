/** Find a key: where it hashes, the walk to its owner, its copies. */

import { getJson, HttpError } from "../lib/http.js";
import { percent } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { byId, chip, h, parts } from "./dom.js";
import { facesOf } from "./faces.js";
import { bytesOf, escaped, percentEncoded } from "./keybytes.js";
import { askedIn, isLocal, lookupIn } from "./lookup.js";
import { isExternal, isManaged } from "./members.js";
import { copiesOf } from "./strategies.js";

/** @import { Faces } from "./faces.js" */
/** @import { Line } from "./figures/steps.js" */
/** @import { Steps } from "./figures/types.js" */
/** @import { Loader } from "./loader.js" */
/** @import { Page, Urls } from "./types.js" */
/** @import { Store } from "./store.js" */

const WAIT_MS = 120;
const SPREAD_MS = 1500;
/** The same, if only the server can answer. */
const ASKED_SPREAD_MS = 500;
/** The number of possible example keys for a cluster whose keys are not known. */
const ANY = 1_000_000;

/**
 * What lies between a position and its owner: only strategies without ranges have such steps, and load their words.
 * @type {(steps: Steps | null | undefined, faces: Faces) => Line[]}
 */
let stepLines = () => [];

/** @typedef {{key: string, escapes: boolean}} Key as in the field; escapes: \x00 and the like stand for bytes */

/**
 * @param {Store} store
 * @param {Urls} urls
 * @param {Loader} loader
 * @param {Key} example a first key; it is not in the URL until somebody types one
 */
export function wireFind(store, urls, loader, example) {
  const input = /** @type {HTMLInputElement} */ (byId("key"));
  const escapes = /** @type {HTMLInputElement} */ (byId("key-escapes"));
  const list = byId("walk");
  let timer = 0;
  let trouble = "";

  const ask = async () => {
    const { view } = store.page;
    const { bytes, trouble: why } = read();
    if (!bytes) return tell(why);
    const key = percentEncoded(bytes);
    if (key === "") return tell("");
    try {
      const lookup = await getJson(`${urls.lookup}?key=${key}&v=${view.v}`);
      if (lookup.steps) ({ stepLines } = await import("./figures/steps.js"));
      if (key !== percentEncoded(read().bytes ?? new Uint8Array()) || view.v !== store.page.view.v) return;
      trouble = "";
      store.set({ lookup });
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      tell(error.message);
    }
  };
  const read = () => bytesOf(input.value, escapes.checked);
  /** Clears the result and shows why; without a reason, the field is empty. @param {string} why */
  const tell = (why) => {
    trouble = why;
    store.set({ lookup: null });
    list.replaceChildren(...walkLines(store.page, trouble));
  };
  /** Puts the key into the URL, but only a valid one, because others could be very long. */
  const note = () => {
    const { bytes } = read();
    input.ariaInvalid = String(bytes === null);
    store.set({ key: bytes ? input.value : "", escapes: escapes.checked });
  };
  const put = (/** @type {Key} */ one) => {
    input.value = one.key;
    escapes.checked = one.escapes;
  };
  const soon = (/** @type {number} */ ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), ms);
  };

  const typed = () => {
    note();
    soon(WAIT_MS);
  };
  input.addEventListener("input", typed);
  escapes.addEventListener("change", typed);
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\r\n]/.test(text)) return;
    event.preventDefault(); // the field has one line, and the browser would drop the line breaks
    if (!escapes.checked) input.value = escaped(input.value);
    escapes.checked = true;
    input.setRangeText(escaped(text), ...rangeOf(input), "end");
    typed();
  });
  byId("any-key").addEventListener("click", async () => {
    const { count } = store.page.view.state.keys;
    put(await anyKey(urls, Math.floor(Math.random() * (count || ANY))));
    note();
    await ask();
  });
  store.on(["lookup", "view", "plan", "pins"], (page) => list.replaceChildren(...walkLines(page, trouble)));
  // At another version the key may have another owner. The tokens tell at once, if they can; the server is asked as well.
  store.on(["view", "drawn"], ({ view, lookup, head }) => {
    if (!lookup) return view === head ? soon(0) : undefined;
    if (lookup.v === view.v) return;
    const local = isLocal(view.state.cluster) && !loader.data().bins;
    if (local && loader.book.missing(view.state).length > 0) return;
    const known = () => lookupIn(lookup, view.v, view.state, loader.book.ring(view.state));
    store.set({ lookup: local ? known() : askedIn(lookup, view.v) });
    if (view === head) soon(Math.random() * (local ? SPREAD_MS : ASKED_SPREAD_MS));
    else soon(local ? 0 : WAIT_MS);
  });
  // Somebody may have typed before this module was loaded.
  if (input.value) note();
  else put(store.page.key ? { key: store.page.key, escapes: store.page.escapes } : example);
  if (input.value) void ask();
}

/**
 * One of the cluster's own keys, or a made-up one if it has none.
 * @param {Urls} urls
 * @param {number} n counted from the start
 * @returns {Promise<Key>}
 */
export async function anyKey(urls, n) {
  const { key, escapes } = await getJson(`${urls.any_key}?n=${n}`);
  return key === null ? { key: `key:${n}`, escapes: false } : { key, escapes };
}

/**
 * @param {HTMLInputElement} input
 * @returns {[start: number, end: number]} the part that a paste replaces
 */
const rangeOf = ({ selectionStart, selectionEnd, value }) => [
  selectionStart ?? value.length,
  selectionEnd ?? value.length,
];

/**
 * @param {Readonly<Page>} page
 * @param {string} trouble
 */
function walkLines(page, trouble) {
  const { lookup } = page;
  if (trouble) return [h("li", {}, h("span", { class: "wn", role: "alert" }, trouble))];
  if (!lookup) return [h("li", {}, h("span", {}, _("See where it hashes and which nodes keep it.")))];
  const faces = facesOf(page);
  const asked = copiesOf(page.view.state.cluster);
  const managed = isManaged(page.view.state);
  const { hash, position, owner, token, copies, bucket } = lookup;
  const face = faces.of(owner);
  const around = interpolate(_("%(share)s of the way round"), { share: percent(position) });
  const foreign = isExternal(page.view.state);
  const first = foreign ? line(_("Slot"), mono(String(bucket))) : line(_("Hash"), mono(`0x${hex(hash)}`));
  const lines = [first, line(_("Position"), h("span", {}, around))];
  if (lookup.asked) return [...lines, line(_("Owner"), h("span", {}, _("asking")))];
  for (const [name, value] of stepLines(lookup.steps, faces)) lines.push(line(name, value));
  if (!owner && lookup.steps) return lines; // the steps say why nobody owns it
  if (!owner)
    return [...lines, line(_("Owner"), h("span", { class: "wn" }, foreign ? _("nobody") : _("no node is active")))];
  if (token && !foreign) {
    const place = mono(token.index < 0 ? hex(token.value) : `${face.label}#${token.index}`);
    lines.push(line(_("Walk"), h("span", {}, ...parts(_("to token %(token)s"), { token: place }))));
  }
  lines.push(line(_("Owner"), h("span", { class: "ln", title: face.name }, chip(face), h("b", {}, face.label))));
  if (foreign) lines.push(line(_("Replicas"), h("span", {}, replicaAddresses(page, owner))));
  if (managed) lines.push(line(_("Stored"), h("span", {}, storedWords(page, faces))));
  if (asked === 1) return lines;
  const nodes = copies.map(({ number }) => {
    const one = faces.of(number);
    return h("span", { class: "ln", title: one.name }, chip(one), one.label);
  });
  const short = asked - 1 - copies.length;
  const missing = interpolate(_("%(n)s more: no node left"), { n: short });
  if (managed) {
    const text = _("if replicated");
    lines.push(line(_("Next owners"), h("span", {}, ...nodes, h("span", { class: "ln sub" }, text))));
    return lines;
  }
  lines.push(line(_("Copies"), h("span", {}, ...nodes, short > 0 ? h("span", { class: "ln wn" }, missing) : null)));
  return lines;
}

/**
 * Where the copies of a node's keys are, as reported by its cluster.
 * @param {Readonly<Page>} page
 * @param {number} owner
 */
function replicaAddresses({ view }, owner) {
  const node = view.state.nodes.find(({ number }) => number === owner);
  return (node?.replicas ?? []).map(({ address }) => address).join(", ") || _("none");
}

/**
 * Where a key really is, as reported by the servers now.
 * @param {Readonly<Page>} page
 * @param {Faces} faces
 */
function storedWords({ lookup, view, head }, faces) {
  if (view !== head) return _("unknown: servers report only the present");
  if (lookup?.stored === undefined) return _("asking");
  if (lookup.stored === null) return _("unknown: its server could not be asked");
  const { owner, found, replicas } = lookup.stored;
  const node = faces.of(owner).label;
  if (!found) return interpolate(_("not on %(node)s"), { node });
  return interpolate(replicas.length > 0 ? _("on %(node)s, and on its replica") : _("on %(node)s"), { node });
}

/** @type {(name: string, value: HTMLElement) => HTMLElement} */
const line = (name, value) => h("li", {}, h("span", {}, name), value);

/** @param {string} text */
const mono = (text) => h("span", { class: "mono" }, text);

/** @param {number} n */
export const hex = (n) => n.toString(16).toUpperCase().padStart(8, "0");

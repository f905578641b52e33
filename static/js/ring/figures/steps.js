/** The steps to a key's owner, as lines of the panel "Find a key". */

import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { chip, h, parts } from "../dom.js";
import { partOfCircle, scoreWords, strangerWords } from "./words.js";

/** @import { Faces } from "../faces.js" */
/** @import { EntryStep, JumpSteps, LevelSteps, ProbeSteps, RemainderStep, ScoreSteps, Steps } from "./types.js" */

/** @typedef {[name: string, value: HTMLElement]} Line */

const BEST = 3;

/**
 * The lines between the key's position and its owner. The walk on a ring is not among them; it is in find.js.
 * @param {Steps | null | undefined} steps
 * @param {Faces} faces
 * @returns {Line[]}
 */
export function stepLines(steps, faces) {
  switch (steps?.kind) {
    case "remainder":
      return remainder(steps);
    case "scores":
      return scores(steps, faces);
    case "jumps":
      return jumps(steps, faces);
    case "entry":
      return entry(steps, faces);
    case "probes":
      return probes(steps, faces);
    case "levels":
      return levels(steps, faces);
    default:
      return [];
  }
}

/** @type {(...children: (string | Node)[]) => HTMLElement} */
const value = (...children) => h("span", {}, ...children);
/** @type {(text: string) => HTMLElement} */
const mono = (text) => h("span", { class: "mono" }, text);

/**
 * A node and a text about it, on its own line.
 * @param {Faces} faces
 * @param {number} number
 * @param {string} words
 */
function ofNode(faces, number, words) {
  const face = faces.of(number);
  return h("span", { class: "ln", title: face.name }, chip(face), `${face.label} `, mono(words));
}

/**
 * @param {RemainderStep} steps
 * @returns {Line[]}
 */
function remainder({ number, divisor, remainder: rest }) {
  const said = { number: count(number), divisor: count(divisor), remainder: count(rest) };
  const place = interpolate(_("number %(n)s, counted from 0"), { n: count(rest) });
  return [
    [_("Division"), mono(interpolate(_("%(number)s mod %(divisor)s = %(remainder)s"), said))],
    [_("Place"), value(place)],
  ];
}

/**
 * @param {ScoreSteps} steps
 * @param {Faces} faces
 * @returns {Line[]}
 */
function scores({ scores: all, more }, faces) {
  const lower = all.length - Math.min(BEST, all.length) + more;
  const rest = interpolate(ngettext("%(n)s lower", "%(n)s lower", lower), { n: count(lower) });
  return [
    [
      _("Scores"),
      value(
        ...all.slice(0, BEST).map(({ node, score }) => ofNode(faces, node, scoreWords(score))),
        ...(lower > 0 ? [h("span", { class: "ln sub" }, rest)] : []),
      ),
    ],
    [_("Draw"), mono(interpolate(_("%(draw)s of 2\u00b3\u00b2"), { draw: count(all[0].draw) }))],
  ];
}

/**
 * @param {JumpSteps} steps
 * @param {Faces} faces
 * @returns {Line[]}
 */
function jumps({ jumps: met, count: buckets, beyond }, faces) {
  const end = interpolate(_("next would be bucket %(n)s of %(all)s"), { n: count(beyond), all: count(buckets) });
  const stops = met.map(({ bucket, node }) => {
    const face = faces.of(node);
    return h(
      "span",
      { class: "ln", title: face.name },
      chip(face),
      interpolate(_("bucket %(n)s"), { n: count(bucket) }),
    );
  });
  return [[_("Jumps"), value(...stops, h("span", { class: "ln sub" }, end))]];
}

/**
 * @param {EntryStep} steps
 * @param {Faces} faces
 * @returns {Line[]}
 */
function entry({ number, size, entry: at, asked, orders }, faces) {
  const said = { number: count(number), divisor: count(size), remainder: count(at) };
  const [{ node, offset, skip }] = orders;
  const order = interpolate(_("offset %(offset)s, skip %(skip)s"), { offset: count(offset), skip: count(skip) });
  const turn = interpolate(_("asks for this entry after %(n)s others"), { n: count(asked) });
  return [
    [_("Entry"), mono(interpolate(_("%(number)s mod %(divisor)s = %(remainder)s"), said))],
    [_("Order"), value(ofNode(faces, node, order), h("span", { class: "ln sub" }, turn))],
  ];
}

/**
 * @param {ProbeSteps} steps
 * @param {Faces} faces
 * @returns {Line[]}
 */
function probes({ probes: all, winner }, faces) {
  const won = all[winner];
  const text = _("number %(n)s of %(all)s, at %(at)s");
  const at = mono(`0x${hex(won.position)}`);
  const last = parts(text, { n: count(winner), all: count(all.length), at });
  const far = interpolate(_("%(part)s of the circle before"), { part: partOfCircle(won.distance) });
  return [
    [_("Probe"), value(...last)],
    [_("Token"), value(h("span", { class: "ln" }, far), ofNode(faces, won.node, hex(won.token)))],
  ];
}

/**
 * @param {LevelSteps} steps
 * @param {Faces} faces
 * @returns {Line[]}
 */
function levels({ member, met, skipped, unit }, faces) {
  const said = unit === "keys" ? _("%(load)s of %(cap)s keys") : _("%(load)s of %(cap)s buckets");
  const words = (/** @type {{load: number, cap: number}} */ { load, cap }) =>
    interpolate(said, { load: count(load), cap: count(cap) });
  if (!member) {
    const stranger = h("span", { class: "wn" }, strangerWords());
    return [
      [_("Owner"), stranger],
      [_("Start"), value(ofNode(faces, met[0].node, words(met[0])))],
    ];
  }
  const full = met.slice(0, -1);
  const rest = interpolate(ngettext("and %(n)s more", "and %(n)s more", skipped), { n: count(skipped) });
  const passed = full.map((one) => ofNode(faces, one.node, words(one)));
  const last = met[met.length - 1];
  return [
    ...(full.length > 0
      ? [
          /** @type {Line} */ ([
            _("Full"),
            value(...passed, ...(skipped > 0 ? [h("span", { class: "ln sub" }, rest)] : [])),
          ]),
        ]
      : []),
    [_("Load"), value(ofNode(faces, last.node, words(last)))],
  ];
}

/** @param {number} n */
const hex = (n) => n.toString(16).toUpperCase().padStart(8, "0");

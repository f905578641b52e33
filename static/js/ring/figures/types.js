/**
 * Inputs of the figures of strategies without ranges. Lengths are CSS pixels, tokens unsigned 32-bit integers, nodes their
 * numbers.
 *
 * @import { Faces } from "../faces.js"
 * @import { State } from "../types.js"
 * @import { Theme } from "../draw/types.js"
 */

/**
 * @typedef {{node: number, offset: number, skip: number}} Order
 *   a node asks for the entries offset, offset + skip, offset + 2 skip, ... modulo the size
 * @typedef {{node: number, load: number, cap: number}} Level
 * @typedef {{position: number, token: number, distance: number, node: number}} Probe
 *
 * @typedef {{kind: "walk", node: number, token: number, distance: number}} WalkStep
 * @typedef {{kind: "remainder", number: number, divisor: number, remainder: number, node: number}} RemainderStep
 * @typedef {{kind: "scores", number: number, more: number,
 *   scores: {node: number, draw: number, weight: number, score: number}[]}} ScoreSteps highest first
 * @typedef {{kind: "jumps", number: number, jumps: {bucket: number, node: number}[], count: number, beyond: number}} JumpSteps
 *   beyond: the bucket of the jump that is not made
 * @typedef {{kind: "entry", number: number, size: number, entry: number, node: number, asked: number, orders: Order[],
 *   more: number}} EntryStep asked: how many other entries its owner asks for before
 * @typedef {{kind: "probes", probes: Probe[], winner: number}} ProbeSteps
 * @typedef {{kind: "levels", unit: "keys" | "buckets", total: number, c: number, member: boolean,
 *   met: (Level & {token: number})[], skipped: number, levels: Level[], more: number}} LevelSteps
 *   met: from the hash on, owner last, or where a key outside the set would begin; skipped: left out before the last one
 * @typedef {WalkStep | RemainderStep | ScoreSteps | JumpSteps | EntryStep | ProbeSteps | LevelSteps} Steps as core/steps.py
 *
 * @typedef {{size: number, nodes: Order[], entries: Uint16Array}} Table an entry is a place in nodes
 * @typedef {{lists: Map<number, Uint32Array>, total: number}} Tokens
 *   by node, ascending; lists is empty if there are too many to send
 *
 * @typedef {{key: string, hash: number, steps: Steps | null}} Found the looked-up key; hash: where it is placed
 * @typedef {{state: State, found: Found | null, faces: Faces, active: number | null, width: number, height: number,
 *   size: number, theme: Theme, table: Table | null, tokens: Tokens | null}} Scene
 *   active: the node under the pointer or selected; size: of text; table and tokens: null until they are loaded
 *
 * @typedef {"table" | "tokens"} Need
 * @typedef {{need?: Need, draw: (place: HTMLElement, scene: Scene) => void, list: (scene: Scene) => string[],
 *   at?: (scene: Scene, x: number, y: number) => number}} Figure
 *   list: the figure in words, a line per mark; at: the node at a point, 0 for none, if nodes are not elements
 */

export {};

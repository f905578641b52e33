/**
 * The data of the stage's panel (locks/selectors/stage.py), and of its frames.
 *
 * @typedef {{id: string, what: "ladder" | "workers", workers: number, seconds: number, seed: number, client: string,
 *   rungs: string[]}} Run
 * @typedef {Run & {began: boolean, paused: string[], ended: string[]}} OpenRun
 * @typedef {Run & {how: "done" | "stopped" | "failed" | "cut_off", why: string}} EndedRun
 * @typedef {{entries: number, overlapping: number, most_inside: number, pauses: number, taken: number, stale: number,
 *   refused: number, kept: number}} Verdict
 * @typedef {{worker: number, inside: [from: number, to: number, met: boolean][], paused: [number, number][],
 *   writes: [at: number, outcome: "taken" | "stale" | "refused"][]}} PictureLane ms from the left edge
 * @typedef {{ms: number, lanes: PictureLane[], two: [number, number][]}} Excerpt
 * @typedef {{rung: string, seed: number, workers: number, ttl_ms: number, took_ms: number, verdict: Verdict,
 *   excerpt: Excerpt, as_expected: boolean}} Result
 * @typedef {{name: string, title: string, sketch: string, expected: {overlap: boolean, stale: boolean},
 *   result: Result | null}} Rung
 * @typedef {{v: number, run: OpenRun | null, last: EndedRun | null, watched: boolean, rungs: Rung[], clients: string[],
 *   bounds: Record<string, [number, number]>}} Panel
 * @typedef {{worker: string, state: "starting" | "waiting" | "inside" | "between" | "paused" | "ended", lock: string,
 *   fencing: number | null, for_ms: number}} WorkerNow
 * @typedef {{id: string, what: string, workers: WorkerNow[], elapsed_ms?: number, seconds?: number, rung?: string,
 *   entries?: number, overlapping?: number, stale?: number, pauses?: number, trouble?: string,
 *   refused?: number | {at: number, worker: string, lock: string, fencing: number}[]}} StageFrame
 * @typedef {{panel: Panel | null, frame: StageFrame | null, error: string}} Stage
 */

export {};

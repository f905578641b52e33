/**
 * Inputs and outputs of the drawings. Lengths are CSS pixels, angles canvas radians, tokens unsigned 32-bit integers.
 *
 * @typedef {{hue: number, pattern: "solid" | "hatched" | "dotted" | "grey"}} Look
 *   hue 0..7; "grey" is a node without a colour of its own (more than 24 nodes and not pinned)
 *
 * @typedef {{number: number, label: string, look: Look, state: string}} PictureNode
 *
 * @typedef {{start: number, end: number, from: number, to: number}} Range
 *   the tokens (start, end] that change owner, wrapping; start equal to end is the whole ring; node numbers, 0 = nobody
 *
 * @typedef {{number: number, token: number | null}} Stop
 *
 * @typedef {{hash: number, stops: Stop[], lines: string[]}} Walk
 *   stops: owner first, then the copies; lines: the label's text, the key first, then the owner, then the rest
 *
 * @typedef {{at: number, tokens?: Uint32Array, owners?: Uint32Array}} Lens
 *   at: the middle of the window, 0..1 of the ring; tokens and owners of the window where the picture has only bins
 *
 * @typedef {{
 *   scattered: boolean,
 *   tokens: Uint32Array,
 *   owners: Uint32Array,
 *   tokenBins: Uint32Array | null,
 *   density: Uint32Array | null,
 *   keys: number,
 *   mode: "calm" | "changed" | "plan",
 *   ranges: Range[] | null,
 *   view: "after" | "before",
 *   nodes: Map<number, PictureNode>,
 *   pins: number[],
 *   zones: Look[],
 *   walk: Walk | null,
 *   selected: number | null,
 *   lens: Lens | null,
 *   hover?: Hit | null,
 *   pinTokens?: Map<number, Uint32Array> | null,
 * }} Picture
 *   scattered: there are no arcs, because no part of the hash space belongs to a single node; tokens: sorted, of the active
 *   nodes, of the ring as it is at the version shown: after the change when mode is "changed", before it when mode is "plan";
 *   owners: node number of each token, 0 nobody; tokenBins: tokens in each equal part of the hash space, when there are too many
 *   to send, and tokens is then empty; density: keys in each half degree;
 *   zones: how each zone looks, where nodes that are not pinned are coloured by zone;
 *   pinTokens: sorted tokens of the pinned nodes, when there are only bins
 *
 * @typedef {{start: number, end: number, token: number}} Arc start and end in radians, start < end; its end is its token
 *
 * @typedef {{number: number, token: number | null, part: "arc" | "before" | "lens"}} Hit
 *   token: the token of the node under the pointer; the end of its range where the token is gone or only planned
 *
 * @typedef {{
 *   measure: (text: string, font: string) => number,
 *   sans: string, mono: string, zoom: number,
 *   legend: {width: number, height: number},
 * }} TextMeasure
 *   legend: the box of the legend in the lower left corner, 0 by 0 without one
 *
 * @typedef {{text: string, font: string, strong: boolean}} Line
 *
 * @typedef {{lines: Line[], x: number, top: number, step: number, align: "left" | "right", first: number, width: number, height: number}} Label
 *   x: the side that the text is aligned to; step: between lines; first: the width of its first line
 *
 * @typedef {{x: number, y: number, width: number, height: number, factor: number, start: number, end: number}} LensBox
 *   its width is 0 if the ring is too small and the lens has a separate canvas (`drawLensCanvas`);
 *   start and end of the window in tokens may be outside the hash space by less than one turn
 *
 * @typedef {{
 *   width: number, height: number, small: boolean,
 *   cx: number, cy: number, R: number, r0: number, r1: number, lift: number,
 *   lod: "arcs" | "thin" | "band",
 *   before: {inner: number, outer: number} | null,
 *   density: {outer: number, length: number, bars: number, line: number},
 *   lanes: {inner: number, height: number, step: number},
 *   walk: {radius: number, leader: number},
 *   label: Label | null,
 *   lens: LensBox | null,
 *   slot: {x: number, y: number, width: number, height: number},
 *   leastArc: number,
 * }} Layout
 *   r0, r1: inner and outer radius of the arcs (r1 is R); lift: how far a changed arc stands out; before: the band that
 *   shows the owner before, null in a calm picture; slot: the room in the middle for words; leastArc: radians
 *
 * @typedef {{
 *   ink: string, ink2: string, ink3: string, line: string, line2: string, sunk: string, bg: string, panel: string,
 *   hues: string[], texts: string[], sans: string, mono: string, scale: number, zoom: number,
 *   patterns: Map<string, CanvasPattern>,
 * }} Theme
 *   hues: the eight node colours; texts: the text colours on them; scale: device pixels per CSS pixel;
 *   zoom: scale of the text (more than 1 in a presentation)
 */

export {};

/** Pictures for the tests of the drawings: small rings whose owners are known without computing. */

const QUARTER = 2 ** 30;

/** Measures ten pixels a letter, so that layouts are the same on every machine. */
export const text = {
  sans: "sans",
  mono: "mono",
  zoom: 1,
  legend: { width: 0, height: 0 },
  measure: (words) => words.length * 10,
};

const hueOf = (number) => ({ hue: (number - 1) % 8, pattern: "solid" });

/** Nodes 1..count, each in its hue; above 24 all grey but the pinned ones. */
export const nodesOf = (count, pins = []) =>
  new Map(
    Array.from({ length: count }, (_, i) => {
      const number = i + 1;
      const grey = count > 24 && !pins.includes(number);
      const look = grey ? { hue: 0, pattern: "grey" } : hueOf(number);
      return [number, { number, label: `cache-${number}`, look, state: "active" }];
    }),
  );

/** A calm picture of evenly spaced tokens: token i of n stands at the end of the i-th part and belongs to i mod nodes. */
export function evenPicture(tokens, nodes, more = {}) {
  const step = 2 ** 32 / tokens;
  return {
    scattered: false,
    tokens: Uint32Array.from({ length: tokens }, (_, i) => (i + 1) * step - 1),
    owners: Uint32Array.from({ length: tokens }, (_, i) => (i % nodes) + 1),
    tokenBins: null,
    density: Uint32Array.from({ length: 720 }, (_, i) => 10 + (i % 3)),
    keys: 7920,
    mode: "calm",
    ranges: null,
    view: "after",
    nodes: nodesOf(nodes),
    pins: [],
    zones: [],
    walk: null,
    selected: null,
    lens: null,
    ...more,
  };
}

/** Four quarters, nodes 1 to 4; node 2 has died and node 3 has taken its quarter. */
export const afterKill = (more = {}) =>
  evenPicture(4, 4, {
    tokens: Uint32Array.of(QUARTER - 1, 3 * QUARTER - 1, 4 * QUARTER - 1),
    owners: Uint32Array.of(1, 3, 4),
    mode: "changed",
    ranges: [{ start: QUARTER - 1, end: 2 * QUARTER - 1, from: 2, to: 3 }],
    ...more,
  });

/** Small traces whose queues are known without computing. */

/**
 * Three requests of two nodes, and one refused. Node 0 serves the first from 1 to 4 and the third from 4 to 6; node 1 the
 * second from 2 to 3.
 */
export const FEW = {
  nodes: 2,
  arrivals: Float32Array.of(1, 2, 2.5, 5),
  runs: [
    {
      place: Int16Array.of(0, 1, 0, -1),
      starts: Float32Array.of(1, 2, 4, 5),
      departs: Float32Array.of(4, 3, 6, 5),
    },
  ],
  freeze: null,
};

/** The same as race.bin. */
export function packed({ nodes, arrivals, runs, freeze }) {
  const header = JSON.stringify({ nodes, requests: arrivals.length, policies: runs.length, freeze });
  const text = new TextEncoder().encode(header.padEnd(Math.ceil(header.length / 4) * 4));
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint32(0, 0x315a5652, true);
  new DataView(head.buffer).setUint32(4, text.length, true);
  const numbers = [
    arrivals,
    ...runs.flatMap(({ starts, departs }) => [starts, departs]),
    ...runs.map((one) => one.place),
  ];
  const parts = [head, text, ...numbers.map((one) => new Uint8Array(one.buffer))];
  const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole.buffer;
}

/** Our binary format: a JSON header, then arrays of numbers (`live/packed.py`). */

const MAGIC = 0x315a5652;

/**
 * The header of a binary answer, and where its numbers begin.
 * @param {ArrayBuffer} buffer
 * @returns {{header: any, at: number}} at: a multiple of 4
 * @throws {Error} if it has another format
 */
export function unpacked(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 8 || view.getUint32(0, true) !== MAGIC) throw new Error("not a binary answer of this server");
  const length = view.getUint32(4, true);
  return { header: JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length))), at: 8 + length };
}

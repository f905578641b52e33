/** Small choices that this browser keeps. Private windows may refuse: then nothing is known, and nothing is kept. */

/**
 * @param {string} name
 * @returns {string | null} null: nothing is kept under this name
 */
export function kept(name) {
  try {
    return localStorage.getItem(`ringviz:${name}`);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 * @returns {boolean} whether it will be there at the next visit
 */
export function keep(name, value) {
  try {
    localStorage.setItem(`ringviz:${name}`, value);
    return true;
  } catch {
    return false;
  }
}

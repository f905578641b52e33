/**
 * `make bundle`: the JavaScript of each page in few, minified files, and each style sheet minified, for the hashed static
 * files of a deployment.
 *
 * esbuild alone puts every module that several `import()` share into a file of its own: the Ring page would load 64 small
 * files, of which 30 % is what gzip cannot see across them. So each page's modules are laid out here, by what is known to be
 * loaded already when an `import()` runs (`layout`), and esbuild builds one file at a time; what a file needs of another, it
 * imports by the names in `wanted`.
 *
 * Writes to `build/bundle` (BUNDLE_DIR): the files, named by a digest of all sources, and bundle.json:
 * {"sources": digest, "entries": {"js/ring/main.js": "ring-main-<digest>.js"}, "sheets": {"css/ring.css": "ring-<digest>.css"}}.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, version } from "esbuild";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const STATIC = join(ROOT, "static");
const SOURCES = join(STATIC, "js");
const BUNDLE = resolve(process.env.BUNDLE_DIR || join(ROOT, "build", "bundle"));
const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  format: "esm",
  legalComments: "none",
  logLevel: "error",
  metafile: true,
  minify: true,
  supported: { "top-level-await": false }, // a file that waits for one that imports from it waits for ever
  target: "es2022",
  write: false,
};

/** @param {string} folder @param {string} ending @returns {string[]} absolute paths, sorted */
const filesIn = (folder, ending) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .sort();

const nameIn = (folder, file) => relative(folder, file).replaceAll("\\", "/");

/** What the bundle is made of; dashboard/bundle.py computes the same. @param {string[]} files */
function digestOf(files) {
  const all = createHash("sha256");
  for (const file of files) {
    all.update(`${nameIn(STATIC, file)}\0`);
    all.update(createHash("sha256").update(readFileSync(file)).digest());
  }
  return all.digest("hex");
}

/** The modules that templates name. @returns {string[]} absolute paths */
function entries() {
  const found = new Set();
  for (const file of filesIn(join(ROOT, "templates"), ".html")) {
    for (const [tag] of readFileSync(file, "utf8").matchAll(/<script[^>]*type="module"[^>]*>/g)) {
      const name = tag.match(/static "js\/([^"]+)"/)?.[1];
      if (name) found.add(join(SOURCES, name));
    }
  }
  return [...found].sort();
}

/** @typedef {Map<string, {now: Set<string>, later: Set<string>}>} Graph each module's static and dynamic imports */

/** @param {string} entry @returns {Promise<Graph>} */
async function graphOf(entry) {
  const { metafile } = await build({ ...COMMON, entryPoints: [entry], splitting: true, outdir: BUNDLE });
  const graph = new Map();
  for (const [name, { imports }] of Object.entries(metafile.inputs)) {
    const of = (kind) => new Set(imports.filter((one) => one.kind === kind).map((one) => resolve(ROOT, one.path)));
    graph.set(resolve(ROOT, name), { now: of("import-statement"), later: of("dynamic-import") });
  }
  return graph;
}

/** @param {Graph} graph @param {string} root @returns {Set<string>} what is loaded with it */
function closure(graph, root) {
  const found = new Set([root]);
  for (const one of found) for (const next of graph.get(one)?.now ?? []) found.add(next);
  return found;
}

/**
 * The files of a page: which modules go together. A module that the page has already when an `import()` runs, whoever runs
 * it, stays where it is; one that several `import()` need and none has gets a file for just those.
 * @param {Graph} graph @param {string} entry
 * @returns {{name: string, root: string | null, modules: Set<string>}[]} the entry's first
 */
function layout(graph, entry) {
  const roots = new Set([entry]);
  for (const root of roots) for (const one of closure(graph, root)) for (const next of graph.get(one)?.later ?? []) roots.add(next);
  const closures = new Map([...roots].map((root) => [root, closure(graph, root)]));
  const importers = (root) =>
    [...roots].filter((other) => [...(closures.get(other) ?? [])].some((one) => graph.get(one)?.later.has(root)));
  const everything = new Set(graph.keys());
  const before = new Map([...roots].map((root) => [root, root === entry ? new Set() : everything]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const root of roots) {
      if (root === entry) continue;
      const all = importers(root).map((other) => new Set([...(before.get(other) ?? []), ...(closures.get(other) ?? [])]));
      const known = new Set([...everything].filter((one) => all.every((had) => had.has(one))));
      if (known.size !== before.get(root)?.size) {
        before.set(root, known);
        changed = true;
      }
    }
  }
  const files = new Map();
  for (const module of everything) {
    const needed = [...roots].filter((root) => closures.get(root)?.has(module) && !before.get(root)?.has(module));
    // The entry imports by itself what is always needed: what that shares with others goes with the entry.
    const soon = needed.length > 1 && needed.some((root) => graph.get(entry)?.later.has(root));
    const key = soon ? entry : needed.join("|");
    if (!files.has(key)) {
      const root = roots.has(key) ? key : null;
      files.set(key, { name: root ? nameOf(root) : `${nameOf(entry)}-shared-${files.size}`, root, modules: new Set() });
    }
    files.get(key).modules.add(module);
  }
  for (const root of roots) {
    // One whose every module is loaded already is still a file: the `import()` asks for its names.
    if (![...files.values()].some((file) => file.root === root)) files.set(root, { name: nameOf(root), root, modules: new Set() });
  }
  return [...files.values()].sort((a, b) => Number(b.root === entry) - Number(a.root === entry));
}

const nameOf = (module) => relative(SOURCES, module).replace(/\.js$/, "").replaceAll(/[\\/]/g, "-");

/** @param {string[]} modules @returns {Promise<Map<string, string[]>>} the names that each exports */
async function exportsOf(modules) {
  const found = new Map();
  const { metafile } = await build({ ...COMMON, bundle: false, entryPoints: modules, outbase: SOURCES, outdir: BUNDLE });
  for (const { entryPoint, exports } of Object.values(metafile.outputs)) found.set(resolve(ROOT, entryPoint), exports);
  return found;
}

/** @param {string} module @returns {Set<string>} what its source imports: "path name" */
function namesAsked(module) {
  const found = new Set();
  for (const [, list, from] of readFileSync(module, "utf8").matchAll(/(?:import|export) \{([^}]*)\} from "([^"]+)"/g)) {
    for (const part of list.split(",")) found.add(`${resolve(dirname(module), from)} ${part.trim().split(" as ")[0]}`);
  }
  return found;
}

/**
 * The files of one page.
 * @param {string} entry @param {string} digest
 * @returns {Promise<Map<string, string>>} text by file name
 */
async function page(entry, digest) {
  const graph = await graphOf(entry);
  const files = layout(graph, entry);
  const names = await exportsOf([...graph.keys()]);
  const fileName = (file) => `${file === files[0] || !file.root ? "" : `${nameOf(entry)}--`}${file.name}-${digest}.js`;
  const homeOf = (module) => files.find((file) => file.modules.has(module));
  const ids = [...graph.keys()];
  const alias = (module, name) => `_${ids.indexOf(module).toString(36)}_${name}`;
  /** esbuild would keep what nobody in the file uses: it cannot know that importing a name does nothing. */
  const asked = new Map([...graph.keys()].map((module) => [module, namesAsked(module)]));
  const asks = ({ root, modules }, module, name) =>
    root === module || [...modules].some((one) => asked.get(one)?.has(`${module} ${name}`));
  /** What others import of a file: the modules' names under aliases. */
  const wanted = new Map(files.map((file) => [file, new Set()]));

  const build1 = async (file) => {
    const own = [...wanted.get(file)].sort();
    const lines = own.map((one) => {
      const [, id, name] = one.match(/^_([0-9a-z]+)_(.*)$/);
      return `export { ${name} as ${one} } from ${JSON.stringify(ids[Number.parseInt(id, 36)])};`;
    });
    // The entry runs; of any other root its names are asked for.
    if (file.root) lines.unshift(`${file === files[0] ? "import" : "export * from"} ${JSON.stringify(file.root)};`);
    const elsewhere = {
      name: "other files",
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /./ }, ({ path, kind, resolveDir, namespace, importer }) => {
          if (namespace === "far") return { path, external: true, sideEffects: false };
          const module = resolve(importer === "<stdin>" ? "/" : resolveDir, path);
          if (kind === "dynamic-import") {
            return { path: `./${fileName(files.find(({ root }) => root === module))}`, external: true };
          }
          return homeOf(module) === file ? { path: module } : { path: module, namespace: "far", sideEffects: false };
        });
        onLoad({ filter: /./, namespace: "far" }, ({ path }) => {
          const home = homeOf(path);
          const all = names.get(path).filter((name) => asks(file, path, name)).map((name) => `${alias(path, name)} as ${name}`);
          return { contents: `export { ${all.join(", ")} } from ${JSON.stringify(`./${fileName(home)}`)};`, loader: "js" };
        });
      },
    };
    const stdin = { contents: lines.join("\n"), resolveDir: ROOT, sourcefile: "<stdin>" };
    const { outputFiles } = await build({ ...COMMON, stdin, plugins: [elsewhere] });
    return outputFiles[0].text;
  };

  const made = new Map();
  for (let changed = true; changed; ) {
    changed = false;
    for (const file of files) {
      const text = await build1(file);
      made.set(fileName(file), text);
      for (const [, list, from] of text.matchAll(/(?:import|export)\s*\{([^}]*)\}\s*from\s*"\.\/([^"]+)"/g)) {
        const home = files.find((other) => fileName(other) === from);
        for (const part of list.split(",")) {
          const name = part.trim().split(/\s+as\s+/)[0];
          if (!wanted.get(home).has(name)) {
            wanted.get(home).add(name);
            changed = true;
          }
        }
      }
    }
  }
  return shortened(made, [...wanted.values()].flatMap((some) => [...some]));
}

/**
 * With short names between the files, since each is read twice, and one import of each other file.
 * @param {Map<string, string>} files @param {string[]} aliases
 */
function shortened(files, aliases) {
  const short = new Map([...new Set(aliases)].sort().map((one, n) => [one, `_${n.toString(36)}`]));
  const rename = (list) => list.replaceAll(/_[0-9a-z]+_[\w$]+/g, (one) => short.get(one) ?? one);
  const made = new Map();
  for (const [name, text] of files) {
    const imported = new Map();
    const rest = text
      .replaceAll(/import\{([^}]*)\}from("[^"]+");?/g, (_all, list, from) => {
        imported.set(from, [...(imported.get(from) ?? []), rename(list)]);
        return "";
      })
      .replaceAll(/(export\{)([^}]*)\}/g, (_all, begin, list) => `${begin}${rename(list)}}`);
    made.set(name, [...imported].map(([from, lists]) => `import{${lists.join(",")}}from${from};`).join("") + rest);
  }
  return made;
}

/**
 * A style sheet with those that it imports: pages keep its order among the others, and Django rewrites its addresses.
 * @param {string} file
 */
async function minified(file) {
  const { outputFiles } = await build({ ...COMMON, entryPoints: [file], external: ["*.woff2"] });
  return outputFiles[0].text;
}

const styles = filesIn(join(STATIC, "css"), ".css");
/** Those that others import are in these. */
const imported = new Set(
  styles.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/@import "([^"]+)"/g)].map(([, name]) => resolve(dirname(file), name)),
  ),
);
const sources = digestOf([...filesIn(SOURCES, ".js"), ...styles]);
const digest = createHash("sha256").update(`${version} ${sources} ${readFileSync(fileURLToPath(import.meta.url))}`).digest("hex").slice(0, 12);
const named = {};
const sheets = {};
rmSync(BUNDLE, { recursive: true, force: true });
mkdirSync(BUNDLE, { recursive: true });
for (const entry of entries()) {
  const files = await page(entry, digest);
  for (const [name, text] of files) writeFileSync(join(BUNDLE, name), text);
  named[nameIn(STATIC, entry)] = files.keys().next().value;
}
for (const file of styles.filter((one) => !imported.has(one))) {
  const name = `${basename(file, ".css")}-${digest}.css`;
  writeFileSync(join(BUNDLE, name), await minified(file));
  sheets[nameIn(STATIC, file)] = name;
}
writeFileSync(join(BUNDLE, "bundle.json"), `${JSON.stringify({ sources, entries: named, sheets }, null, 1)}\n`);
console.log(`${Object.keys(named).length} pages, ${readdirSync(BUNDLE).length - 1} files in ${BUNDLE}`);

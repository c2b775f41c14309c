import { existsSync, type FSWatcher, lstatSync, readdirSync, watch } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Milliseconds without news that end a batch: a save of many files is one. */
const quiet = 150;
/** A batch is never longer: what changes all the time must not be waited for. */
const longest = 2000;

export interface ChangeListener {
  /** Paths that changed, appeared or went; every file of a folder that appeared. */
  onChange(paths: readonly string[]): void;
  onError(error: unknown): void;
}

/**
 * Watches files and folders with all that is in them. Editors save by renaming, tools remove folders and make
 * them anew: a path that is not there is waited for.
 */
export class FileChanges implements Disposable {
  readonly #listener: ChangeListener;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #paths = new Set<string>();
  #timer: Timer | undefined;
  #since = 0;
  #over = false;

  constructor(roots: Iterable<string>, listener: ChangeListener) {
    this.#listener = listener;
    for (const root of outermost([...new Set(roots)])) this.#watchRoot(root);
  }

  #watchRoot(root: string): void {
    if (this.#over) return;
    this.#watchers.get(root)?.close();
    if (!existsSync(root)) this.#awaitRoot(root);
    else if (lstatSync(root).isDirectory()) this.#watchFolder(root);
    else this.#watchFile(root);
  }

  #watchFolder(root: string): void {
    this.#open(root, root, true, (name) => {
      if (name !== undefined) this.#add(join(root, name));
    });
  }

  /** By its folder: a file that is saved by renaming another one is a new file each time. */
  #watchFile(path: string): void {
    this.#open(path, dirname(path), false, (name) => {
      if (name === basename(path)) this.#add(path);
    });
  }

  #awaitRoot(root: string): void {
    let above = dirname(root);
    while (!existsSync(above)) above = dirname(above);
    this.#open(root, above, false, () => {
      // Something nearer may be there now.
      this.#watchRoot(root);
      if (existsSync(root)) this.#add(root);
    });
  }

  #open(root: string, path: string, recursive: boolean, onName: (name: string | undefined) => void): void {
    const watcher = watch(path, { recursive }, (event, name) => {
      if (this.#over || this.#watchers.get(root) !== watcher) return;
      // A rename without a name is one of the watched folder itself, or its end: another may be in its place.
      if (event === "rename" && !name) this.#replaced(root);
      else onName(name ?? undefined);
    });
    watcher.on("error", (error) => {
      if (existsSync(path)) this.#listener.onError(error);
      else this.#replaced(root);
    });
    this.#watchers.set(root, watcher);
  }

  #replaced(root: string): void {
    this.#watchRoot(root);
    this.#add(root);
  }

  #add(path: string): void {
    for (const each of withContents(path)) this.#paths.add(each);
    const now = performance.now();
    if (this.#timer === undefined) this.#since = now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), Math.max(0, Math.min(quiet, this.#since + longest - now)));
  }

  #flush(): void {
    this.#timer = undefined;
    const paths = [...this.#paths].sort();
    this.#paths.clear();
    if (!this.#over) this.#listener.onChange(paths);
  }

  [Symbol.dispose](): void {
    this.#over = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
  }
}

/** A folder that appears may have been filled before anybody could look into it. */
function withContents(path: string): string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return [path];
  try {
    return [path, ...readdirSync(path).flatMap((name) => withContents(join(path, name)))];
  } catch {
    // It went again in the meantime: that is told too.
    return [path];
  }
}

/** What lies in another one is watched with it. */
function outermost(roots: readonly string[]): string[] {
  return roots.filter((root) => !roots.some((other) => root !== other && root.startsWith(`${other}/`)));
}

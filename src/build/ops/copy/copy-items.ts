import { constants, writeSync } from "node:fs";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { changeModeAt, changeOwnerAt, changeTimesAt, createFileAt } from "../../../sys/files.ts";
import { closeFd, O_PATH, openInRoot, statInRoot } from "../../../sys/rooted-path.ts";
import type { FoundSource } from "../../contexts/find-sources.ts";
import type { TargetTree } from "./target-tree.ts";
import type { CopyRules } from "./tree-copier.ts";
import { TreeCopier } from "./tree-copier.ts";

const directoryOnly = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Where a COPY puts things: a directory that things go into, or the name the one thing gets. */
export interface Destination {
  /** Names from the root, links resolved. */
  readonly parts: readonly string[];
  /** It ends with a slash, or is a directory already. */
  readonly isDirectory: boolean;
}

/** Puts the sources of one COPY, from one tree, to their destination. */
export class ItemCopier {
  readonly #target: TargetTree;
  readonly #rules: CopyRules;
  readonly #copier: TreeCopier;
  readonly #to: Destination;

  constructor(target: TargetTree, rules: CopyRules, to: Destination) {
    this.#target = target;
    this.#rules = rules;
    this.#copier = new TreeCopier(target, rules);
    this.#to = to;
  }

  /** What one source leads to: a directory gives its contents, a file goes in under its name. */
  async source(root: number, { real, path }: FoundSource): Promise<void> {
    if (isDirectoryAt(root, real)) {
      const fd = openInRoot(root, real === "" ? "/" : real, directoryOnly);
      try {
        await this.#copier.contents(fd, this.#to.parts, "");
      } finally {
        closeFd(fd);
      }
      return;
    }
    const base = path.slice(path.lastIndexOf("/") + 1);
    const to = this.#to.isDirectory ? [...this.#to.parts, base] : this.#to.parts;
    await this.#file(root, real, to, base);
  }

  /** `--parents`: with the directories it is in, which keep what they are. */
  async withParents(root: number, found: FoundSource): Promise<void> {
    const { real, path, below } = found;
    const names = below.split("/").filter((name) => name !== "");
    const isDirectory = isDirectoryAt(root, real);
    const above = isDirectory ? names.length : names.length - 1;
    const front = path.split("/").filter((name) => name !== "");
    for (let count = 1; count <= above; count++) {
      const to = [...this.#to.parts, ...names.slice(0, count)];
      if (this.#target.isDirectory(to) !== undefined) continue;
      const from = front.slice(0, front.length - names.length + count).join("/");
      const fd = openInRoot(root, from, constants.O_RDONLY | constants.O_DIRECTORY);
      try {
        this.#copier.attributes(fd, this.#target.directory(to));
      } finally {
        closeFd(fd);
      }
    }
    const to = [...this.#to.parts, ...names];
    if (!isDirectory) return this.#file(root, real, to, below);
    const fd = openInRoot(root, real === "" ? "/" : real, directoryOnly);
    try {
      await this.#copier.contents(fd, to, below);
    } finally {
      closeFd(fd);
    }
  }

  /** A file that is written in the Dockerfile itself. */
  text(fileName: string, content: string): void {
    const to = this.#to.isDirectory ? [...this.#to.parts, fileName] : this.#to.parts;
    const directory = this.#target.directory(to.slice(0, -1));
    const name = to.at(-1) ?? "";
    this.#target.clear(directory, name);
    const fd = createFileAt(directory.fd, name, 0o600);
    try {
      const bytes = Buffer.from(content);
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at);
    } finally {
      closeFd(fd);
    }
    const { uid, gid } = this.#rules.owner ?? { uid: 0, gid: 0 };
    changeOwnerAt(directory.fd, name, uid, gid);
    changeModeAt(directory.fd, name, this.#rules.mode?.(0o644, false) ?? 0o644);
    const seconds = Math.floor(Date.now() / 1000);
    changeTimesAt(directory.fd, name, { seconds, nanoseconds: 0 });
  }

  async #file(root: number, real: string, to: readonly string[], relative: string): Promise<void> {
    if (to.length === 0) throw invalidArgument("cannot copy a file to the place of the root directory");
    const slash = real.lastIndexOf("/");
    const parent = openInRoot(root, slash < 0 ? "/" : real.slice(0, slash), O_PATH | constants.O_DIRECTORY);
    try {
      await this.#copier.file(parent, real.slice(slash + 1), to, relative);
    } finally {
      closeFd(parent);
    }
  }
}

export function isDirectoryAt(root: number, path: string): boolean {
  return statInRoot(root, path === "" ? "/" : path, { follow: false })?.isDirectory() === true;
}

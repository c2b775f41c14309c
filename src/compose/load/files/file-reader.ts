import { readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative } from "node:path";
import { invalidArgument, notFound, notImplemented } from "../../../errors/engine-error.ts";
import { readYaml, type YamlDocument } from "../../yaml/read-yaml.ts";
import { yamlText } from "./yaml-text.ts";

/** Reads every file once, however often a project speaks of it. */
export class FileReader {
  private readonly texts = new Map<string, string>();
  private readonly fresh = new Map<string, YamlDocument[]>();

  constructor(standardInput: string | undefined) {
    if (standardInput !== undefined) this.texts.set("-", standardInput);
  }

  text(file: string): string {
    const known = this.texts.get(file);
    if (known !== undefined) return known;
    const text = yamlText(file, readBytes(file));
    this.texts.set(file, text);
    return text;
  }

  /** A tree of its own for every call: what is read is changed by who asked for it. */
  documents(file: string): YamlDocument[] {
    const documents = this.peek(file);
    this.fresh.delete(file);
    return documents;
  }

  /** To look at only: the same tree is given away by the next call of `documents`. */
  peek(file: string): YamlDocument[] {
    const documents = this.fresh.get(file) ?? readYaml(file, this.text(file));
    this.fresh.set(file, documents);
    return documents;
  }
}

/** The text of a file; what goes wrong is said in Docker's words. */
export function readText(file: string): string {
  return readBytes(file).toString("utf8");
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw readError(file, error);
  }
}

function readError(file: string, error: unknown): Error {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR")
    return notFound(`open ${file}: no such file or directory`, error);
  if (code === "EISDIR") return invalidArgument(`read ${file}: is a directory`, error);
  if (code === "EACCES") return invalidArgument(`open ${file}: permission denied`, error);
  return invalidArgument(`open ${file}: ${error instanceof Error ? error.message : String(error)}`, error);
}

export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

export function onDirectory(directory: string, path: string): string {
  return isAbsolute(path) ? path : join(directory, path);
}

/** The directory of a file as it is seen from another one: `.` for the same. */
export function directoryOf(filesDirectory: string, path: string): string {
  const full = onDirectory(filesDirectory, path);
  return relative(filesDirectory, isDirectory(full) ? full : dirname(full)) || ".";
}

/** Docker Compose fetches these; here a file has to be a file. */
export function refuseRemote(path: string): void {
  if (
    /^(oci|git|ssh):\/\//.test(path) ||
    /^(git@|github\.com\/)/.test(path) ||
    /^https?:\/\/.*\.git\b/.test(path)
  ) {
    throw notImplemented(
      `reading ${JSON.stringify(path)}: fetch remote Compose files first and name the local copy`,
    );
  }
}

import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { forbidden, invalidArgument } from "../../errors/engine-error.ts";
import type { TarEntry } from "../../lib/tar/entry.ts";
import { TarReader } from "../../lib/tar/tar-reader.ts";
import { openWholeFile, standardOutput } from "../whole-file.ts";
import type { BuildOutput } from "./build-outputs.ts";

/** Puts the stream of one output where it belongs. */
export async function receiveOutput(output: BuildOutput, stream: ReadableStream<Uint8Array>): Promise<void> {
  if (output.type === "local") {
    await unpackInto(stream, output.directory);
    return;
  }
  if (output.type === "image" || output.type === "registry") return;
  const path = output.file;
  using file = path === "-" ? standardOutput() : openWholeFile(path, "cannot write the output of the build");
  for await (const bytes of stream) await file.write(bytes);
  await file.finish();
}

/** Into a directory of the user's. Owners are the user's own; what cannot be made by users is left out. */
export async function unpackInto(stream: ReadableStream<Uint8Array>, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const reader = new TarReader(stream);
  const times: [path: string, seconds: number][] = [];
  try {
    for (let entry = await reader.next(); entry; entry = await reader.next()) {
      const path = placeOf(directory, entry.path);
      if (path === directory) continue;
      await makeEntry(reader, directory, path, entry);
      if (entry.type === "directory") times.push([path, entry.modified.seconds]);
    }
    await reader.drain();
  } finally {
    await reader.close();
  }
  for (const [path, seconds] of times.reverse()) utimesSync(path, seconds, seconds);
}

/** Below the directory, and through no link on the way: the archive comes from a build that anybody may have written. */
function placeOf(directory: string, name: string): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes(".."))
    throw invalidArgument(`the output of the build holds the path ${JSON.stringify(name)}`);
  let path = directory;
  for (const part of parts.slice(0, -1)) {
    path = join(path, part);
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (!there) mkdirSync(path);
    else if (!there.isDirectory()) {
      throw forbidden(`cannot write ${JSON.stringify(name)}: ${JSON.stringify(path)} is no directory`);
    }
  }
  const last = parts.at(-1);
  return last === undefined ? directory : join(path, last);
}

async function makeEntry(reader: TarReader, directory: string, path: string, entry: TarEntry): Promise<void> {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (entry.type === "directory") {
    if (there && !there.isDirectory()) rmSync(path);
    if (!there?.isDirectory()) mkdirSync(path);
    chmodSync(path, entry.mode);
    return;
  }
  if (there?.isDirectory()) {
    throw forbidden(`cannot write ${JSON.stringify(path)}: there is a directory of this name`);
  }
  if (there) rmSync(path);
  switch (entry.type) {
    case "file":
      await writeFile(reader, path, entry);
      return;
    case "symlink":
      symlinkSync(entry.linkTarget ?? "", path);
      return;
    case "hardlink":
      linkSync(placeOf(directory, entry.linkTarget ?? ""), path);
      return;
    case "char":
    case "block":
    case "fifo":
      return;
  }
  entry.type satisfies never;
}

async function writeFile(reader: TarReader, path: string, entry: TarEntry): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "wx", entry.mode & 0o777);
  try {
    for (let part = await reader.data(); part; part = await reader.data()) {
      for (let at = 0; at < part.length; ) at += writeSync(file, part, at);
    }
  } finally {
    closeSync(file);
  }
  chmodSync(path, entry.mode);
  utimesSync(path, entry.modified.seconds, entry.modified.seconds);
}

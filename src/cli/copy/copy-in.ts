import { posix } from "node:path";
import type { EngineClient } from "../../client/engine-client.ts";
import { invalidArgument } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { readInput } from "../terminal/read-input.ts";
import { isTerminal, standardError } from "../terminal/tty.ts";
import type { CopyOptions } from "./copy-options.ts";
import { CopyProgress } from "./copy-progress.ts";
import { counted } from "./counted.ts";
import { localSource } from "./local-target.ts";
import { packTree } from "./pack-tree.ts";
import { statInside } from "./path-stat.ts";
import { type CopyArgument, splitPath, wholePath } from "./paths.ts";
import { planCopy } from "./plan-copy.ts";

/** From this machine, or an archive on standard input, into a container. */
export async function copyIn(
  from: string,
  { container, path }: CopyArgument,
  { follow, quiet, archive, signal }: CopyOptions,
  engine: EngineClient,
  terminal: Terminal,
): Promise<number> {
  const target = await targetInside(engine, container, path);
  const place = `"${container}:${path}"`;
  if (target.isDevice) {
    throw invalidArgument(`destination ${place} must be a directory or a regular file: got a device`);
  }
  const progress = new CopyProgress(terminal, "Copying to container", {
    quiet,
    live: isTerminal(standardError),
  });
  let directory = target.path;
  let bytes: AsyncIterable<Uint8Array>;
  if (from === "-") {
    if (!target.isDirectory) throw invalidArgument(`destination ${place} must be a directory`);
    bytes = readInput();
  } else {
    const source = localSource(wholePath(from), follow);
    const plan = planCopy(source, target);
    directory = plan.directory.replace(/(?<=.)\/$/, "");
    bytes = packTree(source.path.replace(/(?<=.)\/\.?$/, ""), plan.to);
  }
  try {
    await engine.call("PutContainerArchive", {
      params: { id: container },
      query: { path: directory, noOverwriteDirNonDir: true, copyUIDGID: archive || undefined },
      headers: { "Content-Type": "application/x-tar" },
      upload: counted(bytes, (count) => progress.add(count)),
      signal,
    });
  } catch (error) {
    progress.end();
    throw error;
  }
  const size = progress.end();
  if (!quiet) terminal.err(`Successfully copied ${size} to ${container}:${target.path}\n`);
  return exitCode.ok;
}

/** Where it goes to inside; a link is followed once, and what cannot be told counts as missing. */
async function targetInside(engine: EngineClient, container: string, path: string) {
  let at = path;
  let stat = await statInside(engine, container, at);
  if (stat?.isLink) {
    at = stat.linkTarget.startsWith("/")
      ? stat.linkTarget
      : posix.join(splitPath(path).directory, stat.linkTarget);
    stat = await statInside(engine, container, at);
  }
  return {
    path: at,
    exists: stat !== undefined,
    isDirectory: stat?.isDirectory ?? false,
    isDevice: stat?.isDevice ?? false,
  };
}

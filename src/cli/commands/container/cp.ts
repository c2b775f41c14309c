import { posix } from "node:path";
import type { EngineClient } from "../../../client/engine-client.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { command, type Terminal } from "../../command.ts";
import { CopyProgress } from "../../copy/copy-progress.ts";
import { localSource, localTarget } from "../../copy/local-target.ts";
import { packTree } from "../../copy/pack-tree.ts";
import { pathStatOf, statInside } from "../../copy/path-stat.ts";
import { type CopyArgument, parseCopyArgument, splitPath, wholePath } from "../../copy/paths.ts";
import { planCopy } from "../../copy/plan-copy.ts";
import { unpackTree } from "../../copy/unpack-tree.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { interruptible } from "../../interruptible.ts";
import { readInput } from "../../terminal/read-input.ts";
import { isTerminal, standardError, standardOutput } from "../../terminal/tty.ts";
import { writeOut } from "../../terminal/write-out.ts";

const flags = {
  archive: booleanFlag("Archive mode (copy all uid/gid information)", { short: "a" }),
  "follow-link": booleanFlag("Always follow symbol link in SRC_PATH", { short: "L" }),
  quiet: booleanFlag(
    "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached",
    { short: "q" },
  ),
};

interface CopyOptions {
  readonly follow: boolean;
  readonly quiet: boolean;
  readonly archive: boolean;
  readonly signal: AbortSignal;
}

export const cpCommand = command({
  usage: "cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\ncp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  long: "Copy files/folders between a container and the local filesystem\n\nUse '-' as the source to read a tar archive from stdin\nand extract it to a directory destination in a container.\nUse '-' as the destination to stream a tar archive of a\ncontainer source to stdout.",
  flags,
  arguments: [2, 2],
  run({ values, given, positional: [first = "", second = ""] }, terminal, session) {
    if (first === "") throw invalidArgument("source can not be empty");
    if (second === "") throw invalidArgument("destination can not be empty");
    const source = parseCopyArgument(first);
    const target = parseCopyArgument(second);
    if (source.container !== "" && target.container !== "") {
      throw invalidArgument("copying between containers is not supported");
    }
    if (source.container === "" && target.container === "") {
      throw invalidArgument("must specify at least one container source");
    }
    return interruptible(async (signal) => {
      const engine = await session.engine();
      const options = {
        follow: values["follow-link"],
        quiet: given.has("quiet") ? values.quiet : !isTerminal(standardOutput),
        archive: values.archive,
        signal,
      };
      return source.container === ""
        ? await copyIn(source.path, target, options, engine, terminal)
        : await copyOut(source, target.path, options, engine, terminal);
    });
  },
});

async function copyOut(
  { container, path }: CopyArgument,
  to: string,
  { follow, quiet, signal }: CopyOptions,
  engine: EngineClient,
  terminal: Terminal,
): Promise<number> {
  const shown = to === "-" ? to : wholePath(to);
  const target = to === "-" ? undefined : localTarget(shown);
  const source = follow ? await followed(engine, container, path) : { path };
  const answer = await engine.stream("ContainerArchive", {
    params: { id: container },
    query: { path: source.path },
    signal,
  });
  const archive = answer.body ?? new ReadableStream<Uint8Array>();
  if (!target) {
    for await (const bytes of archive) writeOut(standardOutput, bytes);
    return exitCode.ok;
  }
  const { isDirectory } = pathStatOf(answer.headers);
  const plan = planCopy({ ...source, isDirectory }, target);
  const progress = new CopyProgress(terminal, "Copying from container", {
    quiet,
    live: isTerminal(standardError),
  });
  let code: number = exitCode.ok;
  const skipped: string[] = [];
  try {
    await unpackTree(
      counted(archive, (count) => progress.add(count)),
      {
        ...plan,
        onSkipped: (at, why) => {
          skipped.push(`${JSON.stringify(at)} is left out: ${why}`);
          code = exitCode.failed;
        },
      },
    );
  } finally {
    const size = progress.end();
    for (const line of skipped) terminal.err(`${line}\n`);
    if (!quiet && code === exitCode.ok) terminal.err(`Successfully copied ${size} to ${shown}\n`);
  }
  return code;
}

/** `-L`: a link stands for what it leads to, under its own name. */
async function followed(
  engine: EngineClient,
  container: string,
  path: string,
): Promise<{ path: string; name?: string }> {
  const stat = await statInside(engine, container, path);
  if (!stat?.isLink) return { path };
  const { directory, name } = splitPath(path);
  const target = stat.linkTarget.startsWith("/") ? stat.linkTarget : posix.join(directory, stat.linkTarget);
  return { path: target, name };
}

async function copyIn(
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

function counted(
  bytes: AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): ReadableStream<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) return controller.close();
        count(value.length);
        controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}

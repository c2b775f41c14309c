import { posix } from "node:path";
import type { EngineClient } from "../../client/engine-client.ts";
import type { Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { isTerminal, standardError, standardOutput } from "../terminal/tty.ts";
import { writeOut } from "../terminal/write-out.ts";
import type { CopyOptions } from "./copy-options.ts";
import { CopyProgress } from "./copy-progress.ts";
import { counted } from "./counted.ts";
import { localTarget } from "./local-target.ts";
import { pathStatOf, statInside } from "./path-stat.ts";
import { type CopyArgument, splitPath, wholePath } from "./paths.ts";
import { planCopy } from "./plan-copy.ts";
import { unpackTree } from "./unpack-tree.ts";

/** From a container to this machine, or as an archive to standard output. */
export async function copyOut(
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

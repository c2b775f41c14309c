import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { command, type Terminal } from "../cli/command.ts";
import { exitCode } from "../cli/exit-code.ts";
import { booleanFlag, listFlag, stringFlag } from "../cli/flags/flag.ts";
import { UsageError } from "../cli/flags/parse.ts";
import type { EngineClient } from "../client/engine-client.ts";
import { internal, messageOf } from "../errors/engine-error.ts";
import type { LocalImage } from "../images/bootstrap/local-image.ts";
import { familiarReference, parseReference, withDefaultTag } from "../oci/reference.ts";

const flags = {
  list: booleanFlag("Show which base images can be made here, and what is missing for others", {
    short: "l",
  }),
  tag: listFlag("Name of the image instead of the well-known one (repeatable)", { short: "t" }),
  mirror: stringFlag("Debian mirror to install from instead of this machine's own", { placeholder: "URL" }),
  output: stringFlag("Write an archive for `docker load` to this file, and ask no engine", {
    short: "o",
    placeholder: "FILE",
  }),
  quiet: booleanFlag("Only print the id of the image", { short: "q" }),
};

/** The shell's number for a program that Ctrl-C ended. */
const interrupted = 130;

/** `hull bootstrap`: a base image out of this machine's own packages, handed to the engine. */
export const bootstrapCommand = command({
  usage: "bootstrap [OPTIONS] [busybox | debian[:SUITE[-slim]]]",
  flags,
  arguments: [0, 1],
  async run({ values, positional: [name] }, terminal, session) {
    const mirror = values.mirror === "" ? {} : { mirror: values.mirror };
    if (values.list) return list(mirror.mirror, terminal);
    if (name === undefined)
      throw new UsageError('"hull bootstrap" requires the name of a base image, or --list.');
    const tags = values.tag.map((tag) => familiarReference(withDefaultTag(parseReference(tag))));
    const abort = new AbortController();
    const stop = () => abort.abort();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
    const say = (line: string) => {
      if (!values.quiet) terminal.err(`${name}: ${line}\n`);
    };
    try {
      // Asked first: nobody shall wait for an image that nobody takes.
      const engine = values.output === "" ? await session.engine() : undefined;
      await engine?.version();
      const { makeBaseImage } = await import("../images/bootstrap/base-images.ts");
      const made = await makeBaseImage(name, { ...mirror, signal: abort.signal, onProgress: say });
      await using image = made.image;
      const names = tags.length > 0 ? tags : made.tags;
      if (engine) await load(engine, image, names, abort.signal, say);
      else await write(image, names, values.output, abort.signal);
      terminal.out(values.quiet ? `${image.id}\n` : `${names.join("\n")}\n${image.id}\n`);
      return exitCode.ok;
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      terminal.err(`${name}: interrupted, nothing was kept\n`);
      return interrupted;
    } finally {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, stop);
    }
  },
});

async function list(mirror: string | undefined, terminal: Terminal): Promise<number> {
  const { listBaseImages } = await import("../images/bootstrap/list-base-images.ts");
  const choices = await listBaseImages(mirror);
  const width = Math.max(...choices.map(({ name }) => name.length), 5) + 3;
  const row = (name: string, state: string, detail: string) =>
    terminal.out(`${name.padEnd(width)}${state.padEnd(10)}${detail}\n`);
  row("IMAGE", "STATE", "FROM");
  for (const { name, ready, detail } of choices) row(name, ready ? "ready" : "missing", detail);
  return exitCode.ok;
}

async function load(
  engine: EngineClient,
  image: LocalImage,
  tags: readonly string[],
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const [{ jsonMessages }, { localImageArchive }, { streamOf }] = await Promise.all([
    import("../client/json-messages.ts"),
    import("../images/bootstrap/local-image.ts"),
    import("../images/export/tar-packer.ts"),
  ]);
  say(`handing ${(image.layer.size / 1e6).toFixed(1)} MB to the engine`);
  const upload = streamOf(localImageArchive(image, tags));
  const answer = await engine.stream("ImageLoad", { query: { quiet: true }, upload, signal });
  for await (const _ of jsonMessages(answer.body));
}

async function write(
  image: LocalImage,
  tags: readonly string[],
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const { localImageArchive } = await import("../images/bootstrap/local-image.ts");
  try {
    await pipeline(Readable.from(localImageArchive(image, tags)), createWriteStream(path), { signal });
  } catch (error) {
    throw signal.aborted
      ? error
      : internal(`cannot write ${JSON.stringify(path)}: ${messageOf(error)}`, error);
  }
}

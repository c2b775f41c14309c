import { invalidArgument, notImplemented } from "../errors/engine-error.ts";

/**
 * The plain bytes of xz and bzip2 data, made by the system's own programs, as Docker does with
 * xz. The memory bound keeps a hostile dictionary size from filling the machine.
 */
const commands = {
  xz: ["xz", "--decompress", "--stdout", "--quiet", "--memlimit-decompress=512MiB"],
  bzip2: ["bzip2", "--decompress", "--stdout", "--quiet"],
} as const;

export async function* decompressWithTool(
  source: AsyncIterable<Uint8Array>,
  compression: "xz" | "bzip2",
): AsyncGenerator<Uint8Array> {
  const [program, ...options] = commands[compression];
  const path = Bun.which(program);
  if (!path)
    throw notImplemented(`${compression} archives need the program "${program}", which is not installed`);
  const child = Bun.spawn([path, ...options], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
  const complaint = new Response(child.stderr).text();
  let failure: unknown;
  const feeding = feed(source, child.stdin).catch((error: unknown) => {
    failure = error;
    child.kill();
  });
  try {
    for await (const chunk of child.stdout) yield chunk;
    const code = await child.exited;
    if (failure !== undefined) throw failure;
    if (code !== 0) throw invalidArgument(`broken compressed data: ${(await complaint).trim() || code}`);
  } finally {
    child.kill();
    await child.exited;
    await feeding;
  }
}

/** No faster than the program reads; it may end before all is read, and says why itself. */
async function feed(source: AsyncIterable<Uint8Array>, sink: Bun.FileSink): Promise<void> {
  for await (const chunk of source) {
    try {
      await sink.write(chunk);
      await sink.flush();
    } catch {
      return;
    }
  }
  await sink.end();
}

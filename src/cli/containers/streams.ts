import type { Hijacked } from "../../client/hijack.ts";
import { internal } from "../../errors/engine-error.ts";
import { FrameDecoder } from "../../protocol/stream-frames.ts";
import { rawMode } from "../terminal/raw-mode.ts";
import { readInput } from "../terminal/read-input.ts";
import { isTerminal, standardError, standardInput, standardOutput } from "../terminal/tty.ts";
import { writeOut } from "../terminal/write-out.ts";
import { DetachScanner, defaultDetachKeys, parseDetachKeys } from "./detach-keys.ts";

export interface StreamOptions {
  /** The process has a terminal: bytes go both ways as they are. */
  readonly tty: boolean;
  /** Standard input is read and sent. */
  readonly input: boolean;
  /** Empty for the usual ones. */
  readonly detachKeys: string;
}

/** How a conversation with a process ended. */
export type Ended = "output ended" | "detached";

/** Standard streams of this program and those of a process, joined until one of the sides ends. */
export async function joinStreams(connection: Hijacked, options: StreamOptions): Promise<Ended> {
  using _ = options.input && options.tty ? rawMode() : undefined;
  const output = copyOutput(connection.input, options.tty).then((): Ended => "output ended");
  if (!options.input) return await output;
  const input = copyInput(connection, options);
  // The end of the input is no end: the process may still have something to say.
  const detached = input.then((end) => (end === "detached" ? ("detached" as const) : output));
  const ended = await Promise.race([output, detached]);
  connection.close();
  return ended;
}

export async function copyOutput(stream: AsyncIterable<Uint8Array>, tty: boolean): Promise<void> {
  if (tty) {
    for await (const bytes of stream) writeOut(standardOutput, bytes);
    return;
  }
  const frames = new FrameDecoder();
  for await (const bytes of stream) {
    for (const { stream: name, payload } of frames.push(bytes)) {
      if (name === "system-error") {
        throw internal(`error from daemon in stream: ${Buffer.from(payload).toString()}`);
      }
      writeOut(name === "stderr" ? standardError : standardOutput, payload);
    }
  }
}

async function copyInput(
  connection: Hijacked,
  { tty, detachKeys }: StreamOptions,
): Promise<"ended" | "detached"> {
  const watched = tty && isTerminal(standardInput);
  const scanner = new DetachScanner(watched ? parseDetachKeys(detachKeys || defaultDetachKeys) : []);
  try {
    for await (const bytes of readInput()) {
      const { pass, detached } = scanner.push(bytes);
      if (pass.length > 0) await connection.write(pass);
      if (detached) return "detached";
    }
  } catch {
    // The process reads no more; what it wrote is still to come.
  }
  connection.closeWrite();
  return "ended";
}

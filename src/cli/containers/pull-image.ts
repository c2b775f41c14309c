import type { EngineClient } from "../../client/engine-client.ts";
import type { Terminal } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import { showTransfer } from "../progress/show-transfer.ts";
import type { Session } from "../session.ts";
import { standardError } from "../terminal/tty.ts";
import { requestPull } from "./request-pull.ts";

/** Ctrl-C while an image is pulled: nothing of the container is there yet. */
export class PullInterrupted extends Error {
  constructor(readonly exitCode: number) {
    super("the pull was interrupted");
  }
}

/** Pulls with its progress on standard error: standard output belongs to the container. */
export async function pullImage(
  image: string,
  platform: string | undefined,
  quiet: boolean,
  engine: EngineClient,
  terminal: Terminal,
  session: Session,
): Promise<void> {
  const code = await interruptible(async (signal) => {
    const response = await requestPull(image, platform, { engine, terminal, session, signal });
    await showTransfer(response, { out: terminal.err, err: terminal.err }, { quiet, fd: standardError });
    return 0;
  });
  if (code !== 0) throw new PullInterrupted(code);
}

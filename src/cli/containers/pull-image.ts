import type { EngineClient } from "../../client/engine-client.ts";
import { isNameOnly, parseReference, repositoryOf, withDefaultTag } from "../../oci/reference.ts";
import type { Terminal } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import { showTransfer } from "../progress/show-transfer.ts";
import { registryAuthHeader } from "../registry-auth/registry-auth.ts";
import type { Session } from "../session.ts";
import { standardError } from "../terminal/tty.ts";

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
  const asked = parseReference(image);
  const reference = isNameOnly(asked) ? withDefaultTag(asked) : asked;
  const code = await interruptible(async (signal) => {
    const response = await engine.stream("ImageCreate", {
      query: {
        fromImage: repositoryOf(reference),
        tag: reference.digest ?? reference.tag,
        platform,
      },
      headers: await registryAuthHeader(reference.domain, terminal, session),
      signal,
    });
    await showTransfer(response, { out: terminal.err, err: terminal.err }, { quiet, fd: standardError });
    return 0;
  });
  if (code !== 0) throw new PullInterrupted(code);
}

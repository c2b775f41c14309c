import { conflict } from "../../errors/engine-error.ts";
import { parseDetachKeys } from "../attach/detach-keys.ts";
import { PendingStream } from "../attach/pending-stream.ts";
import { openSession } from "../attach/session.ts";
import type { EngineContext } from "../context.ts";
import type { AttachRequest, AttachSession } from "../services/attach.ts";
import { containerPaths } from "./directories.ts";
import { publishContainerEvent } from "./events.ts";
import type { LiveContainer } from "./live-container.ts";

/**
 * Connects a client with a container's streams: now when it runs, at its next start when it
 * does not (that is how `docker run` sees the first byte).
 */
export async function attachContainer(
  context: EngineContext,
  nameOrId: string,
  request: AttachRequest,
): Promise<AttachSession> {
  const container = context.containers.find(nameOrId);
  const { record } = container;
  if (record.state.status === "paused") {
    throw conflict(`Container ${nameOrId} is paused. Unpause the container before attach`);
  }
  if (record.state.status === "restarting") {
    throw conflict(`Container ${nameOrId} is restarting. Wait for it to restart before attach`);
  }
  const detachKeys = parseDetachKeys(request.detachKeys);
  const stream = new PendingStream({
    stdin: request.stdin && record.config.OpenStdin,
    stdout: request.stdout,
    stderr: request.stderr,
  });
  const before = request.logs ? loggedSoFar(context, container, request) : undefined;
  if (!request.stream) stream.fail();
  else await join(container, stream);
  publishContainerEvent(context, container, "attach");
  return openSession(stream, {
    terminal: record.config.Tty,
    detachKeys,
    onDetach: () => publishContainerEvent(context, container, "detach"),
    lastWords: request.stream ? container.ending.promise : Promise.resolve(undefined),
    ...(before ? { before } : {}),
  });
}

async function join(container: LiveContainer, stream: PendingStream): Promise<void> {
  if (container.task && container.isRunning) {
    await stream.connect(container.task);
    return;
  }
  container.pendingAttach.add(stream);
}

function loggedSoFar(context: EngineContext, container: LiveContainer, request: AttachRequest) {
  const path = containerPaths(context, container.record).log;
  return context.logs(container.record.hostConfig.LogConfig.Type).read(
    path,
    {
      stdout: request.stdout,
      stderr: request.stderr,
      since: 0n,
      until: 0n,
      tail: -1,
      timestamps: false,
      details: false,
    },
    container.record.config.Tty,
    { follow: false, ended: Promise.resolve(), signal: new AbortController().signal },
  );
}

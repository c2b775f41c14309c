import { failpoint } from "../../../lib/failpoint.ts";
import { epochSeconds, type TarEntry } from "../../../lib/tar/entry.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../../lib/tar/tar-writer.ts";
import type { InjectedFile } from "../../create/container-body.ts";
import type { Service } from "../../model/service.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import type { HookLine } from "../deeds.ts";
import type { Convergence } from "./convergence.ts";
import { planFor, taskOf } from "./make-container.ts";
import { runHook } from "./run-hook.ts";
import { reported, unlessSo } from "./work-on.ts";

/** Copies configs and secrets in, starts it and runs its post_start hooks: once, by whoever started it. */
export async function startContainer(
  run: Convergence,
  service: Service,
  container: ObservedContainer,
  onLine: HookLine | undefined,
): Promise<void> {
  const { context, project } = run;
  await reported(context.report, taskOf(container.name), ["Starting", "Started"], async () => {
    await inject(run, service, container);
    await failpoint("compose.start");
    const params = { id: container.id };
    const here = await unlessSo(() => context.engine.call("ContainerStart", { params }));
    await failpoint("compose.started");
    if (!here) return;
    for (const hook of service.post_start ?? []) {
      await runHook(context, project.name, service, container, hook, onLine);
    }
  });
  run.put({ ...container, state: "running" });
}

async function inject(run: Convergence, service: Service, container: ObservedContainer): Promise<void> {
  if (!service.configs && !service.secrets) return;
  const { files } = planFor(run, service, container.number, undefined);
  if (files.length === 0) return;
  // Owners are those of the archive: the engine would otherwise take the container's user.
  await run.context.engine.call("PutContainerArchive", {
    params: { id: container.id },
    query: { path: "/" },
    upload: archiveOf(files, Math.floor(Date.now() / 1000)),
    headers: { "Content-Type": "application/x-tar" },
  });
}

export function archiveOf(files: readonly InjectedFile[], now: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { path, mode, uid, gid, content } of files) {
    const bytes = Buffer.from(content);
    const entry: TarEntry = {
      path: path.replace(/^\/+/, ""),
      type: "file",
      mode,
      uid,
      gid,
      size: bytes.length,
      modified: epochSeconds(now),
    };
    parts.push(formatHeader(entry), bytes, paddingAfter(bytes.length));
  }
  return Buffer.concat([...parts, endOfArchive()]);
}

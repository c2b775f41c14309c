import type { EngineClient } from "../../client/engine-client.ts";
import { EngineError, internal, messageOf } from "../../errors/engine-error.ts";
import { FrameDecoder } from "../../protocol/stream-frames.ts";
import { observeContainers } from "../observe/observe-project.ts";
import type { ObservedContainer } from "../observe/observed.ts";
import { isRunning } from "../observe/observed-container.ts";
import { packFiles } from "./archive-files.ts";
import type { FileMapping } from "./watch-rules.ts";

/** Brings files into every container of a service, and takes those away that are gone. */
export async function syncFiles(
  engine: EngineClient,
  project: string,
  service: string,
  files: readonly FileMapping[],
): Promise<void> {
  const containers = await containersOf(engine, project, service);
  const { archive, present, gone } = packFiles(files);
  const failures = await Promise.all(
    containers.map(async ({ id, name, ...container }) => {
      try {
        if (gone.length > 0 && isRunning({ id, name, ...container })) await removeFiles(engine, id, gone);
        if (present > 0) await putFiles(engine, id, archive());
        return undefined;
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        return `${name}: ${messageOf(error)}`;
      }
    }),
  );
  const said = failures.filter((failure) => failure !== undefined);
  if (said.length > 0) throw internal(`files were not copied: ${said.join("; ")}`);
}

export async function containersOf(
  engine: EngineClient,
  project: string,
  service: string,
): Promise<ObservedContainer[]> {
  const all = await observeContainers(engine, project);
  return all.filter((container) => container.service === service && !container.oneOff);
}

/** They belong to the user of the container afterwards. */
async function putFiles(engine: EngineClient, id: string, upload: ReadableStream<Uint8Array>): Promise<void> {
  await engine.call("PutContainerArchive", {
    params: { id },
    query: { path: "/", noOverwriteDirNonDir: true, copyUIDGID: true },
    upload,
    headers: { "Content-Type": "application/x-tar" },
  });
}

/** No call of the API removes files: the container's own program does. */
async function removeFiles(engine: EngineClient, container: string, paths: readonly string[]): Promise<void> {
  const { Id: id } = await engine.call("ContainerExec", {
    params: { id: container },
    body: { Cmd: ["rm", "-rf", "--", ...paths], AttachStdout: true, AttachStderr: true },
  });
  const stream = await engine.hijack("ExecStart", { params: { id }, body: { Detach: false, Tty: false } });
  const frames = new FrameDecoder();
  let said = "";
  for await (const bytes of stream.input) {
    for (const { payload } of frames.push(bytes)) said += Buffer.from(payload).toString();
  }
  const { ExitCode: code } = await engine.call("ExecInspect", { params: { id } });
  if (code) throw internal(`rm ended with ${code}: ${said.trim()}`);
}

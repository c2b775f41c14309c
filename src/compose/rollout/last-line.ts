import type { EngineClient } from "../../client/engine-client.ts";
import { EngineError } from "../../errors/engine-error.ts";
import { FrameDecoder } from "../../protocol/stream-frames.ts";

/** What a container printed last, mostly the reason; undefined where there is nothing to read. */
export async function lastLine(engine: EngineClient, id: string, tty: boolean): Promise<string | undefined> {
  try {
    const query = { stdout: true, stderr: true, tail: "5" };
    const { body } = await engine.stream("ContainerLogs", { params: { id }, query });
    const frames = new FrameDecoder();
    const parts: Uint8Array[] = [];
    for await (const bytes of body ?? []) {
      if (tty) parts.push(bytes);
      else for (const { payload } of frames.push(bytes)) parts.push(payload);
    }
    const lines = Buffer.concat(parts).toString().split("\n");
    return lines.map((line) => line.trim()).findLast((line) => line !== "");
  } catch (error) {
    // Its logging driver keeps nothing that can be read.
    if (error instanceof EngineError && error.kind !== "unavailable") return undefined;
    throw error;
  }
}

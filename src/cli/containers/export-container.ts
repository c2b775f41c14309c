import type { EngineClient } from "../../client/engine-client.ts";
import { openWholeFile, standardOutput, type WholeFile } from "../whole-file.ts";

/** The files of a container as an archive; `output` is a file that is there whole or not at all, empty for standard output. */
export async function exportContainer(
  engine: EngineClient,
  id: string,
  output: string,
  signal: AbortSignal,
): Promise<void> {
  using file: WholeFile =
    output === "" ? standardOutput() : openWholeFile(output, "failed to export container");
  const response = await engine.stream("ContainerExport", { params: { id }, signal });
  for await (const bytes of response.body ?? []) await file.write(bytes);
  await file.finish();
}

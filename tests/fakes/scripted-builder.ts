import type { Builder } from "../../src/build/build.ts";
import type { BuildEvent } from "../../src/build/build-event.ts";
import type { BuildRequest, BuildResult } from "../../src/build/build-request.ts";

/** A builder that does what a test says, and keeps what it was asked. */
export class ScriptedBuilder implements Builder {
  readonly requests: BuildRequest[] = [];
  readonly prunes: Parameters<Builder["prune"]>[0][] = [];
  script: (request: BuildRequest) => Promise<Partial<BuildResult>> = async () => ({});

  async build(request: BuildRequest): Promise<BuildResult> {
    this.requests.push(request);
    return {
      imageId: `sha256:${"ab".repeat(32)}`,
      metadata: {},
      failedChecks: 0,
      ...(await this.script(request)),
    };
  }

  async prune(policy: Parameters<Builder["prune"]>[0]) {
    this.prunes.push(policy);
    return { deleted: ["x1"], reclaimed: 7 };
  }

  usage: Builder["usage"] = async () => [];
  cacheMount: Builder["cacheMount"] = async () => undefined;
  repair = async () => [];
  close = async () => {};
}

/** Events of a Dockerfile's steps, one line an instruction. */
export function stepEvents(...originals: string[]): Extract<BuildEvent, { type: "step" }>[] {
  return originals.map((original, index) => {
    const position = { line: index + 1, column: 1 };
    return {
      type: "step",
      step: {
        id: index + 1,
        title: `[${index + 1}/${originals.length}] ${original}`,
        instruction: {
          stage: "stage-0",
          number: index + 1,
          of: originals.length,
          step: index + 1,
          steps: originals.length,
          original,
          range: { start: position, end: { line: index + 1, column: original.length + 1 } },
        },
      },
    };
  });
}

export const started = (id: number): BuildEvent => ({ type: "started", id, at: 1000 + id });
export const finished = (
  id: number,
  outcome: "done" | "cached" | "failed" | "cancelled" = "done",
  result?: string,
): BuildEvent => ({ type: "finished", id, at: 2000 + id, outcome, ...(result !== undefined && { result }) });
export const output = (id: number, text: string, stream: 1 | 2 = 1): BuildEvent => ({
  type: "output",
  id,
  stream,
  bytes: Buffer.from(text),
});

import { messageOf } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { defaultContext } from "../../config/context-store.ts";
import { contextStore, currentContext, defaultContextMeta } from "../../config/current-context.ts";
import { exitCode } from "../../exit-code.ts";
import { inspectFormatFlag } from "../../flags/format-flag.ts";
import { formatInspected } from "../../format/inspect.ts";
import type { Session } from "../../session.ts";

const inMemory = "<IN MEMORY>";

export const inspectContextCommand = command({
  usage: "context inspect [OPTIONS] [CONTEXT] [CONTEXT...]",
  flags: { format: inspectFormatFlag() },
  arguments: [0, Number.POSITIVE_INFINITY],
  async run({ values: { format }, positional }, terminal, session) {
    const names = positional.length > 0 ? positional : [await currentContext(session)];
    const found: unknown[] = [];
    const failures: string[] = [];
    for (const name of names) {
      try {
        found.push(inspected(name, session));
      } catch (error) {
        failures.push(messageOf(error));
      }
    }
    terminal.out(formatInspected(found, format, "context.contextWithTLSListing"));
    for (const failure of failures) terminal.err(`${failure}\n`);
    return failures.length === 0 ? exitCode.ok : exitCode.failed;
  },
});

function inspected(name: string, session: Session): unknown {
  if (name === defaultContext) {
    return {
      ...defaultContextMeta(session),
      TLSMaterial: {},
      Storage: { MetadataPath: inMemory, TLSPath: inMemory },
    };
  }
  const store = contextStore(session);
  return {
    ...store.get(name),
    TLSMaterial: store.tlsFileNames(name),
    Storage: { MetadataPath: store.metaDirectory(name), TLSPath: store.tlsDirectory(name) },
  };
}

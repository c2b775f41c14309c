import { readFileSync } from "node:fs";
import { conflict, invalidArgument, messageOf } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { checkContextName } from "../../config/context-store.ts";
import { contextStore } from "../../config/current-context.ts";
import { exitCode } from "../../exit-code.ts";
import { unpackContext } from "./archive.ts";

export const importContextCommand = command({
  usage: "context import CONTEXT FILE|-",
  flags: {},
  arguments: [2, 2],
  async run({ positional: [name = "", file = ""] }, terminal, session) {
    checkContextName(name);
    const store = contextStore(session);
    if (store.has(name)) throw conflict(`context ${JSON.stringify(name)} already exists`);
    const bytes = file === "-" ? await Bun.stdin.bytes() : read(file);
    const { meta, tls } = await unpackContext(bytes);
    store.put({ ...meta, Name: name }, tls);
    terminal.out(`${name}\n`);
    terminal.err(`Successfully imported context ${JSON.stringify(name)}\n`);
    return exitCode.ok;
  },
});

function read(path: string): Uint8Array<ArrayBuffer> {
  try {
    return readFileSync(path);
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw invalidArgument(`open ${path}: ${missing ? "no such file or directory" : messageOf(error)}`, error);
  }
}

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import { parseKeyValues } from "../../lib/key-values.ts";
import type { BuildSession } from "./build-session.ts";

export interface Secret {
  readonly id: string;
  readonly value: Uint8Array;
}

/** As the engine takes them. */
const longest = 500 * 1024;

/** `id=x,src=file`, `id=x,env=NAME`; without either the variable of that name, or a file of it. */
export function readSecret(text: string, env: NodeJS.ProcessEnv): Secret {
  const values = parseKeyValues(text.includes("=") ? text : `src=${text}`);
  const type = values.get("type");
  if (type !== undefined && type !== "file" && type !== "env") {
    throw invalidArgument(`unsupported secret type ${JSON.stringify(type)}`);
  }
  for (const key of values.keys()) {
    if (!["id", "type", "src", "source", "env"].includes(key)) {
      throw invalidArgument(`unexpected key '${key}' in '${key}=${values.get(key)}'`);
    }
  }
  const source = values.get("src") ?? values.get("source");
  const variable = values.get("env") ?? (type === "env" ? source : undefined);
  const id = values.get("id") || basename(source ?? "") || variable;
  if (!id) throw invalidArgument(`invalid secret ${JSON.stringify(text)}: id is missing`);
  if (variable !== undefined) return secretOfVariable(id, variable, env);
  if (source === undefined && env[id] !== undefined) return secretOfVariable(id, id, env);
  return secretOfFile(id, source ?? id);
}

export function secretOfVariable(id: string, name: string, env: NodeJS.ProcessEnv): Secret {
  const value = env[name];
  if (value === undefined)
    throw invalidArgument(`secret ${JSON.stringify(id)}: the variable ${JSON.stringify(name)} is not set`);
  return { id, value: Buffer.from(value) };
}

export function secretOfFile(id: string, path: string): Secret {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path.startsWith("~/") ? join(homedir(), path.slice(2)) : path);
  } catch (error) {
    throw invalidArgument(
      `secret ${JSON.stringify(id)}: cannot read ${JSON.stringify(path)}: ${messageOf(error)}`,
      error,
    );
  }
  if (bytes.length > longest) {
    throw invalidArgument(
      `secret ${JSON.stringify(id)}: ${JSON.stringify(path)} is larger than ${longest} bytes`,
    );
  }
  return { id, value: bytes };
}

export async function lendSecrets(
  session: BuildSession,
  secrets: readonly Secret[],
  signal: AbortSignal,
): Promise<void> {
  for (const { id, value } of secrets) await session.sendSecret(id, value, signal);
}

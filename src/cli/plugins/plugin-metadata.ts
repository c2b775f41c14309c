import { messageOf } from "../../errors/engine-error.ts";

/** What a plugin says of itself; empty texts are left out. */
export interface PluginMetadata {
  readonly SchemaVersion?: string;
  readonly Vendor?: string;
  readonly Version?: string;
  readonly ShortDescription?: string;
  readonly URL?: string;
}

const fields = ["SchemaVersion", "Vendor", "Version", "ShortDescription", "URL"] as const;

type Answer = { readonly metadata: PluginMetadata } | { readonly failure: string };

/** Runs `PLUGIN docker-cli-plugin-metadata`, which prints JSON. */
export async function askMetadata(path: string, env: NodeJS.ProcessEnv): Promise<Answer> {
  let text: string;
  try {
    const child = Bun.spawn([path, "docker-cli-plugin-metadata"], {
      ...{ stdin: "ignore", stdout: "pipe", stderr: "ignore" },
      env,
    });
    const [out, code] = await Promise.all([child.stdout.text(), child.exited]);
    if (code !== 0) return { failure: `failed to fetch metadata: exit status ${code}` };
    text = out;
  } catch (error) {
    return { failure: `failed to fetch metadata: fork/exec ${path}: ${reasonOf(error)}` };
  }
  try {
    return { metadata: readMetadata(JSON.parse(text)) };
  } catch (error) {
    return { failure: `invalid metadata: ${messageOf(error)}` };
  }
}

function readMetadata(value: unknown): PluginMetadata {
  if (typeof value !== "object" || value === null) throw new Error("it is no JSON object");
  const all = new Map(Object.entries(value));
  const given = fields.flatMap((field) => {
    const text = all.get(field);
    return typeof text === "string" && text !== "" ? [[field, text]] : [];
  });
  return Object.fromEntries(given) as PluginMetadata;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "no such file or directory";
  if (code === "EACCES") return "permission denied";
  if (code === "ENOEXEC") return "exec format error";
  return messageOf(error);
}

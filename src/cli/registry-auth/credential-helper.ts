import { invalidArgument, messageOf } from "../../errors/engine-error.ts";

export interface HelperAnswer {
  readonly Username: string;
  readonly Secret: string;
}

const notThere = "credentials not found in native keychain";

/**
 * Asks `docker-credential-NAME get`: the server goes in by standard input, JSON comes back. A
 * helper that has nothing for this server says so and fails; that is undefined here.
 */
export async function askCredentialHelper(
  name: string,
  server: string,
  env: NodeJS.ProcessEnv,
): Promise<HelperAnswer | undefined> {
  const program = `docker-credential-${name}`;
  let out: string;
  let code: number;
  try {
    const child = Bun.spawn([program, "get"], {
      stdin: Buffer.from(server),
      stdout: "pipe",
      stderr: "inherit",
      env,
    });
    [out, code] = await Promise.all([child.stdout.text(), child.exited]);
  } catch (error) {
    throw invalidArgument(`cannot run the credential helper ${JSON.stringify(program)}: ${messageOf(error)}`);
  }
  if (code !== 0) {
    if (out.trim() === notThere) return undefined;
    throw invalidArgument(`the credential helper ${JSON.stringify(program)} failed: ${out.trim()}`);
  }
  return parseAnswer(program, out);
}

function parseAnswer(program: string, text: string): HelperAnswer {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) {
      const fields = new Map(Object.entries(value));
      const word = (name: string) => String(fields.get(name) ?? "");
      return { Username: word("Username"), Secret: word("Secret") };
    }
  } catch {
    // What it printed may hold a password: it is not repeated.
  }
  throw invalidArgument(`the credential helper ${JSON.stringify(program)} did not answer with JSON`);
}

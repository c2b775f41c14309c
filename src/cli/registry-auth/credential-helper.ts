import { messageOf, unavailable } from "../../errors/engine-error.ts";
import { goJson } from "../format/go-json.ts";

export interface HelperAnswer {
  readonly Username: string;
  readonly Secret: string;
}

const notThere = "credentials not found in native keychain";

/**
 * Programs `docker-credential-NAME` keep passwords. Each call is one word and one text on
 * standard input; the answer, or what went wrong, comes on standard output:
 *
 *   get    server                        {"Username": …, "Secret": …}
 *   store  {ServerURL, Username, Secret}
 *   erase  server
 */
export class CredentialHelper {
  readonly #program: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(name: string, env: NodeJS.ProcessEnv) {
    this.#program = `docker-credential-${name}`;
    this.#env = env;
  }

  /** Undefined when it has nothing for this server. */
  async get(server: string): Promise<HelperAnswer | undefined> {
    const { out, failed } = await this.#run("get", server);
    if (!failed) return this.#parse(out);
    if (out === notThere) return undefined;
    throw unavailable(`error getting credentials - err: ${failed}, out: \`${out}\``);
  }

  async store(server: string, user: string, secret: string): Promise<void> {
    const text = goJson({ ServerURL: server, Username: user, Secret: secret });
    const { out, failed } = await this.#run("store", text);
    if (failed) throw unavailable(`error storing credentials - err: ${failed}, out: \`${out}\``);
  }

  async erase(server: string): Promise<void> {
    const { out, failed } = await this.#run("erase", server);
    if (failed) throw unavailable(`error erasing credentials - err: ${failed}, out: \`${out}\``);
  }

  async #run(verb: string, input: string): Promise<{ out: string; failed?: string }> {
    try {
      const child = Bun.spawn([this.#program, verb], {
        stdin: Buffer.from(input),
        stdout: "pipe",
        stderr: "inherit",
        env: this.#env,
      });
      const [text, code] = await Promise.all([child.stdout.text(), child.exited]);
      return { out: text.trim(), ...(code !== 0 && { failed: `exit status ${code}` }) };
    } catch (error) {
      const gone = error instanceof Error && "code" in error && error.code === "ENOENT";
      const reason = gone ? "executable file not found in $PATH" : messageOf(error);
      return { out: "", failed: `exec: ${JSON.stringify(this.#program)}: ${reason}` };
    }
  }

  #parse(text: string): HelperAnswer {
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
    throw unavailable(`the credential helper ${JSON.stringify(this.#program)} did not answer with JSON`);
  }
}

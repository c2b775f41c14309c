import { readFileSync, statSync } from "node:fs";
import { invalidArgument, messageOf } from "../../../errors/engine-error.ts";
import { log } from "../../../lib/log.ts";
import { OciError } from "../oci-error.ts";

/** Verified passwords are taken again without bcrypt for so long: one pull asks dozens of times. */
const rememberMs = 5 * 60_000;
const mostRemembered = 1000;
/** bcrypt is slow on purpose; guessing must not take all cores away from the rest. */
const mostAtOnce = 2;
const mostWaiting = 200;
/** The hash of nothing anybody knows: unknown users take as long as wrong passwords. */
const nobody = "$2b$10$abcdefghijklmnopqrstuuN1jV0lQhTQ1yTN2nGvFzYI7CyYtHVeO";

/** Users of a file in the format of Apache's `htpasswd -B`; read again when it changes. */
export class HtpasswdFile {
  readonly #path: string;
  #seen = "";
  #users = new Map<string, string>();
  /** By a keyed hash of user, password and the line it was held against: no password is kept. */
  readonly #remembered = new Map<string, number>();
  readonly #secret = crypto.getRandomValues(new Uint8Array(32));
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Throws when the file cannot be read or has a line that is none. */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#read();
    } catch (error) {
      throw invalidArgument(`password file ${JSON.stringify(path)}: ${messageOf(error)}`, error);
    }
  }

  async verify(user: string, password: string): Promise<boolean> {
    this.#reload();
    const hash = this.#users.get(user);
    const mark = this.#mark(user, password, hash ?? nobody);
    const until = this.#remembered.get(mark) ?? 0;
    if (until > Date.now()) return true;
    const right = await this.#bcrypt(password, hash ?? nobody);
    if (!right || hash === undefined) return false;
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    this.#remembered.set(mark, Date.now() + rememberMs);
    return true;
  }

  #mark(...parts: string[]): string {
    return new Bun.CryptoHasher("sha256", this.#secret).update(JSON.stringify(parts)).digest("hex");
  }

  async #bcrypt(password: string, hash: string): Promise<boolean> {
    if (this.#waiting.length >= mostWaiting) {
      throw new OciError("TOOMANYREQUESTS", "too many passwords to check, try again later");
    }
    while (this.#running >= mostAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      return await Bun.password.verify(password, hash);
    } catch {
      return false; // an empty password, for example
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  #reload(): void {
    try {
      if (stampOf(this.#path) !== this.#seen) this.#read();
    } catch (error) {
      log.error(`the password file cannot be read again, what it said before holds: ${messageOf(error)}`);
    }
  }

  #read(): void {
    const stamp = stampOf(this.#path);
    this.#users = parseHtpasswd(readFileSync(this.#path, "utf8"));
    this.#seen = stamp;
    this.#remembered.clear();
  }
}

function stampOf(path: string): string {
  const stats = statSync(path, { bigint: true });
  return `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}

/** Only bcrypt: the other formats of htpasswd are broken or weak. */
export function parseHtpasswd(text: string): Map<string, string> {
  const users = new Map<string, string>();
  for (const [index, line] of text.split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const colon = trimmed.indexOf(":");
    const hash = trimmed.slice(colon + 1);
    if (colon < 1 || !/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(hash)) {
      throw invalidArgument(
        `line ${index + 1} is not "user:hash" with a bcrypt hash (make one with: htpasswd -nB USER)`,
      );
    }
    users.set(trimmed.slice(0, colon), hash);
  }
  return users;
}

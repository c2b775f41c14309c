import { until } from "./until.ts";

/** Starts a program in a pseudo terminal of its own and passes bytes; lines of JSON on standard input steer it. */
const helper = `
import fcntl, json, os, pty, select, signal, struct, sys, termios, time
rows, columns = int(sys.argv[1]), int(sys.argv[2])
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
pending = b""
def hang_up():
    os.close(master)
    for _ in range(100):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    sys.exit(255)
while True:
    ready, _, _ = select.select([master, 0], [], [])
    if master in ready:
        try:
            data = os.read(master, 65536)
        except OSError:
            data = b""
        if not data:
            break
        os.write(1, data)
    if 0 in ready:
        data = os.read(0, 65536)
        if not data:
            os.kill(pid, signal.SIGKILL)
            break
        pending += data
        while b"\\n" in pending:
            line, pending = pending.split(b"\\n", 1)
            order = json.loads(line)
            if "type" in order:
                os.write(master, order["type"].encode())
            if "hang_up" in order:
                hang_up()
            if "size" in order:
                fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", *order["size"], 0, 0))
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 255)
`;

/** A program at a real terminal, typed to and read from. */
export class Terminal implements AsyncDisposable {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;
  #seen = "";
  #done: Promise<void>;

  constructor(command: readonly string[], env: Readonly<Record<string, string>>, rows = 24, columns = 80) {
    this.#child = Bun.spawn(["python3", "-c", helper, String(rows), String(columns), ...command], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
      env: { ...process.env, TERM: "xterm", ...env },
    });
    this.#done = this.#read();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) this.#seen += decoder.decode(chunk, { stream: true });
  }

  /** Of what holds the pseudo terminal. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Everything printed so far. */
  get seen(): string {
    return this.#seen;
  }

  async type(text: string): Promise<void> {
    await this.#order({ type: text });
  }

  async resize(rows: number, columns: number): Promise<void> {
    await this.#order({ size: [rows, columns] });
  }

  /** The window is closed; `ended` then gives 255 for a program that lives on. */
  async hangUp(): Promise<void> {
    await this.#order({ hang_up: true });
  }

  async #order(order: unknown): Promise<void> {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
    await this.#child.stdin.flush();
  }

  /** Waits until the text was printed. */
  async sees(text: string | RegExp, milliseconds = 15_000): Promise<void> {
    try {
      await until(
        `${text} on the terminal`,
        () => (typeof text === "string" ? this.#seen.includes(text) : text.test(this.#seen)),
        milliseconds,
      );
    } catch (error) {
      throw new Error(`${error}\nthe terminal shows: ${JSON.stringify(this.#seen)}`, { cause: error });
    }
  }

  /** The exit code, when the program ends by itself. */
  async ended(): Promise<number> {
    await this.#done;
    return this.#child.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#child.stdin.end();
    } catch {
      // it has ended already
    }
    await this.#child.exited;
  }
}

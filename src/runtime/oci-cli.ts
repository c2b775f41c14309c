import { basename } from "node:path";

export interface RuntimeBinary {
  readonly path: string;
  readonly args: readonly string[];
}

/** Command lines of an OCI runtime, as runc and crun both understand them. */
export class OciCli {
  readonly binary: RuntimeBinary;
  readonly root: string;

  constructor(binary: RuntimeBinary, root: string) {
    this.binary = binary;
    this.root = root;
  }

  /** `runc` or `crun`, whose state on disk is known here; anything else cleans up after itself. */
  get isKnown(): boolean {
    return ["runc", "crun"].includes(basename(this.binary.path));
  }

  get name(): string {
    return basename(this.binary.path);
  }

  command(...words: readonly string[]): string[] {
    return [this.binary.path, ...this.binary.args, "--root", this.root, ...words];
  }

  #logged(...words: readonly string[]): string[] {
    return this.command("--log", "runtime.log", "--log-format", "json", ...words);
  }

  /** For the shim, whose working directory is the bundle. */
  run(id: string, terminal: boolean): string[] {
    const console = terminal ? ["--console-socket", "console.sock"] : [];
    return this.#logged("run", "--detach", "--bundle", ".", "--pid-file", "pid", ...console, id);
  }

  exec(id: string, terminal: boolean): string[] {
    const console = terminal ? ["--console-socket", "console.sock"] : [];
    return this.#logged("exec", "--detach", "--process", "process.json", "--pid-file", "pid", ...console, id);
  }
}

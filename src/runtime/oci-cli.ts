import { basename } from "node:path";
import { cgroupHierarchy } from "../sys/cgroups/hierarchy.ts";

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

  /**
   * crun refuses hybrid hosts, where an empty v2 tree is mounted beside v1. It works well
   * when it does not see that tree, so its calls run without it in a mount namespace of their own.
   */
  get hiddenMount(): string | undefined {
    const { hybrid, mounts } = cgroupHierarchy();
    return this.name === "crun" && hybrid ? mounts.get("") : undefined;
  }

  /** A command for the engine itself to run. */
  direct(shimPath: string, ...words: readonly string[]): string[] {
    const hidden = this.hiddenMount;
    return [...(hidden ? [shimPath, "--without", hidden] : []), ...this.command(...words)];
  }

  command(...words: readonly string[]): string[] {
    return [this.binary.path, ...this.binary.args, "--root", this.root, ...words];
  }

  /** crun would write its last words into the container's stderr in the log's format: there text is wanted. */
  #logged(...words: readonly string[]): string[] {
    const format = this.name === "crun" ? "text" : "json";
    return this.command("--log", "runtime.log", "--log-format", format, ...words);
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

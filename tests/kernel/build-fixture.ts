import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Builder } from "../../src/build/build.ts";
import type { BuildEvent } from "../../src/build/build-event.ts";
import type { BuildRequest } from "../../src/build/build-request.ts";
import { OverlayTreeStore } from "../../src/build/trees/overlay-tree-store.ts";
import { parseFlags } from "../../src/cli/flags/parse.ts";
import type { EngineContext } from "../../src/engine/context.ts";
import type { StoredImage } from "../../src/images/stored-image.ts";
import { engineContext } from "../../src/main/engine-context.ts";
import { commandLineOf, engineOptions } from "../../src/main/engine-options.ts";
import { engineFlags } from "../../src/main/engine-settings.ts";
import { removeCgroup } from "../../src/sys/cgroups/control.ts";
import { removeLargeTree } from "../../src/sys/remove-tree.ts";
import { busyboxArchive } from "../setup/busybox-archive.ts";

/** What one build gave and said. */
export interface Built {
  readonly image: StoredImage;
  readonly events: readonly BuildEvent[];
  /** `cached [2/3] RUN make` and the like, in the order of their ends. */
  readonly ends: readonly string[];
  readonly output: string;
}

/** An engine's builder on its real rooms, without a server. */
export class BuildLab implements AsyncDisposable {
  readonly directory: string;
  readonly context: EngineContext;
  readonly builder: Builder;
  readonly #cgroup: string;
  #isSecond = false;

  private constructor(directory: string, context: EngineContext) {
    this.directory = directory;
    this.context = context;
    this.builder = context.builder;
    this.#cgroup = context.settings.cgroupParent;
  }

  /** `network`: with a default bridge, of a name and addresses that this process alone has. */
  static async open({ network = false } = {}): Promise<BuildLab> {
    const directory = mkdtempSync(join(tmpdir(), "hull-build-"));
    const lab = await BuildLab.#at(directory, network);
    const archive = await busyboxArchive();
    await lab.context.images.load(new Blob([archive]).stream(), {});
    return lab;
  }

  /** As a new engine finds it; the old one must not be used any more. */
  async reopened(): Promise<BuildLab> {
    await this.builder.close();
    const lab = await BuildLab.#at(this.directory, false);
    lab.#isSecond = true;
    return lab;
  }

  static async #at(directory: string, network: boolean): Promise<BuildLab> {
    const id = directory.slice(-6).replaceAll(/[^A-Za-z0-9]/g, "x");
    const third = Number.parseInt(Buffer.from(id).toString("hex").slice(0, 6), 16) % 250;
    const flags = [
      `--data-root=${join(directory, "data")}`,
      `--exec-root=${join(directory, "exec")}`,
      ...(network ? [`--bridge=hb${id}0`, `--bip=10.211.${third}.1/24`] : ["--bridge=none"]),
      `--cgroup-parent=/hull-build-${id}`,
    ];
    const options = engineOptions(commandLineOf(parseFlags(engineFlags, flags)), () => undefined);
    const context = await engineContext(options);
    await context.networking.init();
    return new BuildLab(directory, context);
  }

  /** An image of a Dockerfile; `files`: a directory that is copied, as a client would send it. */
  async build(
    dockerfile: string,
    { files, ...request }: Partial<BuildRequest> & { readonly files?: string } = {},
  ): Promise<Built> {
    const events: BuildEvent[] = [];
    const context = join(this.directory, `context-${crypto.randomUUID()}`);
    if (files !== undefined) cpSync(files, context, { recursive: true });
    const { imageId } = await this.builder.build({
      dockerfile: { name: "Dockerfile", text: dockerfile },
      context: files === undefined ? { kind: "none" } : { kind: "directory", path: context },
      namedContexts: new Map(),
      target: "",
      buildArgs: new Map(),
      labels: new Map(),
      platforms: [],
      noCache: false,
      pull: false,
      network: "none",
      hosts: [],
      limits: {},
      secrets: { read: async () => undefined },
      credentials: () => undefined,
      sshAgent: () => undefined,
      allow: new Set(),
      cacheFrom: [],
      cacheTo: [],
      outputs: [{ kind: "image", push: false }],
      tags: [],
      squash: false,
      unset: [],
      explain: false,
      checkOnly: false,
      signal: new AbortController().signal,
      ...request,
      onEvent: (event) => {
        events.push(event);
        request.onEvent?.(event);
      },
    });
    const image = await this.context.images.find(imageId ?? "");
    return { image, events, ends: endsOf(events), output: outputOf(events) };
  }

  /** Looks at the files of an image. */
  async look<T>({ image }: Built, work: (root: string) => T | Promise<T>): Promise<T> {
    const { images, snapshots, settings } = this.context;
    const name = await images.unpacked(image);
    if (name === undefined) throw new Error("the image has no files");
    const trees = new OverlayTreeStore(snapshots, join(settings.execRoot, "build"));
    await using open = await trees.open({ kind: "snapshot", name });
    return await work(open.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.builder.close();
    await this.context.networking.close();
    this.context.records.close();
    if (this.#isSecond) return;
    await removeCgroup(this.#cgroup);
    await removeLargeTree(this.directory);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function endsOf(events: readonly BuildEvent[]): string[] {
  const titles = new Map(
    events.flatMap((event) => (event.type === "step" ? [[event.step.id, event.step.title]] : [])),
  );
  return events.flatMap((event) =>
    event.type === "finished"
      ? [`${event.outcome} ${titles.get(event.id)}${event.reason ? `: ${event.reason}` : ""}`]
      : [],
  );
}

export function outputOf(events: readonly BuildEvent[]): string {
  return events.map((event) => (event.type === "output" ? Buffer.from(event.bytes).toString() : "")).join("");
}

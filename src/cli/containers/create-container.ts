import { formatAddress } from "../../client/engine-address.ts";
import type { CallOptions, EngineClient } from "../../client/engine-client.ts";
import { EngineAnswer, EngineError, invalidArgument, isKind } from "../../errors/engine-error.ts";
import { familiarReference, parseReference, withDefaultTag } from "../../oci/reference.ts";
import { atLeast } from "../../protocol/versions.ts";
import type { Terminal } from "../command.ts";
import { type ContainerFlagValues, type CreateBody, createBody } from "../flags/container/create-body.ts";
import { localhostServer } from "../flags/container/names.ts";
import { refuseWindowsFlags } from "../flags/container/windows-only.ts";
import { UsageError } from "../flags/parse.ts";
import type { Session } from "../session.ts";
import { checkApiVersion, checkBodyVersion } from "./api-needs.ts";
import { openCidFile } from "./cid-file.ts";
import { normalPlatform } from "./platform.ts";

export type PullPolicy = "always" | "missing" | "never";

export interface CreateWish {
  readonly values: ContainerFlagValues;
  readonly name: string;
  readonly platform: string;
  readonly pull: PullPolicy;
  readonly quiet: boolean;
  readonly apiSocket: boolean;
}

export function checkPullPolicy(text: string): PullPolicy {
  if (text === "always" || text === "missing" || text === "never") return text;
  if (text === "") return "missing";
  throw invalidArgument(`invalid pull option: '${text}': must be one of "always", "missing" or "never"`);
}

/** Flags and configuration as the body to send; wrong values are told here, before anything is done. */
export async function bodyOf(
  values: ContainerFlagValues,
  given: ReadonlySet<string>,
  words: readonly string[],
  engine: EngineClient,
  session: Session,
): Promise<CreateBody> {
  const [image = "", ...command] = words;
  refuseWindowsFlags(given);
  checkApiVersion(given, await engine.version());
  return createBody(values, {
    given,
    image,
    command,
    env: session.env,
    proxies: (await session.config()).proxies,
    engineHost: formatAddress(engine.address),
  });
}

// trail: run -p
/** Makes the container, pulling its image where that is wanted; gives its id. */
export async function createContainer(
  body: CreateBody,
  wish: CreateWish,
  engine: EngineClient,
  terminal: Terminal,
  session: Session,
  /** Called before the image is pulled: a failure from then on is about that. */
  onPull: () => void = () => {},
): Promise<string> {
  const { HostConfig: host } = body;
  const platform = wish.platform === "" ? undefined : normalPlatform(wish.platform);
  using file = openCidFile(host.ContainerIDFile);
  const named = /^(sha256:)?[0-9a-f]{64}$/.test(body.Image)
    ? undefined
    : withDefaultTag(parseReference(body.Image));
  const version = await engine.version();
  checkBodyVersion(body, version);
  const injected = wish.apiSocket ? await addApiSocket(body, engine, terminal, session) : undefined;
  const pull = async () => {
    onPull();
    const { pullImage } = await import("./pull-image.ts");
    await pullImage(body.Image, platform, wish.quiet, engine, terminal, session);
  };
  if (wish.pull === "always") await pull();
  const options = {
    query: { name: wish.name || undefined, platform },
    body: versioned(body, wish.values, version),
  } as unknown as CallOptions<"ContainerCreate">;
  const create = () => engine.call("ContainerCreate", options);
  let answer: Awaited<ReturnType<typeof create>>;
  try {
    answer = await create();
  } catch (error) {
    const missing = error instanceof EngineAnswer && isKind(error, "not_found");
    if (!missing || !named || wish.pull !== "missing") throw error;
    if (!wish.quiet) terminal.err(`Unable to find image '${familiarReference(named)}' locally\n`);
    await pull();
    answer = await create();
  }
  for (const warning of [...(answer.Warnings ?? []), ...localhostWarning(host.Dns)]) {
    terminal.err(`WARNING: ${warning}\n`);
  }
  file.write(answer.Id);
  if (injected) await injected(answer.Id);
  return answer.Id;
}

function localhostWarning(servers: readonly string[]): string[] {
  const server = localhostServer(servers);
  return server === undefined ? [] : [`Localhost DNS (${server}) may fail in containers.`];
}

/** What older engines take and newer ones have forgotten, and the other way round. */
function versioned(body: CreateBody, values: ContainerFlagValues, version: `${number}.${number}`) {
  if (atLeast(version, "1.42")) return body;
  return {
    ...body,
    HostConfig: {
      ...body.HostConfig,
      ConsoleSize: [0, 0],
      ...(values["kernel-memory"] !== 0 && { KernelMemory: values["kernel-memory"] }),
    },
  };
}

async function addApiSocket(body: CreateBody, engine: EngineClient, terminal: Terminal, session: Session) {
  const { useApiSocket } = await import("./api-socket.ts");
  return useApiSocket(body, engine, terminal, session);
}

/** As against an engine that does not answer, or is too old. */
export function isWrongValue(error: unknown): boolean {
  return (
    error instanceof EngineError &&
    !(error instanceof UsageError) &&
    error.kind === "invalid_argument" &&
    !/requires API version|only supported on a Docker daemon/.test(error.message)
  );
}

import { formatAddress } from "../../client/engine-address.ts";
import type { ComposeContext } from "../../compose/compose-context.ts";
import type { Project } from "../../compose/model/project.ts";
import type { Terminal } from "../command.ts";
import { addProxies } from "../flags/container/proxies.ts";
import type { Session } from "../session.ts";
import { lazyImageWork } from "./image-work/lazy-image-work.ts";
import type { ComposeProgress } from "./progress/open-progress.ts";
import type { ComposeSettings } from "./settings.ts";

export interface ContextWish {
  readonly settings: ComposeSettings;
  readonly progress: ComposeProgress;
  readonly signal: AbortSignal;
  /** What it is done to, where its files were read. */
  readonly project?: Project | undefined;
}

/** What a deed on a project needs: the engine, the way to images, and somebody to tell. */
export async function openContext(
  terminal: Terminal,
  session: Session,
  { settings, progress, signal, project }: ContextWish,
): Promise<ComposeContext> {
  const engine = await session.engine();
  const { proxies } = await session.config();
  const logins = await loginsFor(project, terminal, session);
  const context: ComposeContext = {
    engine,
    report: progress.report,
    signal,
    parallel: settings.parallel,
    images: lazyImageWork({ engine, terminal, session, progress, signal }),
    ...(proxies !== undefined && { proxies: proxyVariables(proxies, formatAddress(engine.address)) }),
    ...(logins !== undefined && { credentials: () => logins }),
    warn: (sentence) => progress.say(`WARN: ${sentence}\n`),
  };
  return settings.dryRun ? (await import("../../compose/converge/dry-run.ts")).dryRun(context) : context;
}

/** Asking helpers takes its time: only for services that are to talk to the engine as the user. */
async function loginsFor(
  project: Project | undefined,
  terminal: Terminal,
  session: Session,
): Promise<string | undefined> {
  const services = Object.values(project?.services ?? {});
  if (!services.some(({ use_api_socket: asks }) => asks)) return undefined;
  const { loginsText } = await import("../containers/api-socket.ts");
  return await loginsText(terminal, session);
}

function proxyVariables(proxies: unknown, engineHost: string): Record<string, string> {
  const variables = new Map<string, string | undefined>();
  addProxies(variables, proxies, engineHost);
  return Object.fromEntries([...variables].map(([name, value]) => [name, value ?? ""]));
}

import { internal } from "../../errors/engine-error.ts";
import type { ComposeContext } from "../compose-context.ts";
import { lastLine } from "./last-line.ts";
import { pause } from "./pause.ts";

const lookEveryMs = 100;
/** Without a check, what dies at once has not served: as long as `--wait` looks at what runs. */
const firstMomentMs = 500;

/**
 * Until a container that was started serves: healthy where it has a check, else alive for a first
 * moment, and then for as long as it is watched. Throws why it does not.
 */
export async function watchReplica(
  context: ComposeContext,
  container: { readonly id: string; readonly name: string },
  monitorMs: number,
): Promise<void> {
  let servingSince: number | undefined;
  for (;;) {
    const state = await stateOf(context, container);
    if (state.serves) servingSince ??= Date.now();
    const enoughMs = state.isChecked ? monitorMs : Math.max(monitorMs, firstMomentMs);
    if (servingSince !== undefined && Date.now() - servingSince >= enoughMs) return;
    const left = servingSince === undefined ? lookEveryMs : servingSince + enoughMs - Date.now();
    await pause(Math.min(lookEveryMs, left), context.signal);
  }
}

async function stateOf(
  { engine }: ComposeContext,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<{ serves: boolean; isChecked: boolean }> {
  const found = await engine.call("ContainerInspect", { params: { id } });
  const { State: state, RestartCount: restarts } = found;
  if (state?.Status !== "running" || (restarts ?? 0) > 0) {
    const code = state?.ExitCode ?? 0;
    const said = state?.Error || (await lastLine(engine, id, Boolean(found.Config?.Tty)));
    throw internal(`container ${name} ended with exit code ${code}${said ? `: ${said}` : ""}`);
  }
  const health = state.Health;
  if (health?.Status === "unhealthy") {
    const said = health.Log?.at(-1)?.Output?.trim().split("\n").at(-1);
    throw internal(`container ${name} is unhealthy${said ? `: ${said}` : ""}`);
  }
  const isChecked = health?.Status !== undefined && health.Status !== "none";
  return { serves: !isChecked || health?.Status === "healthy", isChecked };
}

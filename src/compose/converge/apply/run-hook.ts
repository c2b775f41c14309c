import type { Hijacked } from "../../../client/hijack.ts";
import { internal } from "../../../errors/engine-error.ts";
import { FrameDecoder } from "../../../protocol/stream-frames.ts";
import type { ComposeContext } from "../../compose-context.ts";
import type { Service } from "../../model/service.ts";
import type { Hook } from "../../model/service-parts.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import type { HookLine } from "../deeds.ts";

/** Runs a command of a service in its container and waits for its end; anything but 0 is a failure. */
export async function runHook(
  { engine, dryRun }: ComposeContext,
  project: string,
  service: Service,
  container: ObservedContainer,
  hook: Hook,
  onLine: HookLine | undefined,
): Promise<void> {
  if (dryRun) return;
  const { Id: id } = await engine.call("ContainerExec", {
    params: { id: container.id },
    body: {
      Cmd: [...(hook.command ?? [])],
      User: hook.user ?? "",
      Privileged: hook.privileged ?? false,
      WorkingDir: hook.working_dir ?? "",
      Env: Object.entries(hook.environment ?? {}).map(([name, value]) =>
        value === null ? name : `${name}=${value}`,
      ),
      AttachStdout: true,
      AttachStderr: true,
    },
  });
  // Attached in any case: the end of the output is the end of the command, without asking again and again.
  const stream = await engine.hijack("ExecStart", { params: { id }, body: { Detach: false, Tty: false } });
  const source = `${sourceOf(project, container)} ->`;
  let last = "";
  for await (const text of lines(stream)) {
    onLine?.({ service: service.name, source, text });
    if (text.trim() !== "") last = text.trim();
  }
  const { ExitCode: code } = await engine.call("ExecInspect", { params: { id } });
  // Where nobody saw what it said, its last line tells why.
  const said = onLine || last === "" ? "" : `: ${last}`;
  if (code) throw internal(`${service.name} hook exited with status ${code}${said}`);
}

/** As logs name it: without the project, unless the file gives it a name. */
function sourceOf(project: string, { name }: ObservedContainer): string {
  const rest =
    name.startsWith(`${project}-`) || name.startsWith(`${project}_`) ? name.slice(project.length + 1) : name;
  return rest;
}

async function* lines(stream: Hijacked): AsyncGenerator<string> {
  const frames = new FrameDecoder();
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream.input) {
    for (const { payload } of frames.push(bytes)) rest += decoder.decode(payload, { stream: true });
    const parts = rest.split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}

import type { Created } from "../../../compose/converge/deeds.ts";
import { containerOfTask, type Report } from "../../../compose/task.ts";
import type { ParsedFlags } from "../../flags/parse.ts";
import { painter } from "../../terminal/colours.ts";
import { isTerminal, standardError, standardInput, standardOutput } from "../../terminal/tty.ts";
import { LogOutput } from "../logs/log-output.ts";
import { mayPaint } from "../may-paint.ts";
import { lineProgress, lineReport } from "../progress/open-progress.ts";
import { AttachedUp } from "./attached-up.ts";
import { type AttachedVoice, attachedServices } from "./attached-wish.ts";
import { Menu } from "./menu.ts";
import type { MenuAction } from "./menu-line.ts";
import { explained, startOptions, tellOpen, type UpCall } from "./run-up.ts";
import type { UpFlags } from "./up-flags.ts";
import { WatchToggle } from "./watch-toggle.ts";
import { whyKilled } from "./why-failed.ts";

/** `up` that stays: logs of everything, until it ends or is left. */
export async function runAttached(
  call: UpCall,
  { values, positional: services }: ParsedFlags<UpFlags>,
  created: Created,
): Promise<number> {
  const { deed, terminal, session, wish } = call;
  const { context, progress, settings, interrupts } = deed;
  const { kind } = progress;
  progress.end();
  deed.takeForce();
  const paint = painter(!values["no-color"] && mayPaint(session, standardOutput));
  const attach = attachedServices(created.project, services, {
    attach: values.attach,
    noAttach: values["no-attach"],
    attachDependencies: values["attach-dependencies"],
  });
  const detached = Promise.withResolvers<void>();
  const isWatchable = Object.values(created.project.services).some(({ develop }) => develop?.watch?.length);
  const toggleWatch = async () => {
    if (!isWatchable) {
      menu?.notice("No service of this project says what to watch: see develop.watch");
      return;
    }
    if (watch.isOn) await watch.stop();
    else watch.start();
    menu?.show({ watching: watch.isOn });
  };
  const act = (action: MenuAction) => {
    if (action === "detach") detached.resolve();
    else if (action === "stop") interrupts.press();
    else if (action === "suspend") menu?.suspend();
    else if (action === "blank line") menu?.write("\n");
    else toggleWatch().catch(detached.reject);
  };
  using menu = wantsMenu(call, values.menu)
    ? new Menu(paint, isWatchable ? values.watch : undefined, act)
    : undefined;
  const out = (text: string) => (menu ? menu.write(text) : terminal.out(text));
  // Over the menu both are one screen.
  const err = (text: string) => (menu && isTerminal(standardError) ? menu.write(text) : terminal.err(text));
  const lines = kind === "tree" ? "plain" : kind;
  const report = lineReport(lines, settings.dryRun, err);
  // The logs say what starts; only what is waited for is not in them.
  const starting: Report = (event) => {
    const { id, status, text } = event;
    const container = containerOfTask(id);
    const waits = container !== undefined && status === "working" && text === "Waiting";
    menu?.show({ doing: waits ? `Waiting for ${container}…` : "" });
    if (container === undefined || status === "error") report(event);
  };
  progress.switchTo(lineProgress(lines, progress.paint, err, starting));
  const output = new LogOutput({
    paint,
    prefix: !values["no-log-prefix"],
    timestamps: values.timestamps,
    write: (stream, text) => (stream === "stderr" ? err(text) : out(text)),
  });
  const watch = new WatchToggle(context, created.project, {
    services: [],
    builds: !values["no-build"],
    quietBuild: values["quiet-build"],
    prune: false,
    say: (line) => output.note(line),
  });
  const voice: AttachedVoice = {
    output,
    interrupts,
    say: (line) => out(`${line}\n`),
    complain: (line) => err(`${progress.paint(line, "red", "bold")}\n`),
    async started() {
      menu?.show({ doing: "" });
      if (values.watch) watch.start();
      if (kind === "tree") await tellOpen(call, created.project, { explain: false });
    },
    async stopping() {
      menu?.show({ stopping: true });
      await watch.stop();
    },
    async died(id, shown) {
      if (kind !== "tree") return;
      for (const line of await whyKilled(context.engine, id)) err(`${shown}: ${line}\n`);
    },
    detached: detached.promise,
  };
  const attached = new AttachedUp(
    { ...context, report },
    {
      created,
      start: startOptions(wish),
      attach,
      watched: services.length > 0 ? new Set(services) : attach.size > 0 ? attach : undefined,
      onExit: wish.onExit,
      exitCodeFrom: values["exit-code-from"],
      services,
      timeout: wish.options.timeout,
    },
    voice,
  );
  try {
    return await explained(call, () => attached.run(context));
  } finally {
    await watch.stop();
  }
}

/** Keys are read where somebody can press them and see what they do. */
function wantsMenu({ deed: { settings, progress } }: UpCall, given: boolean | undefined): boolean {
  if (!isTerminal(standardInput) || !isTerminal(standardOutput)) return false;
  return (given ?? settings.menu ?? true) && progress.kind === "tree";
}

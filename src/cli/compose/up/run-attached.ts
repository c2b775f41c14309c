import type { Created } from "../../../compose/converge/deeds.ts";
import { exitCode } from "../../exit-code.ts";
import type { ParsedFlags } from "../../flags/parse.ts";
import { mayColour, painter } from "../../terminal/colours.ts";
import { isTerminal, standardError, standardInput, standardOutput } from "../../terminal/tty.ts";
import { LogOutput } from "../logs/log-output.ts";
import { lineReport } from "../progress/open-progress.ts";
import { AttachedUp, type AttachedVoice } from "./attached-up.ts";
import { attachedServices } from "./attached-wish.ts";
import { Menu } from "./menu.ts";
import { explained, startOptions, tellOpen, type UpCall } from "./run-up.ts";
import type { UpFlags } from "./up-flags.ts";

/** `up` that stays: logs of everything, until it ends or is left. */
export async function runAttached(
  call: UpCall,
  { values, positional: services }: ParsedFlags<UpFlags>,
  created: Created,
): Promise<number> {
  const { deed, terminal, session, wish } = call;
  const { context, progress, settings, interrupts } = deed;
  progress.end();
  deed.takeForce();
  const mono = values["no-color"] || settings.ansi === "never";
  const paint = painter(!mono && (settings.ansi === "always" || mayColour(session.env)));
  const attach = attachedServices(created.project, services, {
    attach: values.attach,
    noAttach: values["no-attach"],
    attachDependencies: values["attach-dependencies"],
  });
  const detached = Promise.withResolvers<void>();
  using menu = wantsMenu(call, values.menu)
    ? new Menu(paint, undefined, (action) => {
        if (action === "detach") detached.resolve();
        else if (action === "stop") interrupts.press();
        else if (action === "suspend") menu?.suspend();
        else if (action === "blank line") menu?.write("\n");
        else menu?.notice("No service of this project says what to watch: see develop.watch");
      })
    : undefined;
  const out = (text: string) => (menu ? menu.write(text) : terminal.out(text));
  // Over the menu both are one screen.
  const err = (text: string) => (menu && isTerminal(standardError) ? menu.write(text) : terminal.err(text));
  const voice: AttachedVoice = {
    output: new LogOutput({
      paint,
      prefix: !values["no-log-prefix"],
      timestamps: values.timestamps,
      write: (stream, text) => (stream === "stderr" ? err(text) : out(text)),
    }),
    interrupts,
    say: (line) => out(`${line}\n`),
    complain: (line) => err(`${progress.paint(line, "red", "bold")}\n`),
    started: () => {},
    stopping: () => menu?.show({ stopping: true }),
    detached: detached.promise,
  };
  const report = lineReport(progress.kind, settings.dryRun, err);
  return await new AttachedUp(
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
  ).run();
}

/** Keys are read where somebody can press them and see what they do. */
function wantsMenu({ deed: { settings, progress } }: UpCall, given: boolean | undefined): boolean {
  if (!isTerminal(standardInput) || !isTerminal(standardOutput)) return false;
  return (given ?? settings.menu ?? true) && progress.kind === "tree";
}

import { type Command, command } from "../command.ts";
import { bashScript } from "../completion/bash-script.ts";
import { fishScript } from "../completion/fish-script.ts";
import { zshScript } from "../completion/zsh-script.ts";
import { exitCode } from "../exit-code.ts";
import { booleanFlag } from "../flags/flag.ts";

type Script = (program: string, verb: string) => string;

function scriptCommand(shell: string, script: Script): Command {
  return command({
    usage: `completion ${shell} [OPTIONS]`,
    flags: { "no-descriptions": booleanFlag("disable completion descriptions") },
    arguments: [0, 0],
    async run({ values }, terminal, { program }) {
      terminal.out(script(program, values["no-descriptions"] ? "__completeNoDesc" : "__complete"));
      return exitCode.ok;
    },
  });
}

export const completionScripts: Readonly<Record<"bash" | "fish" | "zsh", Command>> = {
  bash: scriptCommand("bash", bashScript),
  fish: scriptCommand("fish", fishScript),
  zsh: scriptCommand("zsh", zshScript),
};

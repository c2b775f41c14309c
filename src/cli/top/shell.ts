import type { EngineClient } from "../../client/engine-client.ts";
import { conflict } from "../../errors/engine-error.ts";
import { terminalInput } from "../full-screen/terminal-input.ts";
import { rawMode } from "../terminal/raw-mode.ts";
import { onResize, standardOutput, windowSize } from "../terminal/tty.ts";
import { writeOut } from "../terminal/write-out.ts";

/** bash where the container has it. */
const shell = ["sh", "-c", "command -v bash >/dev/null 2>&1 && exec bash; exec sh"];

/** A shell in a container on this terminal, until it ends. */
export async function openShell(engine: EngineClient, container: string, name: string): Promise<void> {
  const { Id: id } = await engine.call("ContainerExec", {
    params: { id: container },
    body: { AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: true, Cmd: shell },
  });
  if (!id) throw conflict("exec ID empty");
  writeOut(standardOutput, `A shell in ${name}; "exit" or Ctrl-D leads back to the list.\r\n`);
  const connection = await engine.hijack("ExecStart", { params: { id }, body: { Detach: false, Tty: true } });
  using stack = new DisposableStack();
  stack.use(rawMode());
  stack.use(terminalInput((bytes) => void connection.write(bytes)));
  const resize = () => {
    const size = windowSize();
    if (!size) return;
    // A shell that has ended meanwhile needs no size.
    engine.call("ExecResize", { params: { id }, query: { w: size.columns, h: size.rows } }).catch(() => {});
  };
  resize();
  stack.use(onResize(resize));
  for await (const bytes of connection.input) writeOut(standardOutput, bytes);
  connection.close();
}

import { explain } from "../../../compose/explain/explain.ts";
import type { Terminal } from "../../command.ts";
import type { Session } from "../../session.ts";
import { painter } from "../../terminal/colours.ts";
import { standardOutput } from "../../terminal/tty.ts";
import { mayPaint } from "../may-paint.ts";
import { readProject } from "../open-project.ts";
import { workingDirectory } from "../working-directory.ts";

/** What `config --explain` prints. Files of variables stay named in the model, so that it can look into them. */
export async function explainText(subject: string, terminal: Terminal, session: Session): Promise<string> {
  const paint = painter(mayPaint(session, standardOutput));
  const loaded = await readProject(terminal, session, { resolveEnvironment: false });
  return explain(loaded, subject, {
    strong: (text) => paint(text, "bold"),
    faint: (text) => paint(text, "dim"),
    workingDirectory: workingDirectory(session.env),
  });
}

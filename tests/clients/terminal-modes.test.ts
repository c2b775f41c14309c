import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { Terminal } from "../setup/terminal.ts";

setDefaultTimeout(60_000);

const program = join(import.meta.dir, "../programs/raw-terminal.ts");

/** The program at a terminal, and how it left that terminal. */
const at = (how: string) =>
  new Terminal(
    ["sh", "-c", `"$@"; echo "code $?"; stty -a`, "sh", process.execPath, program, how],
    { NO_COLOR: "1" },
    24,
    80,
  );

test.concurrent.each(["exit", "throw", "end", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT"])(
  "the terminal is as it was after %s",
  async (how) => {
    await using terminal = at(how);
    await terminal.ended();
    const [inside = "", after = ""] = terminal.seen.split(/code \d+/);
    expect(inside).toContain("\x1b[?1049h");
    expect(inside.split("\x1b[?1049h")[1]).toContain("\x1b[?1049l");
    expect(after).toMatch(/[^-]icanon/);
    expect(after).toMatch(/[^-]echo /);
    expect(after).toMatch(/[^-]opost/);
  },
);

test.concurrent("raw: every byte arrives as it was typed, and leaves as it was written", async () => {
  await using terminal = at("input");
  await terminal.sees("ready\n");
  expect(terminal.seen).not.toContain("ready\r\n");
  await terminal.type("\u0003\r\u001a");
  await terminal.sees("typed 030d1a");
  await terminal.type("q");
  await terminal.sees("code 0");
});

test.concurrent("the size of the window, and its changes", async () => {
  await using terminal = at("size");
  await terminal.sees("size 80x24");
  await terminal.resize(50, 132);
  await terminal.sees("size 132x50");
  await terminal.type("q");
  await terminal.sees("code 0");
});

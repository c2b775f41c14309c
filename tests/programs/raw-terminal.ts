// Makes its terminal raw and takes another screen, then ends as its argument says.
import { alternateScreen } from "../../src/cli/terminal/alternate-screen.ts";
import { rawMode } from "../../src/cli/terminal/raw-mode.ts";
import { readInput } from "../../src/cli/terminal/read-input.ts";
import { onResize, windowSize } from "../../src/cli/terminal/tty.ts";
import { writeOut } from "../../src/cli/terminal/write-out.ts";

const how = process.argv[2] ?? "";
const raw = rawMode();
if (how === "size") {
  const tell = () => writeOut(1, `size ${windowSize()?.columns}x${windowSize()?.rows}\r\n`);
  using _ = onResize(tell);
  tell();
  for await (const bytes of readInput()) if (bytes.includes(0x71)) break;
} else if (how === "input") {
  writeOut(1, "ready\n");
  for await (const bytes of readInput()) {
    writeOut(1, `typed ${Buffer.from(bytes).toString("hex")}\r\n`);
    if (bytes.includes(0x71)) break;
  }
} else {
  alternateScreen();
  if (how === "throw") throw new Error("nobody catches this");
  if (how === "exit") process.exit(3);
  if (how.startsWith("SIG")) {
    process.kill(process.pid, how as NodeJS.Signals);
    await Bun.sleep(10_000);
  }
}
raw[Symbol.dispose]();
process.exit(0);

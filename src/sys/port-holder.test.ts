import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPortHolder, socketInodes } from "./port-holder.ts";
import { reservePort } from "./ports.ts";

test("socketInodes finds listeners that stand in the way, and those only", () => {
  const directory = mkdtempSync(join(tmpdir(), "hull-ports-"));
  const file = join(directory, "tcp");
  const row = (local: string, state: string, inode: number) =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0`;
  writeFileSync(
    file,
    [
      "  sl  local_address rem_address   st",
      row("00000000:1F90", "0A", 11),
      row("0100007F:1F91", "0A", 12),
      row("0100007F:1F91", "01", 13),
      row("0000000000000000FFFF00000100007F:1F91", "0A", 14),
      "",
    ].join("\n"),
  );
  expect(socketInodes(file, "10.0.0.1", 8080)).toEqual(["11"]);
  expect(socketInodes(file, "127.0.0.1", 8081)).toEqual(["12", "14"]);
  expect(socketInodes(file, "0.0.0.0", 8081)).toEqual(["12", "14"]);
  expect(socketInodes(file, "10.0.0.1", 8081)).toEqual([]);
  expect(socketInodes(join(directory, "missing"), "0.0.0.0", 1)).toEqual([]);
  rmSync(directory, { recursive: true });
});

for (const protocol of ["tcp", "udp"] as const) {
  test(`reservePort keeps others from a ${protocol} port, names us as its holder, and gives it back`, () => {
    const held = reservePort(protocol, "127.0.0.1", 0);
    expect(() => reservePort(protocol, "0.0.0.0", held.port)).toThrow("EADDRINUSE");
    expect(() => reservePort(protocol, "127.0.0.1", held.port)).toThrow("EADDRINUSE");
    expect(findPortHolder(protocol, "0.0.0.0", held.port)?.pid).toBe(process.pid);
    held.release();
    held.release();
    expect(findPortHolder(protocol, "0.0.0.0", held.port)).toBeUndefined();
    reservePort(protocol, "0.0.0.0", held.port).release();
  });
}

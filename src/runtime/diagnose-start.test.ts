import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diagnoseStart } from "./diagnose-start.ts";

const rootfs = mkdtempSync(join(tmpdir(), "hull-diagnose-"));
afterAll(() => rmSync(rootfs, { recursive: true, force: true }));
mkdirSync(join(rootfs, "bin"));
mkdirSync(join(rootfs, "app"));

/** A 64-bit ELF header with one program header that names a loader. */
function elf(machine: number, loader?: string): Buffer {
  const bytes = Buffer.alloc(256);
  bytes.write("\x7fELF\x02\x01\x01", "latin1");
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(loader ? 1 : 0, 56);
  if (loader) {
    bytes.writeUInt32LE(3, 64);
    bytes.writeBigUInt64LE(128n, 72);
    bytes.writeBigUInt64LE(BigInt(loader.length + 1), 96);
    bytes.write(loader, 128);
  }
  return bytes;
}

const own = ({ x64: 62, arm64: 183, riscv64: 243 } as Record<string, number>)[process.arch] ?? 62;
const other = own === 183 ? 62 : 183;

function put(name: string, content: string | Buffer, mode = 0o755): void {
  writeFileSync(join(rootfs, name), content, { mode });
}

put("bin/sh", elf(own));
put("bin/glibc", elf(own, "/lib64/ld-linux-x86-64.so.2"));
put("bin/foreign", elf(other));
put("app/plain", "#!/bin/sh\n", 0o644);
put("app/good", "#!/bin/sh\n");
put("app/dos", "#!/bin/sh\r\necho\r\n");
put("app/bash", "#!/bin/bash -e\n");
put("app/text", "hello\n");
put("app/empty", "");
symlinkSync("/bin/sh", join(rootfs, "app/link"));
symlinkSync("../../../../../../../../etc/passwd", join(rootfs, "app/escape"));

describe("diagnoseStart", () => {
  const cases: readonly [command: string, says: string | undefined][] = [
    ["sh", undefined],
    ["/bin/sh", undefined],
    ["/app/good", undefined],
    ["/app/link", undefined],
    ["./good", undefined],
    ["nosuch", 'no program "nosuch" in /bin'],
    ["echo hello", "the command is one word with spaces in it"],
    ["/nosuch", "/nosuch does not exist in the image"],
    ["/app", "/app is a directory"],
    ["/app/plain", "not executable (mode 0644)"],
    ["/app/dos", "CR LF"],
    ["/app/bash", "needs the interpreter /bin/bash, which does not exist"],
    ["/app/text", "neither an ELF program nor a script"],
    ["/app/empty", "is empty"],
    ["/app/escape", "/app/escape does not exist"],
    ["glibc", "needs the loader /lib64/ld-linux-x86-64.so.2"],
    ["foreign", "is built for"],
    ["", "the command is empty"],
  ];
  for (const [command, says] of cases) {
    test(JSON.stringify(command), () => {
      const sentence = diagnoseStart({ rootfs, command: [command], env: ["PATH=/bin"], cwd: "/app" });
      if (says === undefined) expect(sentence).toBeUndefined();
      else expect(sentence).toContain(says);
    });
  }
});

import { describe, expect, test } from "bun:test";
import type { SpecSeccomp } from "../../oci/runtime-spec.ts";
import { syscallName } from "../../sys/libseccomp.ts";
import { defaultCapabilities } from "../spec/capabilities.ts";
import { compiledFilter, toFilter } from "./compiled-filter.ts";
import defaultProfile from "./default-profile.json";
import { resolveProfile } from "./resolve-profile.ts";

/** What a process calls: `struct seccomp_data` without the instruction pointer. */
interface Call {
  readonly nr: number;
  readonly arch: number;
  readonly args: readonly bigint[];
}

/** Runs a classic BPF program as the kernel does, as far as seccomp programs go. */
function verdict(program: Buffer, call: Call): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.nr >>> 0, 0);
  data.writeUInt32LE(call.arch, 4);
  call.args.forEach((arg, at) => {
    data.writeBigUInt64LE(arg, 16 + at * 8);
  });
  let accumulator = 0;
  for (let pc = 0; pc < program.length / 8; pc++) {
    const at = pc * 8;
    const code = program.readUInt16LE(at);
    const k = program.readUInt32LE(at + 4);
    const jump = (taken: boolean) => {
      pc += program[at + (taken ? 2 : 3)] ?? 0;
    };
    switch (code) {
      case 0x20:
        accumulator = data.readUInt32LE(k);
        break;
      case 0x54:
        accumulator = (accumulator & k) >>> 0;
        break;
      case 0x05:
        pc += k;
        break;
      case 0x15:
        jump(accumulator === k);
        break;
      case 0x25:
        jump(accumulator > k);
        break;
      case 0x35:
        jump(accumulator >= k);
        break;
      case 0x06:
        return k;
      default:
        throw new Error(`instruction ${code.toString(16)} at ${pc}`);
    }
  }
  throw new Error("the program ran off its end");
}

const none = [0n, 0n, 0n, 0n, 0n, 0n];
const x32Bit = 0x4000_0000;

/** The kernel's audit numbers. libseccomp compares the low halves on 32-bit machines, as which it counts x32. */
const machines = [
  { name: "x86_64", audit: 0xc000_003e, wide: true, first: 0 },
  { name: "x32", audit: 0xc000_003e, wide: false, first: x32Bit },
  { name: "x86", audit: 0x4000_0003, wide: false, first: 0 },
] as const;

/** The verdict the profile asks for, from its rules alone. */
function expected(profile: SpecSeccomp, machine: (typeof machines)[number], call: Call): number {
  const filter = toFilter(profile);
  if (!filter) throw new Error("not a plain filter");
  const name = syscallName(machine.name, call.nr);
  const low = (value: bigint) => (machine.wide ? value : value & 0xffff_ffffn);
  const holds = ({ index, op, a, b }: { index: number; op: number; a: bigint; b: bigint }) => {
    const value = low(call.args[index] ?? 0n);
    const wanted = low(a);
    return [
      false,
      value !== wanted,
      value < wanted,
      value <= wanted,
      value === wanted,
      value >= wanted,
      value > wanted,
      (value & wanted) === low(b),
    ][op];
  };
  const matching = filter.rules.filter(({ syscall, args }) => syscall === name && args.every(holds));
  return matching[0]?.action ?? filter.defaultAction;
}

function argumentCases(profile: SpecSeccomp): (readonly bigint[])[] {
  const values = new Set([0n, 1n, 0xffff_ffffn, 0x1_0000_0000n, 0xffff_ffff_ffff_ffffn]);
  const indexes = new Set<number>();
  for (const { args } of profile.syscalls) {
    for (const { index, value } of args ?? []) {
      indexes.add(index);
      const v = BigInt(value);
      for (const near of [v - 1n, v, v + 1n, v | 0x1_0000_0000n]) if (near >= 0n) values.add(near);
      /* Every single bit of a mask. */
      for (let bit = 0n; bit < 64n; bit++) if ((v >> bit) & 1n) values.add(1n << bit);
    }
  }
  return [none, ...[...indexes].flatMap((index) => [...values].map((value) => none.with(index, value)))];
}

function holdAgainst(profile: SpecSeccomp): { calls: number; wrong: string[] } {
  const program = Buffer.from(compiledFilter(profile) ?? "", "base64");
  expect(program.length).toBeGreaterThan(0);
  const conditional = new Set(profile.syscalls.filter(({ args }) => args).flatMap(({ names }) => names));
  const cases = argumentCases(profile);
  let calls = 0;
  const wrong: string[] = [];
  for (const machine of machines) {
    for (let number = 0; number < 700; number++) {
      const nr = machine.first + number;
      const name = syscallName(machine.name, nr);
      for (const args of name && conditional.has(name) ? cases : [none]) {
        const call = { nr, arch: machine.audit, args };
        calls++;
        const [is, should] = [verdict(program, call), expected(profile, machine, call)];
        if (is !== should)
          wrong.push(`${machine.name} ${nr} ${name} ${args}: ${is.toString(16)}, not ${should.toString(16)}`);
      }
    }
  }
  return { calls, wrong };
}

describe.skipIf(process.arch !== "x64" || syscallName("x86_64", 0) === undefined)("compiledFilter", () => {
  const host = { arch: "x64", kernel: "6.1.0" };
  const sets: Readonly<Record<string, readonly string[]>> = {
    default: defaultCapabilities,
    none: [],
    "with CAP_SYS_ADMIN": [...defaultCapabilities, "CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_BPF"],
  };
  for (const [name, capabilities] of Object.entries(sets)) {
    test(`agrees with Docker's profile on every call, capabilities ${name}`, () => {
      const { calls, wrong } = holdAgainst(resolveProfile(defaultProfile, { ...host, capabilities }));
      expect(wrong.slice(0, 10)).toEqual([]);
      expect(calls).toBeGreaterThan(2200);
    });
  }

  test("kills calls of an architecture the profile does not know", () => {
    const profile = resolveProfile(defaultProfile, { ...host, capabilities: defaultCapabilities });
    const program = Buffer.from(compiledFilter(profile) ?? "", "base64");
    expect(verdict(program, { nr: 0, arch: 0xc000_00b7, args: none })).toBe(0);
  });

  test("agrees with a profile of many operators", () => {
    const rule = (name: string, op: string, value: number, valueTwo = 0) => ({
      names: [name],
      action: "SCMP_ACT_ERRNO",
      errnoRet: 7,
      args: [{ index: 1, op, value, valueTwo }],
    });
    const { wrong } = holdAgainst({
      defaultAction: "SCMP_ACT_ALLOW",
      architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
      syscalls: [
        rule("chmod", "SCMP_CMP_NE", 5),
        rule("fchmod", "SCMP_CMP_LE", 2 ** 33),
        rule("ioctl", "SCMP_CMP_GE", 77),
        rule("mkdir", "SCMP_CMP_MASKED_EQ", 0o6000, 0o4000),
        { names: ["ptrace"], action: "SCMP_ACT_KILL_PROCESS" },
      ],
    });
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  test("leaves to the runtime what is more than a filter", () => {
    expect(compiledFilter({ defaultAction: "SCMP_ACT_NOTIFY", syscalls: [] })).toBeUndefined();
    expect(
      compiledFilter({ defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/x", syscalls: [] }),
    ).toBeUndefined();
  });
});

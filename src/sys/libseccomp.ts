import { CString, dlopen, type FFIFunction, type Library } from "bun:ffi";
import { closeSync, readFileSync } from "node:fs";
import { internal } from "../errors/engine-error.ts";
import { bindLibc, checked, cString } from "./libc.ts";

const libc = bindLibc({ memfd_create: { args: ["ptr", "u32"], returns: "i32" } });
const MFD_CLOEXEC = 1;

const symbols = {
  seccomp_init: { args: ["u32"], returns: "ptr" },
  seccomp_release: { args: ["ptr"], returns: "void" },
  seccomp_arch_resolve_name: { args: ["ptr"], returns: "u32" },
  seccomp_arch_add: { args: ["ptr", "u32"], returns: "i32" },
  seccomp_attr_set: { args: ["ptr", "i32", "u32"], returns: "i32" },
  seccomp_syscall_resolve_name: { args: ["ptr"], returns: "i32" },
  seccomp_syscall_resolve_num_arch: { args: ["u32", "i32"], returns: "ptr" },
  seccomp_rule_add_array: { args: ["ptr", "u32", "i32", "u32", "ptr"], returns: "i32" },
  seccomp_export_bpf: { args: ["ptr", "i32"], returns: "i32" },
} as const satisfies Record<string, FFIFunction>;

let library: Library<typeof symbols>["symbols"] | null | undefined;

/** The library runc and crun compile filters with; null on hosts that lack it (a static runtime). */
function libseccomp() {
  if (library === undefined) {
    try {
      library = dlopen("libseccomp.so.2", symbols).symbols;
    } catch {
      library = null;
    }
  }
  return library;
}

export interface FilterRule {
  readonly syscall: string;
  readonly action: number;
  readonly args: readonly { index: number; op: number; a: bigint; b: bigint }[];
}

export interface Filter {
  readonly defaultAction: number;
  /** libseccomp's names: `x86_64`, `x86`, `x32`, … */
  readonly architectures: readonly string[];
  readonly rules: readonly FilterRule[];
}

const unknownSyscall = -1;
const alreadyThere = -17;
/** SCMP_FLTATR_CTL_OPTIMIZE, and its value for a binary tree instead of a linear search. */
const optimise = 8;
const binaryTree = 2;

/** Compiles a filter to BPF. Undefined without the library. Takes some 15 ms: keep the result. */
export function compileFilter(filter: Filter): Buffer | undefined {
  const lib = libseccomp();
  if (!lib) return undefined;
  const context = lib.seccomp_init(filter.defaultAction);
  if (!context) throw internal("libseccomp could not make a filter");
  const check = (what: string, result: number) => {
    if (result < 0) throw internal(`libseccomp: ${what} failed (${result})`);
  };
  try {
    for (const name of filter.architectures) {
      const result = lib.seccomp_arch_add(context, lib.seccomp_arch_resolve_name(cString(name)));
      if (result !== alreadyThere) check(`architecture ${name}`, result);
    }
    check("binary tree", lib.seccomp_attr_set(context, optimise, binaryTree));
    for (const rule of filter.rules) {
      const number = lib.seccomp_syscall_resolve_name(cString(rule.syscall));
      if (number === unknownSyscall) continue;
      const args = encodeArguments(rule.args);
      const result = lib.seccomp_rule_add_array(context, rule.action, number, rule.args.length, args);
      check(`rule for ${rule.syscall}`, result);
    }
    return exportBpf((fd) => check("export", lib.seccomp_export_bpf(context, fd)));
  } finally {
    lib.seccomp_release(context);
  }
}

/** `struct scmp_arg_cmp`: index, operator, two 64-bit values. */
function encodeArguments(args: FilterRule["args"]): Uint8Array {
  const bytes = Buffer.alloc(Math.max(1, args.length) * 24);
  args.forEach(({ index, op, a, b }, at) => {
    bytes.writeUInt32LE(index, at * 24);
    bytes.writeInt32LE(op, at * 24 + 4);
    bytes.writeBigUInt64LE(a, at * 24 + 8);
    bytes.writeBigUInt64LE(b, at * 24 + 16);
  });
  return bytes;
}

/** libseccomp writes filters to descriptors only; one of memory leaves nothing behind, whatever happens. */
function exportBpf(write: (fd: number) => void): Buffer {
  const fd = checked("make a memory file", libc().memfd_create(cString("seccomp"), MFD_CLOEXEC));
  try {
    write(fd);
    return readFileSync(`/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}

/** The name a number has on an architecture; undefined when it has none there. */
export function syscallName(architecture: string, number: number): string | undefined {
  const lib = libseccomp();
  if (!lib) return undefined;
  const token = lib.seccomp_arch_resolve_name(cString(architecture));
  const name = lib.seccomp_syscall_resolve_num_arch(token, number);
  return name ? new CString(name).toString() : undefined;
}

import type { SpecSeccomp } from "../../oci/runtime-spec.ts";
import { compileFilter, type Filter, type FilterRule } from "../../sys/libseccomp.ts";

/** libseccomp's numbers. ERRNO carries the errno in its low bits. */
const actions: Readonly<Record<string, number>> = {
  SCMP_ACT_KILL: 0x0000_0000,
  SCMP_ACT_KILL_THREAD: 0x0000_0000,
  SCMP_ACT_KILL_PROCESS: 0x8000_0000,
  SCMP_ACT_TRAP: 0x0003_0000,
  SCMP_ACT_ERRNO: 0x0005_0000,
  SCMP_ACT_LOG: 0x7ffc_0000,
  SCMP_ACT_ALLOW: 0x7fff_0000,
};

const operators: Readonly<Record<string, number>> = {
  SCMP_CMP_NE: 1,
  SCMP_CMP_LT: 2,
  SCMP_CMP_LE: 3,
  SCMP_CMP_EQ: 4,
  SCMP_CMP_GE: 5,
  SCMP_CMP_GT: 6,
  SCMP_CMP_MASKED_EQ: 7,
};

const permissionDenied = 1;
const remembered = 32;
const compiled = new Map<string, string | undefined>();

/**
 * A resolved profile as the BPF program crun would compile of it, in base64. The same
 * library makes it from the same rules; `compiled-filter.test.ts` runs the program on
 * every system call of every architecture and holds the verdicts against the profile.
 * Undefined: leave the profile to the runtime (no library, or something only it can do).
 */
export function compiledFilter(profile: SpecSeccomp): string | undefined {
  const key = JSON.stringify(profile);
  if (!compiled.has(key)) {
    if (compiled.size >= remembered) compiled.clear();
    compiled.set(key, compile(profile));
  }
  return compiled.get(key);
}

function compile(profile: SpecSeccomp): string | undefined {
  const filter = toFilter(profile);
  if (!filter) return undefined;
  try {
    return compileFilter(filter)?.toString("base64");
  } catch {
    /* What the library refuses, the runtime will refuse too, in the words its users know. */
    return undefined;
  }
}

/** Undefined when the profile asks for what a filter alone is not: a listener, flags, tracing. */
export function toFilter(profile: SpecSeccomp): Filter | undefined {
  if (profile.listenerPath || (profile.flags?.length ?? 0) > 0) return undefined;
  const defaultAction = actionNumber(profile.defaultAction, profile.defaultErrnoRet);
  if (defaultAction === undefined) return undefined;
  const rules: FilterRule[] = [];
  for (const rule of profile.syscalls) {
    const action = actionNumber(rule.action, rule.errnoRet);
    if (action === undefined) return undefined;
    const args: FilterRule["args"][number][] = [];
    for (const { index, op, value, valueTwo } of rule.args ?? []) {
      const operator = operators[op];
      if (operator === undefined || index > 5) return undefined;
      args.push({ index, op: operator, a: BigInt(value), b: BigInt(valueTwo ?? 0) });
    }
    if (action === defaultAction) continue;
    for (const syscall of rule.names) rules.push({ syscall, action, args });
  }
  const architectures = (profile.architectures ?? []).map((name) =>
    name.replace("SCMP_ARCH_", "").toLowerCase(),
  );
  return { defaultAction, architectures, rules };
}

function actionNumber(name: string, errno: number | undefined): number | undefined {
  const number = actions[name];
  return name === "SCMP_ACT_ERRNO" && number !== undefined ? number | (errno ?? permissionDenied) : number;
}

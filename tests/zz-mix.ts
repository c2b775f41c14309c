import { parseAllDocuments } from "yaml";
import { readdirSync, readFileSync, mkdirSync, writeFileSync, rmSync } from "node:fs";
import { corpusConfig } from "/work/wt/config/tests/setup/compose-config.ts";
const root = "/work/wt/config/tests/fixtures/compose/files";
const pool = new Map<string, any[]>(), tops = new Map<string, any[]>();
for (const d of readdirSync(root)) for (const f of readdirSync(`${root}/${d}`)) if (/\.ya?ml$/.test(f)) {
  let docs: any; try { docs = parseAllDocuments(readFileSync(`${root}/${d}/${f}`, "utf8"), { merge: true, version: "1.1", customTags: [] , logLevel: "silent"} as any).map((x: any) => x.toJS()); } catch { continue; }
  for (const doc of docs) { for (const s of Object.values(doc?.services ?? {}) as any[]) for (const [k, v] of Object.entries(s ?? {})) { if (JSON.stringify(v).includes("${") || k === "external_links") continue; if (["extends", "links", "volumes_from", "depends_on", "container_name", "env_file", "label_file", "models", "provider","use_api_socket","gpus","profiles"].includes(k)) continue; if (!pool.has(k)) pool.set(k, []); pool.get(k)!.push(v); }
  for (const t of ["networks", "volumes", "configs", "secrets"]) for (const v of Object.values(doc?.[t] ?? {})) { if (!tops.has(t)) tops.set(t, []); tops.get(t)!.push(v); } }
}
let seed = Number(process.argv[2] ?? 1); const N = Number(process.argv[3] ?? 50);
const rnd = (n: number) => { seed = (seed * 1103515245 + 12345) & 0x7fffffff; return (seed >> 8) % n; };
const pick = <T,>(a: T[]) => a[rnd(a.length)]!;
const keys = [...pool.keys()];
const service = (n: number) => { const s: any = {}; for (let i = 0; i < n; i++) { const k = pick(keys); if (k === "network_mode" && s.networks || k === "networks" && s.network_mode) continue; s[k] = pick(pool.get(k)!); } return s; };
const names = new Set<string>();
const file = (top: boolean) => { const d: any = { services: {} }; for (const s of ["a", "b", "c"]) if (top || rnd(2)) { d.services[s] = service(7); if (top && !d.services[s].image) d.services[s].image = "img"; } if (top && rnd(2)) d.services.d = { extends: { service: pick(["a", "b", "c"]) }, ...service(4) }; return d; };
let same = 0, both = 0, bad = 0;
for (let i = 0; i < N; i++) {
  const dir = `/tmp/config/mixdir/m${i}`; rmSync(dir, { recursive: true, force: true }); mkdirSync(dir, { recursive: true });
  const base = file(true), over = file(false);
  // whatever is referred to is declared
  const refs: any = { networks: {}, volumes: {}, configs: {}, secrets: {} };
  for (const f of [base, over]) for (const s of Object.values(f.services) as any[]) {
    for (const n of Array.isArray(s.networks) ? s.networks : Object.keys(s.networks ?? {})) if (n !== "default") refs.networks[n] = rnd(2) ? null : pick(tops.get("networks")!);
    for (const v of s.volumes ?? []) { const src = typeof v === "string" ? (v.includes(":") ? v.split(":")[0] : undefined) : v.type === "volume" ? v.source : undefined; if (src && /^[a-z]/.test(src)) refs.volumes[src] = rnd(2) ? null : pick(tops.get("volumes")!); }
    for (const t of ["configs", "secrets"]) for (const c of [...(s[t] ?? []), ...(t === "secrets" ? s.build?.secrets ?? [] : [])]) refs[t][typeof c === "string" ? c : c.source] = pick(tops.get(t)!);
    if (s.credential_spec?.config) refs.configs[s.credential_spec.config] = { file: "./x" };
    for (const k of ["ipc", "pid", "network_mode"]) if (/^service:/.test(s[k] ?? "")) delete s[k];
    if (s.build?.additional_contexts) delete s.build.additional_contexts;
    if (s.build?.ssh) delete s.build.ssh;
  }
  Object.assign(base, refs);
  writeFileSync(`${dir}/base.yaml`, JSON.stringify(base, null, 1)); writeFileSync(`${dir}/over.yaml`, JSON.stringify(over, null, 1));
  const env = { HOME: "/home/user" };
  for (const words of [[], ["--format", "json"]]) {
    const r = Bun.spawnSync(["/work/ref/bin/docker-compose", "-f", "base.yaml", "-f", "over.yaml", "config", ...words], { cwd: dir, env });
    let ours: string | undefined, err = "";
    try { ours = await corpusConfig({ name: `m${i}`, directory: dir, command: ["-f", "base.yaml", "-f", "over.yaml"], flags: [], env, stdin: undefined, hash: true, ours: undefined } as any, words); } catch (e: any) { err = e.message; }
    const theirs = r.exitCode === 0 ? r.stdout.toString().replaceAll("/tmp/config/mixdir", "/tmp/compose-corpus") : undefined;
    if (theirs === undefined && ours === undefined) { both++; if (process.env.SHOW) console.log(r.stderr.toString().trim().split("\n").at(-1), "\n   |", err.split("\n")[0]); break; }
    if (theirs === ours) { same++; continue; }
    bad++;
    if (theirs === undefined || ours === undefined) console.log("=== m" + i, "REF", r.stderr.toString().trim().split("\n").at(-1)!.slice(0, 300), "\n   OURS", ours === undefined ? err.slice(0, 400) : "accepts");
    else { writeFileSync("/tmp/config/mix.a", theirs); writeFileSync("/tmp/config/mix.b", ours); console.log("=== m" + i, words, Bun.spawnSync(["diff", "/tmp/config/mix.a", "/tmp/config/mix.b"]).stdout.toString().slice(0, 700)); }
    break;
  }
}
console.log({ same, both, bad });

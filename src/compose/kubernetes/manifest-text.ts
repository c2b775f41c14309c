import { yamlText } from "../../lib/yaml-text.ts";
import type { Manifest } from "./conversion.ts";
import type { Converted } from "./convert.ts";
import { noteText } from "./notes.ts";

/** The rules every reader of the output should know. */
const rules = [
  "A service is a Deployment; a StatefulSet where a volume is its own; a DaemonSet where it runs on",
  "every node; a Job where others wait until it has completed, or where it is never restarted.",
  "Its name is a Service's; headless where its Pods are told apart, or where it says no ports.",
  "Published port 80 is an Ingress, others a LoadBalancer; the label hull.ingress (.port, .class,",
  ".tls) says otherwise. Who shares a network may talk: one NetworkPolicy for each network.",
  "Health checks are readiness probes: Docker does not restart what is not healthy.",
  "Variables whose names end like PASSWORD or TOKEN are in Secrets: keep this text as safe as those.",
  "Volumes ask for 1Gi; labels hull.storage and hull.storage-class of a volume say otherwise.",
];

function headText({ notes }: Converted): string {
  const lost = notes.filter(({ level }) => level === "lost").map(noteText);
  const changed = notes.filter(({ level }) => level === "changed").map(noteText);
  const section = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? ["", title, ...lines.map((line) => `- ${line}`)] : [];
  return commented([
    "From a Compose project by hull compose convert.",
    "",
    ...rules,
    ...section("Not carried over:", lost),
    ...section("Done otherwise:", changed),
  ]);
}

function manifestText({ body, comments = [], hint }: Manifest): string {
  const text = commented(comments) + yamlText(body);
  if (!hint) return text;
  return text + commented(["", hint.text, "---", ...yamlText(hint.body).trimEnd().split("\n")]);
}

/** All of them, one after another. */
export function manifestsText(converted: Converted): string {
  return headText(converted) + converted.manifests.map((one) => `---\n${manifestText(one)}`).join("");
}

/** A file for each object, as `web-deployment.yaml`, in an order in which all can be applied at once. */
export function manifestFiles(converted: Converted): ReadonlyMap<string, string> {
  const files = new Map<string, string>([["README", headText(converted).replace(/^# ?/gm, "")]]);
  for (const manifest of converted.manifests) {
    const kind = manifest.kind.toLowerCase();
    const file = kind === "namespace" ? "00-namespace" : `${manifest.name}-${kind}`;
    files.set(`${file}.yaml`, manifestText(manifest));
  }
  return files;
}

function commented(lines: readonly string[]): string {
  return lines.map((line) => `${`# ${oneLine(line)}`.trimEnd()}\n`).join("");
}

/** A line break in it would end the comment. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ");
}

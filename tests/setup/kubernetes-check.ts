import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { parseAllDocuments } from "yaml";

const versions = ["v1.29", "v1.37"] as const;

type Json = { readonly [key: string]: unknown };

const compiled = new Map<string, (kind: string) => ValidateFunction>();

function validator(version: string, kind: string): ValidateFunction {
  let find = compiled.get(version);
  if (!find) {
    const file = join(import.meta.dir, `../fixtures/kubernetes/${version}.json`);
    const schema = JSON.parse(readFileSync(file, "utf8")) as { kinds: Json; definitions: Json };
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    ajv.addSchema({ $id: version, kinds: schema.kinds, definitions: schema.definitions });
    find = (name) => {
      const known = ajv.getSchema(`${version}#/kinds/${name.replaceAll("/", "~1")}`);
      if (!known) throw new Error(`no schema for ${name} in ${version}`);
      return known as ValidateFunction;
    };
    compiled.set(version, find);
  }
  return find(kind);
}

// Compiling takes a moment: no single test should wait for it.
for (const version of versions) {
  const file = join(import.meta.dir, `../fixtures/kubernetes/${version}.json`);
  const { kinds } = JSON.parse(readFileSync(file, "utf8")) as { kinds: Json };
  for (const kind of Object.keys(kinds)) validator(version, kind);
}

/** The documents of a text, as every reader of YAML sees them. */
export function documentsOf(text: string): readonly Json[] {
  return parseAllDocuments(text)
    .map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      return document.toJS() as Json | null;
    })
    .filter((document) => document !== null);
}

/** What an API server would refuse: by the schemas of the oldest and the newest version, and by its own rules. */
export function problemsOf(documents: readonly Json[]): readonly string[] {
  return [
    ...documents.flatMap(schemaProblems),
    ...twice(documents),
    ...documents.flatMap((one) => ruleProblems(one, documents)),
  ];
}

function label(document: Json): string {
  return `${document.kind}/${at(document, "metadata", "name")}`;
}

function schemaProblems(document: Json): readonly string[] {
  return versions.flatMap((version) => {
    const check = validator(version, `${document.apiVersion}/${document.kind}`);
    if (check(document)) return [];
    return (check.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${version} ${label(document)}${instancePath}: ${message} ${JSON.stringify(params)}`,
    );
  });
}

function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found: unknown = value;
  for (const key of path) found = (found as Json | undefined)?.[key];
  return found;
}

function list(value: unknown, ...path: readonly string[]): readonly Json[] {
  return (at(value, ...path) as readonly Json[] | undefined) ?? [];
}

function twice(documents: readonly Json[]): readonly string[] {
  const names = documents.map(label);
  return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is there twice`);
}

const nameForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const labelKey = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/;

function ruleProblems(document: Json, all: readonly Json[]): readonly string[] {
  const problems: string[] = [];
  const refuse = (text: string) => problems.push(`${label(document)}: ${text}`);
  const name = String(at(document, "metadata", "name"));
  if (!nameForm.test(name)) refuse("its name is none");
  if (document.kind === "Service" && !/^[a-z]/.test(name)) refuse("names of Services begin with a letter");
  for (const metadata of [document.metadata, at(document, "spec", "template", "metadata")]) {
    for (const [key, value] of Object.entries((at(metadata, "labels") as Json) ?? {})) {
      if (!labelKey.test(key) || !labelValue.test(String(value))) refuse(`label ${key}=${value}`);
    }
    for (const key of Object.keys((at(metadata, "annotations") as Json) ?? {}))
      if (!labelKey.test(key)) refuse(`annotation ${key}`);
  }
  const template =
    document.kind === "Pod" ? document : (at(document, "spec", "template") as Json | undefined);
  if (template) checkPod(document, template, all, refuse);
  if (document.kind === "Service") checkService(document, refuse);
  if (document.kind === "Ingress") checkIngress(document, all, refuse);
  if (document.kind === "ConfigMap" || document.kind === "Secret") checkKeys(document, refuse);
  checkWorkload(document, template, refuse);
  return problems;
}

type Refuse = (text: string) => void;

function unique(values: readonly unknown[], what: string, refuse: Refuse): void {
  for (const [index, value] of values.entries())
    if (value !== undefined && values.indexOf(value) !== index) refuse(`${what} ${value} twice`);
}

function checkPod(document: Json, template: Json, all: readonly Json[], refuse: Refuse): void {
  const spec = template.spec;
  const containers = [...list(spec, "initContainers"), ...list(spec, "containers")];
  unique(
    containers.map(({ name }) => name),
    "container",
    refuse,
  );
  const volumes = list(spec, "volumes");
  const templates = list(document, "spec", "volumeClaimTemplates").map((one) => at(one, "metadata", "name"));
  const names = [...volumes.map(({ name }) => name), ...templates];
  unique(names, "volume", refuse);
  for (const volume of names) if (!nameForm.test(String(volume))) refuse(`volume ${volume}`);
  for (const container of containers) {
    const mounts = list(container, "volumeMounts");
    unique(
      mounts.map(({ mountPath }) => mountPath),
      "mountPath",
      refuse,
    );
    for (const { name, mountPath } of mounts) {
      if (!names.includes(name)) refuse(`no volume ${name}`);
      if (String(mountPath).includes(":")) refuse(`mountPath ${mountPath}`);
    }
    const ports = list(container, "ports");
    unique(
      ports.map(({ name }) => name),
      "port",
      refuse,
    );
    for (const { name, containerPort } of ports) {
      if (!/^(?=.*[a-z])[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/.test(String(name))) refuse(`port ${name}`);
      if (Number(containerPort) < 1 || Number(containerPort) > 65535) refuse(`port ${containerPort}`);
    }
    for (const from of list(container, "envFrom"))
      for (const [kind, word] of [
        ["ConfigMap", "configMapRef"],
        ["Secret", "secretRef"],
      ] as const)
        wanted(at(from, word, "name"), kind, all, refuse);
    const limits = at(container, "resources", "limits") as Json | undefined;
    for (const quantity of Object.values({ ...limits, ...(at(container, "resources", "requests") as Json) }))
      if (!/^\d+(?:\.\d+)?(?:m|Ki|Mi|Gi|Ti)?$/.test(String(quantity))) refuse(`quantity ${quantity}`);
  }
  for (const volume of volumes) {
    wanted(at(volume, "configMap", "name"), "ConfigMap", all, refuse);
    wanted(at(volume, "secret", "secretName"), "Secret", all, refuse);
    wanted(at(volume, "persistentVolumeClaim", "claimName"), "PersistentVolumeClaim", all, refuse);
  }
  wanted(at(spec, "serviceAccountName"), "ServiceAccount", all, refuse);
  const selector = Object.entries((at(document, "spec", "selector", "matchLabels") as Json) ?? {});
  for (const [key, value] of selector)
    if (at(template, "metadata", "labels", key) !== value)
      refuse(`its selector ${key} does not select its Pods`);
}

/** What a Pod names must be there, unless its name says that it comes from elsewhere. */
function wanted(name: unknown, kind: string, all: readonly Json[], refuse: Refuse): void {
  if (name === undefined || String(name).startsWith("external")) return;
  if (!all.some((one) => one.kind === kind && at(one, "metadata", "name") === name))
    refuse(`no ${kind} ${name}`);
}

function checkService(document: Json, refuse: Refuse): void {
  const ports = list(document, "spec", "ports");
  if (ports.length === 0 && at(document, "spec", "clusterIP") !== "None")
    refuse("no ports, and not headless");
  unique(
    ports.map(({ name }) => name),
    "port",
    refuse,
  );
  unique(
    ports.map(({ port, protocol }) => `${port} ${protocol ?? "TCP"}`),
    "port",
    refuse,
  );
}

function checkIngress(document: Json, all: readonly Json[], refuse: Refuse): void {
  for (const rule of list(document, "spec", "rules")) {
    for (const path of list(rule, "http", "paths")) {
      const name = at(path, "backend", "service", "name");
      const service = all.find((one) => one.kind === "Service" && at(one, "metadata", "name") === name);
      const number = at(path, "backend", "service", "port", "number");
      if (!list(service, "spec", "ports").some(({ port }) => port === number))
        refuse(`no port ${number} of ${name}`);
    }
  }
}

function checkKeys(document: Json, refuse: Refuse): void {
  for (const part of ["data", "binaryData", "stringData"]) {
    for (const key of Object.keys((document[part] as Json) ?? {}))
      if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key)) refuse(`key ${key}`);
  }
}

function checkWorkload(document: Json, template: Json | undefined, refuse: Refuse): void {
  const restart = at(template, "spec", "restartPolicy");
  if (document.kind === "Job" && restart !== "Never" && restart !== "OnFailure")
    refuse(`restartPolicy ${restart}`);
  if (["Deployment", "StatefulSet", "DaemonSet"].includes(String(document.kind)) && restart !== undefined)
    refuse(`restartPolicy ${restart}`);
  const update = at(document, "spec", "strategy", "rollingUpdate");
  if (update && at(update, "maxSurge") === 0 && at(update, "maxUnavailable") === 0)
    refuse("an update that cannot move");
}

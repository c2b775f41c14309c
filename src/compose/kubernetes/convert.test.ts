import { describe, expect, test } from "bun:test";
import { documentsOf, problemsOf } from "../../../tests/setup/kubernetes-check.ts";
import { blog, market, type Sketch, shop, sketchProject } from "../../../tests/setup/sketch-project.ts";
import type { Project } from "../model/project.ts";
import type { Sources } from "./conversion.ts";
import { toKubernetes } from "./convert.ts";
import { manifestFiles, manifestsText } from "./manifest-text.ts";
import { noteText } from "./notes.ts";

const nothing: Sources = { read: () => undefined };
const second = 1e9;

type Json = { readonly [key: string]: unknown };

function converted(project: Project, sources = nothing) {
  const result = toKubernetes(project, sources);
  const documents = documentsOf(manifestsText(result));
  const get = (name: string, kind: string) => {
    const found = documents.find(
      (one) => one.kind === kind && (one.metadata as { name: string }).name === name,
    );
    if (!found) throw new Error(`no ${kind} ${name}`);
    return found;
  };
  return {
    documents,
    notes: result.notes.map(noteText),
    kinds: documents.map((one) => `${one.kind} ${(one.metadata as { name: string }).name}`),
    get,
    spec: (name: string, kind = "Deployment") => get(name, kind).spec as Json,
    pod: (name: string, kind = "Deployment") => {
      const spec = (get(name, kind).spec as { template: { spec: Json } }).template.spec;
      const [container] = spec.containers as Json[];
      return { spec, container: container ?? {} };
    },
  };
}

function one(sketch: Sketch, more: Partial<Project> = {}) {
  return converted(sketchProject("p", { web: sketch }, more));
}

const withContent = (project: Project): Project => {
  const keys = (kind: "configs" | "secrets") =>
    Object.values(project.services).flatMap((service) => (service[kind] ?? []).map(({ source }) => source));
  const files = (names: readonly string[]) =>
    Object.fromEntries(names.map((key) => [key, { name: key, content: `content of ${key}\n` }]));
  return { ...project, configs: files(keys("configs")), secrets: files(keys("secrets")) };
};

describe("compose convert --to kubernetes", () => {
  test.each([blog, shop, market].map(withContent))("$name is valid as an API server sees it", (project) => {
    expect(problemsOf(converted(project).documents)).toEqual([]);
  });

  test("the shop as text", () => {
    expect(manifestsText(toKubernetes(withContent(shop), nothing))).toMatchSnapshot();
  });

  test("a directory has a file for each object, the namespace first", () => {
    const files = manifestFiles(toKubernetes(withContent(blog), nothing));
    expect([...files.keys()].sort()).toMatchSnapshot();
    const documents = [...files].flatMap(([name, text]) => (name === "README" ? [] : documentsOf(text)));
    expect(problemsOf(documents)).toEqual([]);
    expect(files.get("README")).toStartWith("From a Compose project");
  });

  test("a namespace that is there already is not made", () => {
    const { manifests } = toKubernetes(blog, nothing, "shared");
    expect(manifests.some(({ kind }) => kind === "Namespace")).toBe(false);
    expect(manifests.every(({ body }) => (body.metadata as Json).namespace === "shared")).toBe(true);
  });
});

describe("the kind of a workload", () => {
  test("is a Deployment where nothing must outlive a Pod", () => {
    expect(one({ times: 3 }).spec("web")).toMatchObject({ replicas: 3 });
  });

  test("is a StatefulSet with a claim a replica where a volume is its own, behind a headless Service", () => {
    const { spec, get, kinds } = one({ mount: ["data:/data"], expose: ["5432"] });
    expect(spec("web", "StatefulSet")).toMatchObject({
      serviceName: "web",
      volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"] } }],
    });
    expect(get("web", "Service").spec).toMatchObject({ clusterIP: "None", ports: [{ port: 5432 }] });
    expect(kinds).not.toContain("PersistentVolumeClaim data");
  });

  test("stays a Deployment where several share a volume, whose claim says so", () => {
    const project = sketchProject("p", { a: { mount: ["d:/d"] }, b: { mount: ["d:/d:ro"] } });
    const { spec, get, notes } = converted(project);
    expect(spec("a")).toBeDefined();
    expect(get("d", "PersistentVolumeClaim").spec).toMatchObject({ accessModes: ["ReadWriteMany"] });
    expect(notes).toContain(
      "volume d: services: several Pods mount it: its storage class must offer ReadWriteMany",
    );
  });

  test("is a Job where others wait until it has completed; they ask the cluster for that", () => {
    const project = sketchProject("p", { app: { needs: ["setup completed"] }, setup: {} });
    const { spec, pod, get, kinds } = converted(project);
    expect(spec("setup", "Job")).toMatchObject({
      backoffLimit: 0,
      template: { spec: { restartPolicy: "Never" } },
    });
    expect(pod("app").spec).toMatchObject({
      serviceAccountName: "p-waiter",
      initContainers: [{ name: "wait-for-setup", command: expect.arrayContaining(["job/setup"]) }],
    });
    expect(get("p-waiter", "Role").rules).toEqual([
      { apiGroups: ["batch"], resources: ["jobs"], verbs: ["get", "list", "watch"] },
    ]);
    expect(kinds).not.toContain("Service setup");
  });

  test("is a Job where a file says that it runs once, and a DaemonSet where it runs on every node", () => {
    expect(one({ restart: "no" }).kinds).toContain("Job web");
    expect(one({ restart: "no", open: ["80"] }).kinds).toContain("Deployment web");
    expect(one({ deploy: { mode: "global" } }).kinds).toContain("DaemonSet web");
    expect(one({ deploy: { mode: "replicated-job", replicas: 4 } }).spec("web", "Job")).toMatchObject({
      completions: 4,
      parallelism: 4,
    });
  });

  test("joins what shares a network namespace into one Pod", () => {
    const project = sketchProject("p", {
      vpn: { open: ["8080:80"] },
      app: { network_mode: "service:vpn", needs: ["vpn"], expose: ["81"] },
    });
    const { pod, kinds, get } = converted(project);
    expect((pod("vpn").spec.containers as Json[]).map(({ name }) => name)).toEqual(["vpn", "app"]);
    expect(kinds).not.toContain("Deployment app");
    expect(get("app", "Service").spec).toMatchObject({
      selector: { "app.kubernetes.io/name": "vpn" },
      ports: [{ port: 80 }, { port: 81 }],
    });
  });
});

describe("how it is reached", () => {
  test("port 80 is an Ingress, other ports a LoadBalancer, any free port a NodePort", () => {
    const port = { target: 9000, protocol: "udp", mode: "ingress" };
    const { get, kinds } = one({
      ports: [{ target: 8080, published: "80" }, { target: 9, published: "90" }, port],
    });
    expect(get("web", "Ingress").spec).toEqual({
      rules: [
        {
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: "web", port: { number: 8080 } } },
              },
            ],
          },
        },
      ],
    });
    expect(get("web-published", "Service").spec).toMatchObject({
      type: "LoadBalancer",
      ports: [{ port: 90, targetPort: 9 }],
    });
    expect(get("web-any-port", "Service").spec).toMatchObject({
      type: "NodePort",
      ports: [{ port: 9000, protocol: "UDP" }],
    });
    expect(kinds).toContain("NetworkPolicy web-published");
  });

  test("who ends TLS himself gets an address", () => {
    const { kinds, get } = one({ open: ["80:80", "443:443"] });
    expect(kinds).not.toContain("Ingress web");
    expect(get("web-published", "Service").spec).toMatchObject({ ports: [{ port: 80 }, { port: 443 }] });
    expect(one({ open: ["443:8080"] }).kinds).toContain("Ingress web");
  });

  test("the label hull.ingress says hosts and paths, and is no label of Pods", () => {
    const labels = {
      "hull.ingress": "a.example/x, a.example/y, b.example",
      "hull.ingress.port": "3000",
      "hull.ingress.class": "nginx",
      "hull.ingress.tls": "cert",
    };
    const { get } = one({ expose: ["3000"], labels });
    expect(get("web", "Ingress").spec).toMatchObject({
      ingressClassName: "nginx",
      tls: [{ hosts: ["a.example", "b.example"], secretName: "cert" }],
      rules: [
        { host: "a.example", http: { paths: [{ path: "/x" }, { path: "/y" }] } },
        { host: "b.example", http: { paths: [{ path: "/" }] } },
      ],
    });
    expect(JSON.stringify(get("web", "Deployment"))).not.toContain("hull.ingress");
  });

  test("what is published for the host alone is not open in the cluster", () => {
    const { kinds, notes } = one({ ports: [{ target: 80, published: "8080", host_ip: "127.0.0.1" }] });
    expect(kinds).not.toContain("Service web-published");
    expect(kinds).not.toContain("NetworkPolicy web-published");
    expect(notes.join()).toContain("ports.host_ip: 127.0.0.1:8080 is for the host alone");
  });

  test("aliases, links and container names are Services of the same Pods", () => {
    const project = sketchProject("p", {
      db: { networks: { default: { aliases: ["database"] } }, container_name: "shop-db", expose: ["5432"] },
      web: { links: ["db:pg"], needs: ["db"] },
    });
    const { get, documents } = converted(project);
    for (const name of ["db", "database", "pg", "shop-db"]) {
      expect(get(name, "Service").spec).toMatchObject({ selector: { "app.kubernetes.io/name": "db" } });
    }
    expect(problemsOf(documents)).toEqual([]);
  });

  test("names that are none in a cluster are changed, and that is told", () => {
    const { kinds, notes, documents } = converted(
      sketchProject("My_App", { my_db: {}, "my-db": {}, "9lives": {} }),
    );
    expect(kinds).toEqual(
      expect.arrayContaining(["Deployment my-db", "Deployment my-db-2", "Deployment service-9lives"]),
    );
    expect(notes.join("\n")).toContain("service my_db: name: others find it as my-db");
    expect(problemsOf(documents)).toEqual([]);
  });

  test("who shares a network may talk, and internal networks lead nowhere else", () => {
    const { get, kinds } = converted(shop);
    expect(get("network-back", "NetworkPolicy").spec).toEqual({
      podSelector: { matchLabels: { "network.hull/back": "member" } },
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: { matchLabels: { "network.hull/back": "member" } } }] }],
    });
    expect(kinds).toContain("NetworkPolicy db-internal");
    expect(kinds).not.toContain("NetworkPolicy api-internal");
    expect(one({ network_mode: "none" }).get("web-isolated", "NetworkPolicy").spec).toMatchObject({
      policyTypes: ["Ingress", "Egress"],
    });
  });
});

describe("what a container is", () => {
  test("command and entrypoint change places of their names", () => {
    expect(one({ entrypoint: ["/e"], command: ["a", "$(X)"] }).pod("web").container).toMatchObject({
      command: ["/e"],
      args: ["a", "$$(X)"],
    });
    expect(one({ entrypoint: [], command: ["a"] }).pod("web").container).toMatchObject({ command: ["a"] });
    expect(one({ command: ["a"] }).pod("web").container.command).toBeUndefined();
  });

  test("variables are in a ConfigMap, confidential ones in a Secret, and both in the Pod's fingerprint", () => {
    const of = (value: string) =>
      one({ environment: { MODE: "prod", DB_PASSWORD: value, "a b": "x", EMPTY: null } });
    const { get, pod, notes } = of("one");
    expect(get("web-environment", "ConfigMap").data).toEqual({ MODE: "prod" });
    expect(get("web-environment", "Secret").stringData).toEqual({ DB_PASSWORD: "one" });
    expect(pod("web").container.envFrom).toEqual([
      { configMapRef: { name: "web-environment" } },
      { secretRef: { name: "web-environment" } },
    ]);
    expect(notes.filter((note) => note.includes("environment."))).toHaveLength(2);
    const fingerprint = (all: ReturnType<typeof of>) =>
      (all.spec("web").template as { metadata: { annotations: Json } }).metadata.annotations[
        "hull/configuration"
      ];
    expect(fingerprint(of("one"))).toBe(fingerprint(of("one")));
    expect(fingerprint(of("two"))).not.toBe(fingerprint(of("one")));
  });

  test.each([
    [["CMD", "curl", "-f", "http://localhost:8080/health"], { httpGet: { path: "/health", port: 8080 } }],
    [["CMD-SHELL", "curl -fsS http://127.0.0.1/ || exit 1"], { httpGet: { path: "/", port: 80 } }],
    [
      ["CMD-SHELL", "wget -q --spider http://localhost:3000/x?y=1"],
      { httpGet: { path: "/x?y=1", port: 3000 } },
    ],
    [
      ["CMD-SHELL", "wget --no-verbose --tries=1 --spider localhost:81 || exit 1"],
      { httpGet: { path: "/", port: 81 } },
    ],
    [["CMD", "curl", "-kf", "https://localhost/"], { httpGet: { path: "/", port: 443, scheme: "HTTPS" } }],
    [["CMD", "curl", "http://localhost/"], { exec: { command: ["curl", "http://localhost/"] } }],
    [["CMD", "curl", "-f", "http://db:80/"], { exec: { command: ["curl", "-f", "http://db:80/"] } }],
    [["CMD", "curl", "-f", "-H", "A: b", "http://localhost/"], { exec: { command: expect.anything() } }],
    [["CMD-SHELL", "curl -f http://localhost/ | grep ok"], { exec: { command: expect.anything() } }],
    [["CMD-SHELL", "pg_isready -U $USER"], { exec: { command: ["/bin/sh", "-c", "pg_isready -U $USER"] } }],
  ] as const)("the health check %j is a readiness probe", (check, probe) => {
    const { container } = one({ healthcheck: { test: [...check], interval: 5 * second, retries: 2 } }).pod(
      "web",
    );
    expect(container.readinessProbe).toEqual({
      ...probe,
      periodSeconds: 5,
      timeoutSeconds: 30,
      failureThreshold: 2,
    });
    expect(container.livenessProbe).toBeUndefined();
  });

  test("files of the project come along; directories that are written to are paths of a node", () => {
    const text = new TextEncoder().encode("server {}\n");
    const sources: Sources = {
      read: (path) =>
        path === "/srv/p/nginx.conf"
          ? { kind: "file", bytes: text }
          : path === "/srv/p/html"
            ? { kind: "folder", files: { "index.html": text, "logo.png": new Uint8Array([0, 255]) } }
            : { kind: "folder", files: undefined },
    };
    const mount = ["/srv/p/nginx.conf:/etc/nginx.conf:ro", "/srv/p/html:/html:ro", "/srv/p/data:/data"];
    const { get, pod, documents, notes } = converted(sketchProject("p", { web: { mount } }), sources);
    expect(get("web-nginx-conf", "ConfigMap").data).toEqual({ "nginx.conf": "server {}\n" });
    expect(get("web-html", "ConfigMap").binaryData).toEqual({ "logo.png": "AP8=" });
    expect(pod("web").container.volumeMounts).toEqual([
      { name: "web-nginx-conf", readOnly: true, subPath: "nginx.conf", mountPath: "/etc/nginx.conf" },
      { name: "web-html", readOnly: true, mountPath: "/html" },
      { name: "host-data", mountPath: "/data" },
    ]);
    expect(notes.join("\n")).toContain("/srv/p/data at /data is a path of the node");
    expect(problemsOf(documents)).toEqual([]);
  });

  test("an update starts first or stops first as the file says", () => {
    const update = (update_config: object) => one({ deploy: { update_config } }).spec("web").strategy;
    expect(update({ order: "start-first", parallelism: 2 })).toMatchObject({
      rollingUpdate: { maxSurge: 2, maxUnavailable: 0 },
    });
    expect(update({ parallelism: 0 })).toMatchObject({
      rollingUpdate: { maxSurge: 0, maxUnavailable: "100%" },
    });
  });

  test("replicas are proposed to an autoscaler, or given to it", () => {
    const text = manifestsText(toKubernetes(sketchProject("p", { web: { times: 3 } }), nothing));
    expect(text).toContain("# kind: HorizontalPodAutoscaler\n");
    const hint = text.slice(text.indexOf("# ---\n# apiVersion: autoscaling")).split("\n---")[0] ?? "";
    expect(problemsOf(documentsOf(hint.replace(/^# /gm, "")))).toEqual([]);
    const deploy = {
      extensions: { "x-autoscale": { min: 2, max: 9, cpu: 60 } },
      resources: { reservations: { cpus: 0.5 } },
    };
    const { get, spec } = one({ deploy });
    expect(get("web", "HorizontalPodAutoscaler").spec).toMatchObject({ minReplicas: 2, maxReplicas: 9 });
    expect(spec("web").replicas).toBeUndefined();
  });

  test("a healthy dependency is waited for at its port, an ended one by its Job, others are not", () => {
    const project = sketchProject("p", {
      web: { needs: ["db healthy", "cache", "mail optional"] },
      db: { expose: ["5432"], healthcheck: { test: ["CMD", "pg_isready"] } },
      cache: {},
      mail: {},
    });
    const { pod, notes } = converted(project);
    expect(pod("web").spec.initContainers).toMatchObject([
      { name: "wait-for-db", command: ["/bin/sh", "-c", "until nc -z -w 2 db 5432; do sleep 1; done"] },
    ]);
    expect(notes.filter((note) => note.startsWith("service web: depends_on"))).toHaveLength(2);
  });
});

import type { Project } from "../../src/compose/model/project.ts";
import type { Service } from "../../src/compose/model/service.ts";
import type { ServiceDependency, ServicePort, ServiceVolume } from "../../src/compose/model/service-parts.ts";

/** What tests say of a service, in few words. */
export interface Sketch extends Partial<Omit<Service, "depends_on" | "volumes" | "scale">> {
  /** `db`, `db healthy`, `migrate completed`, `mail optional`. */
  readonly needs?: readonly string[];
  readonly in?: readonly string[];
  /** `8080:80`. */
  readonly open?: readonly string[];
  /** `data:/var/lib/data`, `/host/path:/in/there:ro`. */
  readonly mount?: readonly string[];
  readonly times?: number;
}

/** A resolved project for tests: what the loader would make of a file that says this. */
export function sketchProject(
  name: string,
  sketches: Readonly<Record<string, Sketch>>,
  more: Partial<Project> = {},
): Project {
  const services = Object.fromEntries(
    Object.entries(sketches).map(([key, sketch]) => [key, sketchService(key, sketch)]),
  );
  const all = Object.values(services);
  const networks = new Set(all.flatMap((service) => Object.keys(service.networks ?? {})));
  const volumes = new Set(
    all.flatMap((service) =>
      (service.volumes ?? []).flatMap(({ type, source }) => (type === "volume" && source ? source : [])),
    ),
  );
  const named = (keys: Iterable<string>) =>
    Object.fromEntries([...keys].map((key) => [key, { name: `${name}_${key}` }]));
  return {
    name,
    workingDir: `/srv/${name}`,
    composeFiles: [`/srv/${name}/compose.yaml`],
    envFiles: [],
    environment: {},
    profiles: [],
    services,
    disabledServices: {},
    networks: named(networks),
    volumes: named(volumes),
    secrets: {},
    configs: {},
    models: {},
    extensions: {},
    ...more,
  };
}

function sketchService(name: string, sketch: Sketch): Service {
  const { needs, in: networks, open, mount, times, ...rest } = sketch;
  return {
    name,
    ...(rest.build ? {} : { image: `${name}:1` }),
    ...rest,
    ...(rest.network_mode === undefined &&
      rest.networks === undefined && {
        networks: Object.fromEntries((networks ?? ["default"]).map((key) => [key, null])),
      }),
    ...(needs && { depends_on: Object.fromEntries(needs.map(dependency)) }),
    ...(open && { ports: open.map(port) }),
    ...(mount && { volumes: mount.map(volume) }),
    ...(times !== undefined && { deploy: { ...rest.deploy, replicas: times } }),
  };
}

function dependency(text: string): [string, ServiceDependency] {
  const [name = "", word] = text.split(" ");
  const condition =
    word === "healthy"
      ? "service_healthy"
      : word === "completed"
        ? "service_completed_successfully"
        : "service_started";
  return [name, { condition, required: word !== "optional" }];
}

function port(text: string): ServicePort {
  const [published = "", target = published] = text.split(":");
  return { mode: "ingress", target: Number(target), published, protocol: "tcp" };
}

function volume(text: string): ServiceVolume {
  const [source = "", target = "", mode] = text.split(":");
  const type = source.startsWith("/") ? "bind" : "volume";
  return { type, source, target, ...(mode === "ro" && { read_only: true }) };
}

export const blog = sketchProject("blog", {
  web: {
    image: "nginx:1.27-alpine",
    open: ["8080:80"],
    needs: ["app"],
    mount: ["/srv/blog/nginx.conf:/etc/nginx/nginx.conf:ro"],
  },
  app: {
    build: { context: "/srv/blog/app" },
    needs: ["db healthy"],
    times: 3,
    secrets: [{ source: "db_password" }],
  },
  db: {
    image: "postgres:17",
    mount: ["data:/var/lib/postgresql/data"],
    secrets: [{ source: "db_password" }],
  },
});

export const shop = sketchProject(
  "shop",
  {
    proxy: { image: "traefik:v3.2", open: ["80:80", "443:443"], in: ["front"], needs: ["web", "api"] },
    web: { image: "shop/web:4.1", in: ["front"], times: 2, needs: ["api healthy"] },
    api: {
      image: "shop/api:4.1",
      in: ["front", "back"],
      times: 3,
      needs: ["db healthy", "cache", "migrate completed", "queue healthy"],
      configs: [{ source: "api.toml" }],
      secrets: [{ source: "jwt_key" }],
    },
    worker: {
      image: "shop/api:4.1",
      in: ["back"],
      needs: ["queue healthy", "db healthy", "migrate completed"],
    },
    migrate: { image: "shop/api:4.1", in: ["back"], needs: ["db healthy"] },
    db: { image: "postgres:17", in: ["back"], mount: ["pgdata:/var/lib/postgresql/data"] },
    cache: { image: "redis:7", in: ["back"] },
    queue: {
      image: "rabbitmq:4-management",
      open: ["15672:15672"],
      in: ["back"],
      mount: ["mq:/var/lib/rabbitmq"],
    },
  },
  {
    networks: {
      front: { name: "shop_front" },
      back: { name: "shop_back", internal: true, ipam: { config: [{ subnet: "172.30.0.0/24" }] } },
    },
  },
);

export const market = sketchProject("market", {
  gateway: {
    image: "traefik:v3",
    open: ["80:80", "443:443"],
    in: ["edge"],
    needs: ["storefront", "admin", "api", "auth"],
  },
  storefront: { in: ["edge", "app"], times: 3, needs: ["api healthy", "cdn"] },
  admin: { in: ["edge", "app"], needs: ["api healthy", "auth healthy"] },
  cdn: { in: ["edge"], mount: ["assets:/usr/share/nginx/html:ro"] },
  api: {
    in: ["app", "data"],
    times: 4,
    needs: [
      "postgres healthy",
      "redis",
      "kafka healthy",
      "search healthy",
      "auth healthy",
      "migrate completed",
    ],
  },
  auth: { in: ["edge", "app", "data"], needs: ["postgres healthy", "redis"] },
  orders: { in: ["app", "data"], needs: ["postgres healthy", "kafka healthy", "migrate completed"] },
  payments: { in: ["app", "data"], needs: ["postgres healthy", "kafka healthy", "vault healthy"] },
  mailer: { in: ["app"], needs: ["kafka healthy", "mailpit optional"] },
  indexer: { in: ["data"], needs: ["kafka healthy", "search healthy"] },
  thumbnails: { in: ["data"], needs: ["kafka healthy", "minio"] },
  migrate: { in: ["data"], needs: ["postgres healthy"] },
  postgres: { image: "postgres:17", in: ["data"], mount: ["pg:/var/lib/postgresql/data"] },
  redis: { image: "redis:7", in: ["data"] },
  kafka: { image: "bitnami/kafka:3.9", in: ["data"], mount: ["kafka:/bitnami"] },
  search: {
    image: "opensearchproject/opensearch:2",
    in: ["data"],
    mount: ["search:/usr/share/opensearch/data"],
  },
  minio: { in: ["data"], open: ["9001:9001"], mount: ["assets:/data"] },
  vault: { image: "hashicorp/vault:1.18", in: ["data"] },
  mailpit: { in: ["app"], open: ["8025:8025"] },
  grafana: { in: ["edge", "data"], open: ["3000:3000"], needs: ["prometheus"] },
  prometheus: { in: ["data"], mount: ["metrics:/prometheus"], configs: [{ source: "prometheus.yml" }] },
});

/** A file as grown projects have it: services of 32 lines with variables, anchors, ports, health checks and limits. */
export function largeComposeFile(lines: number): string {
  const text = [head];
  const tail = (services: number) =>
    ["networks:", "  front:", "  back:", "    internal: true", "volumes:"].concat(
      Array.from({ length: services }, (_, index) => `  data-${index}:`),
    );
  const perService = service(0).split("\n").length + 1;
  const count = Math.max(1, Math.floor((lines - head.split("\n").length - 5) / perService));
  for (let index = 0; index < count; index++) text.push(service(index));
  text.push(...tail(count));
  const missing = lines - text.join("\n").split("\n").length;
  // What is missing is comment, as in real files.
  for (let index = 0; index < missing; index++) text.push(`# ${index}`);
  return `${text.join("\n")}\n`;
}

const head = `name: large
x-logging: &logging
  driver: json-file
  options:
    max-size: \${LOG_SIZE:-10m}
    max-file: "3"
x-environment: &environment
  TZ: UTC
  LANG: C.UTF-8
services:`;

const service = (index: number) => `  service-${index}:
    image: registry.example.com/team/service-${index}:\${TAG:-1.0.${index}}
    restart: unless-stopped
    command: ["serve", "--port", "8080", "--name", "service-${index}"]
    environment:
      <<: *environment
      DATABASE_URL: postgres://app:\${DB_PASSWORD:-secret}@service-0:5432/app_${index}
      LOG_LEVEL: \${LOG_LEVEL:-info}
      FEATURE_${index}: "true"
    ports:
      - "${10000 + index}:8080"
      - "127.0.0.1:${20000 + index}:9090/udp"
    volumes:
      - data-${index}:/var/lib/service
      - ./config/service-${index}:/etc/service:ro
    networks:
      front:
        aliases: [s${index}]
      back:${
        index === 0
          ? "\n    hostname: first"
          : `\n    depends_on: {service-${index - 1}: {condition: service_healthy}}`
      }
    labels:
      - "traefik.enable=true"
      - "traefik.http.routers.service-${index}.rule=Host(\`s${index}.example.com\`)"
    healthcheck:
      test: ["CMD-SHELL", "wget -q -O- http://localhost:8080/health || exit 1"]
      interval: 30s
      timeout: 5s
      retries: 3
    logging: *logging
    deploy:
      replicas: 2
      resources:
        limits: {cpus: "0.50", memory: 256M}`;

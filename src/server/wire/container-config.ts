import type { RequestBody } from "../../protocol/validate.ts";
import type { ContainerConfig } from "../../records/container-config.ts";

type Body = RequestBody<"ContainerCreate">;

/** Fills what a client left out, so that the engine never meets an absent member it has a type for. */
export function containerConfig(body: Body): ContainerConfig {
  return {
    Hostname: body.Hostname ?? "",
    Domainname: body.Domainname ?? "",
    User: body.User ?? "",
    AttachStdin: body.AttachStdin ?? false,
    AttachStdout: body.AttachStdout ?? false,
    AttachStderr: body.AttachStderr ?? false,
    ...(body.ExposedPorts &&
      Object.keys(body.ExposedPorts).length > 0 && { ExposedPorts: body.ExposedPorts }),
    Tty: body.Tty ?? false,
    OpenStdin: body.OpenStdin ?? false,
    StdinOnce: body.StdinOnce ?? false,
    Env: body.Env ?? [],
    Cmd: body.Cmd ?? null,
    Image: body.Image ?? "",
    Volumes: body.Volumes && Object.keys(body.Volumes).length > 0 ? body.Volumes : null,
    WorkingDir: body.WorkingDir ?? "",
    Entrypoint: body.Entrypoint ?? null,
    ...(body.NetworkDisabled !== undefined && { NetworkDisabled: body.NetworkDisabled }),
    OnBuild: body.OnBuild ?? null,
    Labels: body.Labels ?? {},
    ...(body.StopSignal && { StopSignal: body.StopSignal }),
    ...(body.StopTimeout !== undefined && { StopTimeout: body.StopTimeout }),
    ...(body.Shell && { Shell: body.Shell }),
    ...(body.Healthcheck && { Healthcheck: body.Healthcheck }),
    ...(body.ArgsEscaped !== undefined && { ArgsEscaped: body.ArgsEscaped }),
  };
}

/** True when no member of the configuration itself is there; `HostConfig` alone is not enough. */
export function isEmptyConfig({ HostConfig: _host, NetworkingConfig: _network, ...config }: Body): boolean {
  return Object.keys(config).length === 0;
}

import type { NetworkService } from "../../../engine/services/networks.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { emptyReply, jsonReply, type Reply } from "../../../http/reply.ts";
import type { NetworkCheckResponse } from "../../../protocol/extensions.ts";
import type { ApiCall } from "../../api-call.ts";
import { endpointRequest } from "../../wire/endpoint-request.ts";
import { wireNetwork } from "../../wire/network.ts";

export async function getNetworksList(call: ApiCall, networks: NetworkService): Promise<Reply> {
  const filters = call.filters(["dangling", "driver", "id", "label", "name", "scope", "type"]);
  const views = await networks.list(filters);
  return jsonReply(
    200,
    views.map((view) => wireNetwork(view, call.version, false)),
  );
}

export async function getNetwork(call: ApiCall, networks: NetworkService): Promise<Reply> {
  return jsonReply(200, wireNetwork(await networks.inspect(call.param("id")), call.version, true));
}

export async function postNetworkCreate(call: ApiCall, networks: NetworkService): Promise<Reply> {
  const body = await call.body("NetworkCreate");
  const { id, warning } = await networks.create({
    name: body.Name ?? "",
    driver: body.Driver || "bridge",
    scope: body.Scope || "local",
    internal: body.Internal ?? false,
    attachable: body.Attachable ?? false,
    ingress: body.Ingress ?? false,
    configOnly: body.ConfigOnly ?? false,
    configFrom: body.ConfigFrom?.Network ?? "",
    enableIpv4: body.EnableIPv4,
    enableIpv6: body.EnableIPv6,
    ipam: {
      driver: body.IPAM?.Driver || "default",
      options: body.IPAM?.Options ?? {},
      pools: (body.IPAM?.Config ?? []).map((pool) => ({
        subnet: pool.Subnet ?? "",
        ...(pool.Gateway && { gateway: pool.Gateway }),
        ...(pool.IPRange && { ipRange: pool.IPRange }),
        ...(pool.AuxiliaryAddresses && { auxAddresses: pool.AuxiliaryAddresses }),
      })),
    },
    options: body.Options ?? {},
    labels: body.Labels ?? {},
  });
  return jsonReply(201, { Id: id, Warning: warning });
}

export async function deleteNetwork(call: ApiCall, networks: NetworkService): Promise<Reply> {
  await networks.remove(call.param("id"));
  return emptyReply(204);
}

export async function postNetworkConnect(call: ApiCall, networks: NetworkService): Promise<Reply> {
  const body = await call.body("NetworkConnect");
  if (!body.Container) throw invalidArgument("invalid container name or ID: value is empty");
  await networks.connect(call.param("id"), body.Container, endpointRequest(body.EndpointConfig ?? {}));
  return emptyReply(200);
}

export async function postNetworkDisconnect(call: ApiCall, networks: NetworkService): Promise<Reply> {
  const body = await call.body("NetworkDisconnect");
  if (!body.Container) throw invalidArgument("invalid container name or ID: value is empty");
  await networks.disconnect(call.param("id"), body.Container, body.Force ?? false);
  return emptyReply(200);
}

export async function postNetworksPrune(call: ApiCall, networks: NetworkService): Promise<Reply> {
  const report = await networks.prune(call.filters(["label", "label!", "until"]));
  return jsonReply(200, { NetworksDeleted: report.deleted.length === 0 ? null : [...report.deleted] });
}

export async function postNetworksCheck(call: ApiCall, networks: NetworkService): Promise<Reply> {
  const findings = await networks.check({ repair: !call.flag("dryrun") });
  const answer: NetworkCheckResponse = {
    Findings: findings.map(({ problem, mended, failure }) => ({
      Problem: problem,
      Mended: mended,
      ...(failure !== undefined && { Failure: failure }),
    })),
  };
  return jsonReply(200, answer);
}

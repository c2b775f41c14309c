import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";

type Pin = (image: string) => Promise<string>;
type Model = Readonly<Record<string, unknown>>;

/** Every service with the digest of its image. */
export async function pinnedProject(project: Project, pin: Pin): Promise<Project> {
  const entries = Object.entries(project.services).map(
    async ([name, service]): Promise<[string, Service]> => {
      if (!service.image) return [name, service];
      return [name, { ...service, image: await pin(service.image) }];
    },
  );
  return { ...project, services: Object.fromEntries(await Promise.all(entries)) };
}

export async function pinnedModel(model: Model, pin: Pin): Promise<Model> {
  const entries = servicesOf(model).map(async ([name, service]): Promise<[string, Model]> => {
    if (typeof service.image !== "string") return [name, service];
    return [name, { ...service, image: await pin(service.image) }];
  });
  return { ...model, services: Object.fromEntries(await Promise.all(entries)) };
}

/** A file to be given behind the others with `-f`: images with their digests, and nothing else. */
export function imagesOfProject(project: Project): Project {
  const services = Object.entries(project.services).map(([name, { image }]): [string, Service] => [
    name,
    image === undefined ? { name } : { name, image },
  ]);
  const nothing = { networks: {}, volumes: {}, secrets: {}, configs: {}, models: {}, extensions: {} };
  return { ...project, ...nothing, name: "", services: Object.fromEntries(services) };
}

export function imagesOfModel(model: Model): Model {
  const services = servicesOf(model).map(([name, { image }]): [string, Model] => [
    name,
    image === undefined ? {} : { image },
  ]);
  return { services: Object.fromEntries(services) };
}

const servicesOf = ({ services = {} }: Model) => Object.entries(services as Readonly<Record<string, Model>>);

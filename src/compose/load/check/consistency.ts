import type { Project } from "../../model/project.ts";
import type { Service } from "../../model/service.ts";
import { findCircle } from "../../select/dependency-order.ts";
import type { YamlMap } from "../../yaml/yaml-value.ts";
import { ComposeFileError, type ComposeProblem } from "../compose-error.ts";
import { problemAt } from "../problem.ts";
import { checkAmounts, checkMounts } from "./amounts.ts";
import { invalid, type Note } from "./note.ts";
import { checkReferences } from "./references.ts";

/**
 * Whether a project makes sense as a whole. All that is wrong is told at once, in Docker's words.
 * `model` is what the project was made of: it knows the places.
 */
export function checkConsistency(project: Project, model: YamlMap): void {
  const problems: ComposeProblem[] = [];
  for (const name of Object.keys(project.services).sort()) {
    const service = project.services[name];
    if (service === undefined) continue;
    const note: Note = (path, message, nearest) => {
      const problem = problemAt(model, ["services", name, ...path], message, { nearest });
      // Some of Docker's sentences begin with the path themselves.
      problems.push(message.startsWith("services.") ? { ...problem, path: "" } : problem);
    };
    checkImage(service, note);
    checkReferences(service, project, note);
    checkAmounts(service, note);
    checkMounts(service, note);
  }
  for (const name of Object.keys(project.secrets).sort()) {
    const secret = project.secrets[name];
    if (!secret || secret.external || secret.file || secret.environment) continue;
    const message = `secret ${JSON.stringify(name)} must declare either \`file\` or \`environment\`: ${invalid}`;
    problems.push(problemAt(model, ["secrets", name], message));
  }
  if (problems.length === 0) noteCircle(project, model, problems);
  if (problems.length > 0) throw new ComposeFileError(problems);
}

function checkImage(service: Service, note: Note): void {
  const { name, build, image, provider, platform } = service;
  if (!build && !image && !provider) {
    note(
      [],
      `service ${JSON.stringify(name)} has neither an image nor a build context specified: ${invalid}`,
    );
  }
  if (build?.dockerfile_inline && build.dockerfile) {
    note(
      ["build", "dockerfile_inline"],
      `service ${JSON.stringify(name)} declares mutualy exclusive dockerfile and dockerfile_inline: ${invalid}`,
    );
  }
  if (build?.platforms && platform && !build.platforms.includes(platform)) {
    note(
      ["build", "platforms"],
      `service.build.platforms MUST include service.platform ${JSON.stringify(platform)}: ${invalid}`,
    );
  }
}

function noteCircle(project: Project, model: YamlMap, problems: ComposeProblem[]): void {
  const circle = findCircle(project);
  if (circle === undefined) return;
  const [first = "", second = ""] = circle;
  const message = `dependency cycle detected: ${circle.join(" -> ")}`;
  problems.push(problemAt(model, ["services", first, "depends_on", second], message));
}
